/* Journey C1 on a generated city: the annual review of the city's gazelles, each kind of step on the screen, the
 * bulk of the rest by the API. C3 (a partner recommends) lies in it; C7 (an auditor asks why) ends it. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { close, go, settled } from '../app.mjs'
import { act, at, call, city, confirm, each, leave, moveTo, must, start, stop } from './city.mjs'

const TITLE = '2026 年度瞪羚企业评审（演示）', RULE = city.rule
const lacking = city.firms.slice(city.complete), answered = lacking.slice(0, 33), candidates = city.firms.slice(0, 160)
let round

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
})

test('firms that lack one fact get one question; one answers on its page', async () => {
  for (let i = 0; i < 60 && (await call('clerk', 'GET', `/discovery?rule=${RULE}`)).status === 503; i++) await new Promise((resolve) => setTimeout(resolve, 250))
  const page = await at('clerk', `/discovery?rule=${RULE}&class=one_fact`)
  await confirm(page, '向企业提问', (d) => d.getByLabel('答复期限（工作日）').fill('10'))
  await page.getByText('已提问 41 家').waitFor()

  const firm = await at('firm3', '/my')
  await firm.getByRole('link', { name: /从业人员/ }).first().click()
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
