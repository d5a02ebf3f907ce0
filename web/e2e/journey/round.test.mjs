/* Journey C1 on a generated city: the annual review of the city's gazelles, each kind of step on the screen, the
 * bulk of the rest by the API. C3 (a partner recommends) lies in it; C7 (an auditor asks why) ends it. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { close, go, settled } from '../app.mjs'
import { act, at, call, city, confirm, each, leave, moveTo, must, start, stop } from './city.mjs'

const TITLE = '2026 年度瞪羚企业评审（演示）', RULE = city.rule
const lacking = city.firms.slice(city.complete), answered = lacking.slice(0, 33), candidates = city.firms.slice(0, 160)
let round, roundCase, number = (k) => Number(k.number.slice(-4))

before(async () => { moveTo('2026-09-01 09:00'); await start() })
after(async () => {
  try { await leave() } finally {
    await close()
    assert.equal(await stop(), 0, 'the server ends well')
  }
})

test('the office drafts the round on the form, looks at the preview and opens it', async () => {
  const page = await at('clerk', '/rounds')
  await confirm(page, '新建轮次', async (d) => {
    await d.getByLabel('名称').first().fill(TITLE)
    await d.getByRole('combobox', { name: '规则', exact: true }).selectOption(RULE)
    for (const [label, value] of [['推荐开始', '2026-09-01'], ['推荐截止', '2026-09-20'], ['规则适用日', city.as_of], ['每件评审人数', '3'], ['最低得分', '50'], ['抽查件数', '8'], ['每件检查人数', '2'], ['决定需签名', '2'], ['公示工作日', '5']]) await d.getByLabel(label, { exact: true }).fill(value)
    await d.getByLabel('评分方式').selectOption('trimmed')
    await d.getByRole('button', { name: '增加评分项' }).click()
    for (const [n, name, weight] of [[1, '成长性（演示）', '60'], [2, '专业化（演示）', '40']]) {
      const box = d.getByRole('group', { name: `评分项 ${n}` })
      await box.getByLabel('名称').fill(name)
      await box.getByLabel('权重').fill(weight)
    }
    await d.getByLabel('理由').fill('年度工作安排')
  }, '存为草稿')
  await page.waitForURL(/\/rounds\/\d+$/)
  round = new URL(page.url()).pathname
  await page.getByRole('tab', { name: '设置' }).click()
  const preview = page.getByRole('region', { name: '试算：全库' })
  await preview.getByText('124').waitFor()
  await preview.getByRole('link', { name: '41' }).waitFor()
  await confirm(page, '启动')
  assert.match((await must('clerk', 'GET', round)).seed_sha256, /^[0-9a-f]{64}$/, 'the digest of the seed is out before the list is')
  assert.equal((await must('clerk', 'GET', round)).seed ?? '', '')
  roundCase = (await must('clerk', 'GET', round)).case
})

test('firms that lack one fact get one question; one answers on its page', async () => {
  for (let i = 0; i < 60 && (await call('clerk', 'GET', `/discovery?rule=${RULE}`)).status === 503; i++) await new Promise((resolve) => setTimeout(resolve, 250))
  const page = await at('clerk', `/discovery?rule=${RULE}&class=one_fact`)
  await confirm(page, '向企业提问', (d) => d.getByLabel('答复期限（工作日）').fill('10'))
  await page.getByText('已提问 41 家').waitFor()

  const firm = await at('firm3', '/my')
  await firm.getByRole('link', { name: /企业问询/ }).first().click()
  await settled(firm)
  await confirm(firm, '答复', (d) => d.getByLabel(/答复/).fill('120'))

  await go(page, '/tasks')
  const waits = page.getByRole('region', { name: '等我处理' })
  await waits.locator('li', { hasText: '采用' }).getByRole('link').first().click()
  await settled(page)
  await confirm(page, '采用', async () => {})

  /* 32 more answer on paper */
  const open = (await must('clerk', 'GET', '/cases?flow=question&state=待答复&limit=500')).items
  const ids = open.filter((k) => answered.some((f) => String(f.id) === k.subject.id)).map((k) => k.id)
  assert.equal(ids.length, 32)
  for (const step of [{ act: '答复', data: { 答复: '120' } }, { act: '采用' }]) assert.equal((await must('clerk', 'POST', '/cases/acts', { ids, ...step })).done, 32)
})

const listed = async (who, state) => (await must(who, 'GET', `/cases?flow=candidate&parent=${roundCase}&state=${encodeURIComponent(state)}&limit=500`)).items
const batch = async (who, state, body) => must(who, 'POST', '/cases/acts', { filter: { flow: 'candidate', parent: Number(roundCase), state }, ...body })

test('C3: a partner recommends, says what it holds, sees its own and how many others', async () => {
  const firm = candidates[0], page = await at('vc1', `/recommendations/new?rule=${RULE}&round=${roundCase}`)
  await page.getByLabel('查找企业').fill(firm.name.slice(-7))
  await page.getByRole('button', { name: new RegExp(firm.name) }).click()
  await page.getByLabel('推荐理由').fill('一号创投的理由')
  await page.getByLabel('持股', { exact: true }).check()
  await page.getByLabel('持股比例（%）').fill('4.2')
  await page.getByLabel(/^证明材料/).setInputFiles({ name: 'terms.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.4\n%%EOF') })
  await page.getByRole('button', { name: '提交推荐' }).click()
  await page.waitForURL(/\/recommendations$/)
  await page.getByText('一号创投的理由').first().waitFor()
  for (const [who, interest] of [['vc2', { kind: 'none' }], ['tank', { kind: 'none' }]]) await must(who, 'POST', '/recommendations', { rule: RULE, enterprise: String(firm.id), round: roundCase, reason: `${who} 的理由`, interest })
  await go(page, '/recommendations')
  const row = page.getByRole('row', { name: new RegExp(firm.name) }).first()
  await row.getByRole('cell', { name: '3', exact: true }).waitFor()
  assert.ok(!(await page.locator('body').innerText()).includes('vc2 的理由'))
  const other = (await must('vc2', 'GET', '/recommendations')).items[0].id
  assert.equal((await call('vc1', 'GET', `/recommendations/${other}`)).status, 404)
  assert.equal((await must('vc1', 'GET', '/recommendations')).items.length, 1)
  /* files and cases of others do not exist for a partner */
  assert.equal((await must('vc1', 'GET', '/cases?flow=candidate&limit=500')).items.filter((k) => k.subject?.id !== String(firm.id)).length, 0)
})

test('160 firms are recommended, consent, pass their district', async () => {
  const sponsors = ['vc1', 'vc2', 'tank']
  await each(candidates.slice(1).map((firm, i) => [firm, i]), 4, async ([firm, i]) => {
    const who = i < 60 ? sponsors[i % 3] : i < 100 ? 'clerk' : `d${firm.division}`
    await must(who, 'POST', '/recommendations', { rule: RULE, enterprise: String(firm.id), round: roundCase, reason: '产品领先', ...(sponsors.includes(who) ? { interest: { kind: 'none' } } : {}) })
  })
  assert.equal((await listed('clerk', '待企业同意')).length, 160)

  /* a firm on its own page */
  const firm = await at('firm1', '/my')
  await firm.getByRole('link', { name: /候选企业/ }).first().click()
  await settled(firm)
  await confirm(firm, '企业同意', async () => {})
  /* the rest on paper, as one act over the list */
  const clerk = await at('clerk', `/cases?flow=candidate&state=待企业同意&parent=${roundCase}`)
  await clerk.getByRole('button', { name: '办理筛选出的 159 件' }).click()
  await confirm(clerk, '企业同意', async (d) => { const why = d.getByLabel('理由', { exact: true }); if (await why.count()) await why.fill('书面同意，原件存档') })
    .catch(async () => {}) // the dialog shows the result
  await clerk.getByText('已办理 159 件').waitFor({ timeout: 30_000 })
  await clerk.getByRole('button', { name: '关闭' }).last().click()
})
