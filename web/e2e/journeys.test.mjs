/* What people do, on the real server. JIXIA_INITIALS and JIXIA_FIRM name a firm on file by pinyin initials
 * and by part of its name; JIXIA_RULE is a rule whose table is shown for it. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { accessible, close, done, go, open, PHONE, settled, shoot, user } from './app.mjs'

const initials = process.env.JIXIA_INITIALS ?? 'qxtd'
const firm = process.env.JIXIA_FIRM ?? '齐翔腾达'
const rule = process.env.JIXIA_RULE ?? 'cn/enterprise-size'
const fixes = JSON.parse(process.env.JIXIA_FIXES ?? 'null')
after(close)

async function openFirm(page) {
  await page.keyboard.press('/')
  await page.getByRole('combobox', { name: '搜索企业、规则、页面' }).fill(initials)
  await page.getByRole('option').filter({ hasText: firm }).first().waitFor()
  await shoot(page, 'palette')
  await page.getByRole('option').filter({ hasText: firm }).first().click()
  await page.waitForURL(/\/enterprises\/[^?]+/)
  await settled(page)
}

test('sign in with the keyboard; a wrong password is refused without saying which', async () => {
  const page = await open('/enterprises', { signedIn: false })
  await page.getByLabel('登录名').fill(user.name)
  await page.keyboard.press('Tab')
  await page.keyboard.type('wrong')
  await page.keyboard.press('Enter')
  await page.getByRole('alert').waitFor()
  await page.getByLabel('密码').fill(user.password)
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: '企业培育库' }).waitFor()
  assert.match(page.url(), /\/enterprises$/)
  await done(page)
})

test('a page of another host is not gone to after signing in', async () => {
  const page = await open('/sign-in?next=//example.org/', { signedIn: false })
  await page.getByLabel('登录名').fill(user.name)
  await page.getByLabel('密码').fill(user.password)
  await page.getByRole('button', { name: '登录' }).click()
  await page.getByRole('heading', { name: '总览' }).waitFor()
  await done(page)
})

test('search by pinyin initials, open the firm, read why', async () => {
  const page = await open('/')
  await openFirm(page)
  assert.match(await page.getByRole('heading', { level: 1 }).innerText(), new RegExp(firm))
  await go(page, page.url().split('?')[0] + '?rule=' + rule)
  await page.getByRole('table').filter({ hasText: '实际值' }).first().waitFor()
  await shoot(page, 'why')
  await done(page)
})

test('the failing cell is seen, and so is the row that hit', async () => {
  const page = await open('/')
  await openFirm(page)
  await go(page, page.url().split('?')[0] + '?rule=' + rule)
  const failing = page.getByRole('cell', { name: /^不满足: / }).first()
  await failing.waitFor()
  assert.match(await failing.innerText(), /✗/)
  assert.ok(await page.getByRole('rowheader', { name: /命中/ }).count() >= 1)
  await done(page)
})

test('a past date turns the frame, is kept by links, and is left again', async () => {
  const page = await open('/enterprises')
  await page.getByRole('button', { name: /时点/ }).click()
  await page.getByRole('dialog', { name: '回到某一天' }).waitFor()
  await shoot(page, 'as-of')
  await page.getByRole('combobox', { name: '生效时点' }).fill('2021-06-30')
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: '前往' }).click()
  await page.getByText('正在查看 2021-06-30 的数据').waitFor()
  assert.match(page.url(), /as_of=2021-06-30/)
  await page.getByRole('region', { name: '企业列表' }).getByRole('link').first().click()
  await page.waitForURL(/\/enterprises\/\w+.*as_of=2021-06-30/)
  await page.locator('.head').getByText('截至 2021-06-30').waitFor()
  await settled(page)
  await page.getByRole('button', { name: '返回今天' }).first().click()
  await page.waitForURL((url) => !url.searchParams.has('as_of'))
  await done(page)
})

test('filters live in the URL: reload keeps them, Back undoes one', async () => {
  const page = await open('/enterprises')
  await page.getByLabel('规则').selectOption(rule)
  await page.waitForURL(/rule=/)
  const answered = page.waitForResponse((r) => /\/enterprises\?.*outcome=met/.test(r.url()) && r.ok())
  await page.getByRole('combobox', { name: '结果' }).selectOption('met')
  await page.waitForURL(/outcome=met/)
  await answered
  await page.waitForFunction(() => !/共 ([\d,]+) \/ \1 家/.test(document.body.innerText)) // the filter shortens the list
  const shown = await page.getByText(/^共 .* 家/).innerText()
  await page.reload()
  await page.getByText(shown).waitFor()
  await page.goBack()
  await page.waitForURL((url) => !url.searchParams.has('outcome'))
  await done(page)
})

test('a number of the overview opens exactly that many firms', async () => {
  const page = await open('/')
  const link = page.locator('main').getByRole('link', { name: /符合 \d/ }).first()
  await link.waitFor()
  const n = (await link.innerText()).replace(/\D/g, '')
  await link.click()
  await page.getByRole('heading', { name: '企业培育库' }).waitFor()
  await settled(page)
  if (!process.env.JIXIA_MOCK) assert.match((await page.getByText(/^共 .* 家/).innerText()).replaceAll(',', ''), new RegExp(`^共 ${n} / `))
  await done(page)
})

const SHEET = [
  ['企业名称', '统一社会信用代码', '营业收入(万元)', '从业人员'],
  ['测试导入甲有限公司', '91370300MA3C00001X', '1200', '45'],
  ['测试导入乙有限公司', '9.137E+17', '3,400.5', '60'],
  ['测试导入丙有限公司', '91370300MA3C00003X', '一千二百', '12'],
  ['', '', '300', '12'],
].map((r) => r.join('\t')).join('\n')

test('import three bad rows, fix them in the grid, commit, undo', async () => {
  const page = await open('/imports')
  await page.getByLabel('来源').selectOption('self_report')
  await page.getByLabel('年度').selectOption('2021')
  await page.getByLabel('粘贴表格').fill(SHEET)
  await page.getByRole('button', { name: '核对粘贴的内容' }).click()
  await page.waitForURL(/\/imports\/\w+/)
  await page.getByText(/3 错误/).waitFor()
  await shoot(page, 'import-bad')
  const edits = fixes ?? [['3 统一社会信用代码', '91370300MA3C00002X'], ['4 营业收入(万元)', '1200'], ['5 企业名称', '测试导入丁有限公司'], ['5 统一社会信用代码', '91370300MA3C00004X']]
  for (const [at, text] of edits) {
    const [row, head] = at.split(' ')
    await page.getByRole('button', { name: new RegExp(`第 ${row} 行 ${head.replace(/[()]/g, '\\$&')}$`) }).click()
    await page.getByRole('textbox', { name: `第 ${row} 行 ${head}` }).fill(text)
    await page.keyboard.press('Enter')
    await page.getByRole('status').filter({ hasText: `第 ${row} 行` }).waitFor()
  }
  await page.getByText(/0 错误/).waitFor()
  await shoot(page, 'import-fixed')
  await page.getByRole('button', { name: /^入库 \d+ 行$/ }).click()
  await page.getByLabel('理由').fill('浏览器测试')
  await shoot(page, 'import-commit')
  await page.getByRole('dialog').getByRole('button', { name: /^入库/ }).click()
  await page.getByText('✓ 已入库').waitFor()
  await page.getByRole('button', { name: '撤销这一批' }).click()
  await page.getByLabel('理由').fill('浏览器测试结束')
  await page.getByRole('dialog').getByRole('button', { name: '撤销这一批' }).click()
  await page.locator('.state', { hasText: '已撤销' }).waitFor()
  await done(page)
})

test('a list of names is matched in the same order', async () => {
  const page = await open('/match')
  await page.getByLabel('名称或代码').fill(`${firm}\n没有这样的公司名`)
  await page.getByRole('button', { name: '比对' }).click()
  await page.getByText(/行对上/).waitFor()
  await page.getByRole('region', { name: '比对结果' }).getByText('未对上').waitFor()
  await done(page)
})

test('add a user; the one-time password is shown once', async () => {
  const page = await open('/users')
  await page.getByRole('button', { name: '添加用户' }).click()
  await page.getByRole('textbox', { name: /登录名/ }).fill('e2e' + Date.now().toString(36))
  await page.getByRole('textbox', { name: '姓名' }).fill('浏览器测试')
  await page.getByRole('checkbox', { name: /审计/ }).first().check()
  await shoot(page, 'user-add')
  await page.getByRole('button', { name: '保存' }).click()
  await page.getByRole('dialog', { name: '一次性密码' }).waitFor()
  await done(page)
})

test('English is complete on the overview', async () => {
  const page = await open('/')
  await page.getByRole('button', { name: '账号' }).click()
  await page.getByRole('button', { name: 'English' }).click()
  await page.getByRole('heading', { name: 'Overview' }).waitFor()
  assert.equal(await page.locator('html').getAttribute('lang'), 'en')
  await shoot(page, 'english')
  await done(page)
})

test('a phone shows every page without sideways scrolling', async () => {
  const page = await open('/', { viewport: PHONE })
  for (const path of ['/', '/enterprises', '/rules', `/rules/${rule}`, '/rules/cn/high-tech', '/revisions', '/imports', '/match', '/users', '/help']) {
    await go(page, path)
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), path)
  }
  await done(page)
})

test('jump to the last row of a long list within half a second', async (t) => {
  const page = await open('/enterprises')
  const box = page.getByRole('region', { name: '企业列表' })
  const rows = Number(await box.getByRole('table').getAttribute('aria-rowcount'))
  if (rows < 300) { t.skip('fewer than 300 firms on file'); await done(page); return }
  const start = Date.now()
  await box.evaluate((el) => { el.scrollTop = el.scrollHeight })
  await page.locator(`tr[aria-rowindex="${rows}"] a`).waitFor()
  t.diagnostic(`jump: ${Date.now() - start} ms, ${await page.locator('*').count()} elements`)
  assert.ok(await page.locator('*').count() <= 1500)
  assert.ok(Date.now() - start < (process.env.CI ? 2000 : 1000))
  await done(page)
})

test('a rule shows what the check finds in its tables, with the inputs that show it', async () => {
  const page = await open('/')
  await go(page, '/rules/zibo/talent-recognition')
  const list = page.getByRole('list', { name: /^检查发现：/ }).first()
  await list.waitFor()
  const one = list.getByRole('listitem').first()
  assert.match(await one.innerText(), /提示/)
  await one.getByText('用于试算的输入').click()
  assert.match(await one.locator('code').innerText(), /^\{".*\}$/)
  await accessible(page, 'findings')
  await done(page)
})
