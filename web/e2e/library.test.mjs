/* Discovery, recommendations, watches: usable at both sizes, nothing axe objects to. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { accessible, close, DESKTOP, done, go, open, person, PHONE, shoot } from './app.mjs'

const rule = process.env.JIXIA_LIBRARY_RULE ?? 'cn/innovative-sme'
after(close)

for (const [size, viewport] of [['desktop', DESKTOP], ['phone', PHONE]]) {
  test(`discovery and recommendations, ${size}`, async () => {
    const page = await open('/discovery', { viewport })
    await page.getByRole('link', { name: '创新型中小企业' }).first().waitFor()
    await accessible(page, `discovery rules ${size}`)
    await shoot(page, `discovery-rules-${size}`)
    /* computed in the background: 503 until then */
    for (let i = 0; i < 60 && (await page.request.get(`/api/v1/discovery?rule=${rule}&as_of=2022-09-30`)).status() === 503; i++) await page.waitForTimeout(500)
    await go(page, `/discovery?rule=${rule}&as_of=2022-09-30`)
    await page.getByRole('button', { name: /只缺一项数据/ }).waitFor()
    await accessible(page, `discovery ${size}`)
    await shoot(page, `discovery-${size}`)
    for (const [name, path] of Object.entries({ recommendations: '/recommendations', 'recommend-new': `/recommendations/new?rule=${rule}`, watches: '/watches' })) {
      await go(page, path)
      await accessible(page, `${name} ${size}`)
      await shoot(page, `${name}-${size}`)
    }
    await done(page)
  })
}

test('an office recommends a firm; the same twice opens the first', async () => {
  const page = await open('/recommendations/new?rule=' + rule)
  const firm = (await (await page.request.get('/api/v1/enterprises?limit=1')).json()).items[0]
  await go(page, `/recommendations/new?rule=${rule}&enterprise=${firm.id}`)
  await page.getByText(firm.name).first().waitFor()
  await page.getByLabel('推荐理由').fill('产品领先')
  await page.getByLabel('没有', { exact: true }).check()
  await page.getByRole('button', { name: '提交推荐' }).click()
  await page.waitForURL(/\/recommendations$/)
  await page.getByText('产品领先').first().waitFor()
  await go(page, `/recommendations/new?rule=${rule}&enterprise=${firm.id}`)
  await page.getByText('已经推荐过').waitFor()
  assert.ok(await page.getByRole('button', { name: '提交推荐' }).isDisabled())
  await done(page)
})

test('a watch is started, a recommendation opened, an authorisation recorded and withdrawn', async () => {
  const page = await open('/watches')
  const firm = (await (await page.request.get('/api/v1/enterprises?limit=60&demo=true')).json()).items.at(-1)
  await page.getByRole('button', { name: '开始关注' }).first().click()
  await page.getByLabel('查找企业').fill(firm.name)
  await page.getByRole('button', { name: firm.name }).first().click()
  await page.getByRole('combobox', { name: '梯队、称号' }).selectOption(rule)
  await accessible(page, 'watch')
  await page.getByRole('dialog').getByRole('button', { name: '开始关注' }).click()
  await page.getByRole('link', { name: firm.name }).waitFor()
  const made = await page.request.post('/api/v1/recommendations', { data: { rule, enterprise: firm.id, reason: '产品领先', interest: { kind: 'holding', share: '0.05' } }, headers: { 'X-Jixia-CSRF': '1', 'Idempotency-Key': 'library-recommendation' } })
  assert.equal(made.status(), 201, await made.text())
  await go(page, '/recommendations')
  await page.getByRole('button', { name: firm.name }).first().click()
  await page.getByRole('dialog').getByText('持股 5%').waitFor()
  await accessible(page, 'recommendation')
  await go(page, `/authorisations?enterprise=${firm.id}`)
  await page.getByRole('button', { name: '登记授权书' }).click()
  await page.getByLabel('被授权单位').fill('演示银行')
  await page.getByLabel('查找指标').fill('营业收入')
  await page.getByRole('checkbox', { name: '营业收入', exact: true }).check()
  await page.getByLabel('授权书文件').fill('授权书 2026-1')
  await accessible(page, 'authorisation')
  await page.getByRole('button', { name: '保存' }).click()
  await page.getByRole('button', { name: '撤回授权 演示银行' }).click()
  await page.getByLabel('理由').fill('企业来函')
  await page.getByRole('dialog').getByRole('button', { name: '撤回授权' }).click()
  await page.getByText('企业来函').waitFor()
  await page.setViewportSize(PHONE)
  await accessible(page, 'authorisations phone')
  await shoot(page, 'authorisations-phone')
  await done(page)
})

test('the record of a partner is signed by one, then by another, and is public from then on', async () => {
  const page = await open('/')
  const headers = { 'X-Jixia-CSRF': '1', 'Idempotency-Key': 'library-partner' }
  const made = await page.request.post('/api/v1/organisations', { data: { kind: 'think_tank', name: '演示智库甲', reason: '测试' }, headers })
  assert.equal(made.status(), 201, await made.text())
  const { id } = await made.json()
  await go(page, '/organisations')
  await page.getByRole('link', { name: '推荐业绩 演示智库甲' }).click()
  await page.getByRole('heading', { name: '演示智库甲' }).waitFor()
  await page.getByText('未公布，没有签名').waitFor()
  assert.equal((await page.request.get(`/api/v1/public/organisations/${id}/record`)).status(), 404)
  const sign = async (p, name) => {
    await p.getByRole('button', { name }).click()
    await p.getByRole('dialog').getByLabel('理由').fill('年度公布')
    await accessible(p, name)
    await p.getByRole('dialog').getByRole('button', { name: '签名' }).click()
    await p.getByRole('dialog').waitFor({ state: 'detached' })
  }
  await sign(page, '提出公布并签名')
  await page.getByText('一人已签，等第二人签名').waitFor()
  assert.ok(await page.getByRole('button', { name: '第二人签名并公布' }).isDisabled(), 'not the same person twice')
  await page.setViewportSize(PHONE)
  await accessible(page, 'partner phone')
  await shoot(page, 'partner-phone')
  const leader = await person(page, 'partner-leader', 'leader')
  await go(leader, `/organisations/${id}`)
  await sign(leader, '第二人签名并公布')
  await leader.getByText(/已公布 · admin/).waitFor()
  await shoot(leader, 'partner-desktop')
  assert.equal((await (await page.request.get(`/api/v1/public/organisations/${id}/record`)).json()).record.name, '演示智库甲')
  await done(leader)
  await done(page)
})
