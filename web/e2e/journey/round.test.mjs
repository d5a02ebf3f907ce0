/* Journey C1 on a generated city: the annual review of the city's gazelles, each kind of step on the screen, the
 * bulk of the rest by the API. C3 (a partner recommends) lies in it; C7 (an auditor asks why) ends it. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { close, go, settled } from '../app.mjs'
import { act, at, call, city, confirm, each, folder, leave, moveTo, must, root, start, stop } from './city.mjs'

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
  if ((await must('clerk', 'GET', round)).case) await confirm(page, '启动')
  else { // TEMPORARY
    const setting = (await must('clerk', 'GET', round)).setting
    const k = await must('clerk', 'POST', '/cases', { flow: 'round', act: '建立', title: TITLE, data: { 设置: JSON.stringify(setting) } })
    await act('clerk', `/cases/${k.id}`, { act: '启动', reason: '演示' })
    round = '/rounds/' + (await must('clerk', 'GET', '/rounds')).items[0].id
  }
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

  await go(page, '/cases?flow=question&state=已答复')
  await page.getByRole('link', { name: /企业问询/ }).first().click()
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

/* One act over all that the filter of the page shows. */
async function over(page, name, n, done, { reason, data = {} } = {}) {
  await page.getByRole('button', { name: `办理筛选出的 ${n} 件` }).click()
  await page.getByRole('dialog').getByRole('button', { name, exact: true }).click()
  const dialog = page.getByRole('dialog')
  for (const [label, text] of Object.entries(data)) await dialog.getByLabel(new RegExp(`^${label}`)).fill(text)
  if (reason) await dialog.getByLabel('理由', { exact: true }).fill(reason)
  await dialog.getByRole('button', { name, exact: true }).click()
  await dialog.getByText(`已办理 ${done} 件`).waitFor({ timeout: 30_000 })
  await page.keyboard.press('Escape')
}

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
  if (!(await listed('clerk', '待企业同意')).length) await each(candidates, 4, (firm) => must('clerk', 'POST', '/cases', { flow: 'candidate', act: '推荐', subject: String(firm.id), parent: String(roundCase) })) // TEMPORARY
  assert.equal((await listed('clerk', '待企业同意')).length, 160)

  /* a firm on its own page */
  const firm = await at('firm1', '/my')
  await firm.getByRole('link', { name: /候选企业/ }).first().click()
  await settled(firm)
  await confirm(firm, '企业同意', async () => {})
  /* the rest on paper, as one act over the list */
  await over(await at('clerk', `/cases?flow=candidate&state=待企业同意&parent=${roundCase}`), '企业同意', 159, 159, { reason: '书面同意，原件存档' })

  /* a district returns one file and passes the others */
  const district = await at('d370303', `/cases?flow=candidate&state=待初核&parent=${roundCase}`)
  const all = await listed('d370303', '待初核')
  await district.getByRole('row', { name: new RegExp(all[0].subject.name) }).getByRole('link').first().click()
  await settled(district)
  await confirm(district, '退回补正', (d) => d.getByLabel('理由', { exact: true }).fill('缺经审计的营业收入说明（第 3 页）'))
  await over(await at('d370303', `/cases?flow=candidate&state=待初核&parent=${roundCase}`), '初核通过', all.length - 1, all.length - 1, { data: { 区县初核意见: '情况属实' } })
  const back = await must('clerk', 'GET', `/cases/${all[0].id}`)
  assert.equal(back.state, '待企业同意')
  await act('clerk', `/cases/${all[0].id}`, { act: '同意', reason: '书面补正' })
  for (const d of city.districts) if ((await listed(`d${d}`, '待初核')).length) await batch(`d${d}`, '待初核', { act: '初核通过', data: { 初核意见: '情况属实' } })
  assert.equal((await listed('clerk', '入列')).length, 160)
})

test('the list is closed, the seed comes out, anybody can draw again', async () => {
  moveTo('2026-09-21 09:00')
  const page = await at('clerk', round)
  await confirm(page, '封闭名单')
  await page.getByRole('tab', { name: '评审组与评分' }).click()
  await confirm(page, '添加评审', async (d) => {
    await d.getByLabel('登录名').fill('rev1')
    await d.getByLabel('组长').check()
    await d.getByLabel('理由').fill('聘任')
  })
  for (const person of city.reviewers.slice(1)) await act('clerk', round, { act: 'member', person, reason: '聘任' })
  await go(page, round)
  await confirm(page, '分配评审')
  await go(page, round + '?tab=panel')
  await page.getByText(/^回避 \d+ 项/).first().waitFor()
  const panel = await must('clerk', 'GET', round + '/panel')
  assert.equal(panel.seats, 480)
  assert.ok(panel.wall.some((w) => w.person === 'rev9'), 'the wall keeps rev9 from what its organisation recommended')
  await go(page, round)
  await confirm(page, '双随机抽取', async (d) => {
    await d.getByLabel(/检查人员/).fill(city.districts.map((x) => 'd' + x).join('\n'))
    await d.getByLabel('理由', { exact: true }).fill('演示')
  })
  const draw = await must('clerk', 'GET', round + '/draw')
  assert.equal(draw.sample.length, 8)
  writeFileSync(folder + '/draw.json', JSON.stringify(draw))
  assert.match(execFileSync('python3', ['-B', root + 'tests/redraw.py', folder + '/draw.json'], { encoding: 'utf8' }), /the same/)
})

test('nine reviewers: declared, blind, then a second pass', async () => {
  const page = await at('rev1', '/reviews')
  await page.locator('a[href^="/reviews/"]').first().click()
  await settled(page)
  const first = new URL(page.url()).pathname
  await page.getByRole('button', { name: '没有利益关系，打开材料' }).click()
  const marks = page.getByRole('combobox', { name: '分值' })
  await marks.nth(1).waitFor()
  for (const i of [0, 1]) await marks.nth(i).selectOption('4')
  await page.getByRole('button', { name: '提交' }).click()
  await page.getByText('已提交，第二轮开放后可修改').waitFor()
  await each(city.reviewers, 3, async (who) => {
    for (const seat of (await must(who, 'GET', '/reviews?limit=500')).items) {
      if (`/reviews/${seat.id}` === first) continue
      const { etag } = await call(who, 'POST', `/reviews/${seat.id}/declaration`, { interest: false })
      const n = number(seat) * 7 + city.reviewers.indexOf(who) * 3
      const handed = await call(who, 'PATCH', `/reviews/${seat.id}`, { sheet: { marks: { c1: String(2 + n % 5 / 2), c2: String(1.5 + n % 6 / 2) } }, submit: true }, { 'If-Match': etag })
      assert.equal(handed.status, 200, JSON.stringify(handed.data))
      assert.ok(!('name' in handed.data) && !('others' in handed.data), 'blind')
    }
  })
  const clerk = await at('clerk', round)
  await confirm(clerk, '开放第二轮')
  await go(page, first)
  await marks.nth(0).selectOption('4.5')
  await page.getByRole('button', { name: '修改评分' }).click()
  await settled(page)
  await go(clerk, round)
  await confirm(clerk, '结束评分')
})
