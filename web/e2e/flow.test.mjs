/* Tasks and cases as a clerk meets them: open, see it among the tasks, write, upload, act, be refused with a
 * reason, be second. axe and a screenshot of each page at both sizes. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { accessible, close, DESKTOP, done, go, open, PHONE, settled, shoot } from './app.mjs'

after(close)
const headers = (key) => ({ 'X-Jixia-CSRF': '1', 'Idempotency-Key': key })

async function question(page, key) {
  const res = await page.request.post('/api/v1/cases', { data: { flow: 'question', subject: '1', data: { 问题: '2021 年营业收入是多少？', 答复天数: '5' } }, headers: headers(key) })
  assert.equal(res.status(), 201, await res.text())
  return (await res.json()).id
}

for (const [size, viewport] of [['desktop', DESKTOP], ['phone', PHONE]]) {
  test(`tasks and a case, ${size}`, async () => {
    const page = await open('/tasks', { viewport })
    await accessible(page, `tasks ${size}`)
    await page.getByRole('button', { name: '发起事项' }).click()
    await page.getByLabel('流程').selectOption('question')
    await settled(page)
    await accessible(page, `new case ${size}`)
    await shoot(page, `case-new-${size}`)
    await page.getByLabel('企业', { exact: true }).fill('没有这样的企业')
    await page.getByLabel('问题').fill('2021 年营业收入是多少？')
    await page.getByLabel('答复期限（工作日）').fill('5')
    await page.getByRole('button', { name: '提问' }).click()
    await settled(page)
    await page.getByRole('alert').waitFor()
    const id = await question(page, `flow-test-${size}`)
    await go(page, '/tasks')
    await page.getByRole('region', { name: '等我处理' }).getByText('答复').first().waitFor()
    await accessible(page, `tasks with work ${size}`)
    await shoot(page, `tasks-${size}`)

    await go(page, `/cases/${id}`)
    await accessible(page, `case ${size}`)
    await page.getByRole('button', { name: '答复', exact: true }).click()
    await accessible(page, `act ${size}`)
    await shoot(page, `case-act-${size}`)
    await page.getByRole('dialog').getByLabel(/答复/).fill('一亿二千万元')
    await page.getByRole('dialog').getByRole('button', { name: '答复' }).click()
    await page.getByText('已办理：答复').waitFor()
    await page.getByLabel('写给办理人或企业').fill('请补一份审计报告')
    await page.getByRole('button', { name: '发送' }).click()
    await page.getByText('请补一份审计报告').first().waitFor()
    await page.getByLabel('材料种类').selectOption('证明')
    await page.getByLabel('上传').setInputFiles({ name: '审计报告.pdf', mimeType: 'application/pdf', buffer: Buffer.from('<html>not a pdf</html>') })
    await page.getByRole('alert').getByText(/审计报告\.pdf/).first().waitFor()
    await go(page, `/cases/${id}`)
    await page.getByLabel('材料种类').selectOption('证明')
    await page.getByLabel('上传').setInputFiles({ name: '审计报告.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.4\n%%EOF') })
    await page.getByRole('link', { name: '审计报告.pdf' }).waitFor()
    await accessible(page, `case with all ${size}`)
    await shoot(page, `case-${size}`)

    await page.getByText('登记纸面环节').click()
    await page.getByLabel('种类', { exact: true }).fill('征求意见函')
    await page.getByLabel('对方').fill('市税务局')
    await page.getByLabel('发出日期').fill('2026-01-05')
    await page.getByRole('button', { name: '登记', exact: true }).click()
    await page.getByRole('button', { name: '登记回函 征求意见函 市税务局' }).click()
    await page.getByLabel('回函内容、意见').fill('无意见')
    await page.getByRole('button', { name: '登记', exact: true }).first().click()
    await page.getByText('无意见').first().waitFor()
    await page.getByRole('button', { name: '撤回材料 审计报告.pdf' }).click()
    await page.getByLabel('理由').fill('传错了')
    await page.getByRole('dialog').getByRole('button', { name: '撤回材料' }).click()
    await page.getByRole('region', { name: '材料' }).getByText('已撤回', { exact: true }).waitFor()

    /* somebody else accepts it meanwhile */
    const now = await page.request.get(`/api/v1/cases/${id}`)
    const other = await page.request.post(`/api/v1/cases/${id}/acts`, { data: { act: '采用' }, headers: { ...headers(`flow-other-${size}`), 'If-Match': now.headers().etag } })
    assert.equal(other.status(), 200, await other.text())
    await page.getByRole('button', { name: '采用' }).click()
    await page.getByRole('dialog').getByRole('button', { name: '采用' }).click()
    await page.getByRole('alert', { name: '别人刚刚办理了这个事项' }).getByText('您要办理的“采用”没有执行。').waitFor()
    await accessible(page, `clash ${size}`)
    await shoot(page, `case-clash-${size}`)
    await done(page)
  })
}

test('one act on many cases: each is answered', async () => {
  const page = await open('/')
  const ids = [await question(page, 'batch-one'), await question(page, 'batch-two')]
  await go(page, '/cases?flow=question&state=待答复')
  for (const box of (await page.getByRole('checkbox', { name: /^选择/ }).all()).slice(0, 2)) await box.check()
  await page.getByRole('button', { name: '办理选中的 2 件' }).click()
  await page.getByRole('button', { name: '撤回' }).click()
  await page.getByRole('dialog').getByLabel('理由', { exact: true }).fill('问错了')
  /* meanwhile one of them is withdrawn by somebody else */
  const now = await page.request.get(`/api/v1/cases/${ids[1]}`)
  assert.equal((await page.request.post(`/api/v1/cases/${ids[1]}/acts`, { data: { act: '撤回', reason: '问错了' }, headers: { ...headers('batch-other'), 'If-Match': now.headers().etag } })).status(), 200)
  await page.getByRole('dialog').getByRole('button', { name: '撤回' }).click()
  await page.getByText('已办理 1 件，不能办理 1 件').waitFor()
  await accessible(page, 'batch result')
  await shoot(page, 'cases-batch-desktop')
  await page.getByRole('dialog').getByRole('button', { name: '关闭' }).last().click()
  await page.keyboard.press('Control+k')
  await page.getByRole('combobox', { name: '搜索企业、规则、页面' }).fill('question-')
  await page.getByRole('option', { name: /^事项/ }).first().waitFor()
  await page.getByRole('combobox', { name: '搜索企业、规则、页面' }).fill('发起事项')
  await page.getByRole('option', { name: /^办理/ }).waitFor()
  await settled(page)
  await accessible(page, 'palette of acts')
  await page.keyboard.press('Enter')
  await page.getByRole('dialog', { name: '发起事项' }).waitFor()
  await go(page, '/cases')
  await page.setViewportSize(PHONE)
  await accessible(page, 'cases phone')
  await done(page)
})
