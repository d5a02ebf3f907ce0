/* A round and a review on the real server: drafted, opened, filled and closed by the office; looked at at both
 * sizes; axe finds nothing. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { accessible, close, DESKTOP, done, go, open, person, PHONE, settled, shoot } from './app.mjs'

after(close)
const mark = Date.now().toString(36), NARROW = { width: 1366, height: 768 }
const setting = { title: `演示轮次 ${mark}`, rule: 'cn/above-scale', from: '2022-09-01', to: '2022-09-30', as_of: '2022-09-30', method: 'average', per_file: 1, sample: 2, inspectors: 1, signatures: 2, demo: true, criteria: [{ id: 'growth', title: '成长性（演示）', weight: '100', top: 5, status: 'DEMO', anchors: [{ mark: 0, text: '演示：没有' }, { mark: 3, text: '演示：一般' }, { mark: 5, text: '演示：突出' }] }] }

test('a round is filled, assigned and reviewed', async () => {
  const office = await open('/rounds')
  const reviewer = await person(office, `rev-${mark}`, 'reviewer')
  const key = (k) => ({ 'X-Jixia-CSRF': '1', 'Idempotency-Key': `round-${mark}-${k}` })
  const made = await office.request.post('/api/v1/rounds', { data: { setting, reason: '演示' }, headers: key('new') })
  assert.equal(made.status(), 201, await made.text())
  const id = (await made.json()).id
  const act = async (name, more = {}) => {
    const etag = (await office.request.get(`/api/v1/rounds/${id}`)).headers().etag
    const res = await office.request.post(`/api/v1/rounds/${id}/acts`, { data: { act: name, reason: '演示', ...more }, headers: { ...key(name + etag), 'If-Match': etag } })
    assert.equal(res.status(), 200, name + await res.text())
  }
  await act('open')
  await act('member', { person: `rev-${mark}`, chair: true })
  await go(office, `/rounds/${id}`)
  await office.getByRole('button', { name: '列入企业' }).click()
  await office.getByLabel('理由').fill('演示')
  await office.getByRole('dialog').getByRole('button', { name: '列入企业' }).click()
  await office.getByRole('dialog').waitFor({ state: 'detached' })
  await act('close')
  await act('assign')
  await act('sample', { inspectors: [`rev-${mark}`] })
  for (const [size, viewport] of [['desktop', DESKTOP], ['phone', PHONE]]) {
    await office.setViewportSize(viewport)
    for (const [name, path] of [['s5-rounds', '/rounds'], ['s5-round', `/rounds/${id}`], ['s5-panel', `/rounds/${id}?tab=panel`], ['s5-settings', `/rounds/${id}?tab=settings`], ['s5-draw', `/rounds/${id}?tab=draw`]]) {
      await go(office, path)
      await accessible(office, `${name} ${size}`)
      await shoot(office, `${name}-${size}`)
    }
  }
  await office.setViewportSize(DESKTOP)
  await office.getByRole('link', { name: /^立案核查/ }).click()
  await office.getByRole('button', { name: '对抽中企业立案核查' }).waitFor()
  await accessible(office, 'case of a round with its drawn visits to open')
  await done(office)
  await go(reviewer, '/reviews')
  await accessible(reviewer, 's7-reviews')
  await reviewer.locator('a[href^="/reviews/"]').first().click()
  await settled(reviewer)
  await accessible(reviewer, 's7-declare')
  await shoot(reviewer, 's7-declare')
  await reviewer.getByRole('button', { name: '没有利益关系，打开材料' }).click()
  await reviewer.getByRole('combobox', { name: '分值' }).selectOption('3.5')
  await reviewer.getByText(/^已保存/).waitFor()
  for (const [size, viewport] of [['desktop', DESKTOP], ['narrow', NARROW], ['phone', PHONE]]) {
    await reviewer.setViewportSize(viewport)
    await settled(reviewer)
    await accessible(reviewer, `s7-review ${size}`)
    await shoot(reviewer, `s7-review-${size}`)
  }
  await reviewer.getByRole('button', { name: '提交' }).click()
  await reviewer.getByText('已提交，第二轮开放后可修改').waitFor()
  await done(reviewer)
})

test('a round is drafted on a form; its matrix opens a list; chosen candidates are decided', async () => {
  const office = await open('/rounds')
  await office.getByRole('button', { name: '新建轮次' }).click()
  const dialog = office.getByRole('dialog')
  await dialog.getByLabel('名称').first().fill(`表单轮次 ${mark}`)
  await dialog.getByRole('combobox', { name: '规则', exact: true }).selectOption('cn/above-scale')
  for (const [label, day] of [['推荐开始', '2022-09-01'], ['推荐截止', '2022-09-30'], ['规则适用日', '2022-09-30']]) await dialog.getByLabel(label).fill(day)
  await dialog.getByLabel('每件评审人数').fill('1')
  await dialog.getByRole('group', { name: '评分项 1' }).getByLabel('名称').fill('成长性（演示）')
  await dialog.getByLabel('权重').fill('90')
  await dialog.getByText('权重合计 90（应为 100）').waitFor()
  await dialog.getByLabel('权重').fill('100')
  await dialog.getByLabel('理由').fill('演示')
  await accessible(office, 'round form')
  await shoot(office, 's5-round-form')
  await dialog.getByRole('button', { name: '存为草稿' }).click()
  await office.waitForURL(/\/rounds\/\d+$/)
  const act = async (name) => {
    await office.getByRole('button', { name, exact: true }).click()
    await office.getByRole('dialog').getByLabel('理由', { exact: true }).fill('演示')
    await office.getByRole('dialog').getByRole('button', { name, exact: true }).click()
    await office.getByRole('dialog').waitFor({ state: 'detached' })
  }
  await act('启动')
  await act('列入企业')
  await act('封闭名单')
  await office.getByRole('checkbox', { name: /^选择/ }).first().check()
  await office.getByRole('button', { name: '决定选中的 1 家' }).click()
  await office.getByRole('dialog').getByLabel('理由', { exact: true }).fill('演示')
  await office.getByRole('dialog').getByRole('button', { name: '批量决定' }).click()
  await office.getByText('已决定 1 家').waitFor()
  await office.getByRole('button', { name: '原无称号 → 通过 1' }).click()
  await office.waitForURL(/had=0/)
  await office.getByText(/^共 1 \/ \d+ 家$/).waitFor()
  await done(office)
})

test('the office says how often a firm may be visited, and takes it back', async () => {
  const page = await open('/rounds')
  const card = page.getByRole('region', { name: '现场核查频次上限' })
  await card.getByText('没有设定（依据待补）').waitFor()
  for (const [size, viewport] of [['desktop', DESKTOP], ['phone', PHONE]]) {
    await page.setViewportSize(viewport)
    await card.getByRole('button', { name: size === 'desktop' ? '设定' : '修改' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('至多次数').fill(size === 'desktop' ? '2' : '3')
    await dialog.getByLabel('月数').fill('12')
    await dialog.getByLabel('依据（文件或会议纪要）').fill('演示：会议纪要')
    await dialog.getByLabel('理由').fill('演示')
    await accessible(page, `visit cap ${size}`)
    await shoot(page, `s5-cap-${size}`)
    await dialog.getByRole('button', { name: '保存' }).click()
    await card.getByText(`同一企业 12 个月内至多 ${size === 'desktop' ? 2 : 3} 次`).waitFor()
    await accessible(page, `visit cap set ${size}`)
    await shoot(page, `s5-cap-set-${size}`)
  }
  await card.getByRole('button', { name: '修改' }).click()
  await page.getByRole('dialog').getByLabel('理由').fill('演示结束')
  await page.getByRole('dialog').getByRole('button', { name: '取消上限' }).click()
  await card.getByText('没有设定（依据待补）').waitFor()
  await done(page)
})
