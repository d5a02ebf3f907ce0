/* A rule revised by two people on the real server: drafted, a workbook edited and read in, changes seen in the
 * table, checked, sent back and forth, released by the second. And two who change one revision. */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { operations, responseErrors } from '../tests/contract/contract.mjs'
import { accessible, base, close, DESKTOP, done, go, open, person, PHONE, settled, shoot, user, WALL } from './app.mjs'

const RULE = '/rules/cn/unicorn', mark = Date.now().toString(36)
after(close)

/* The workbook with one text replaced inside its sheets; zip and unzip keep the rest. */
function edited(path, from, to) {
  const folder = mkdtempSync(join(tmpdir(), 'jixia-book-'))
  execFileSync('python3', ['-c', `
import sys, zipfile
src, dst, a, b = sys.argv[1:]
with zipfile.ZipFile(src) as x, zipfile.ZipFile(dst, 'w', zipfile.ZIP_DEFLATED) as y:
    n = 0
    for name in x.namelist():
        data = x.read(name)
        if name.endswith('.xml'):
            n += data.count(a.encode())
            data = data.replace(a.encode(), b.encode())
        y.writestr(name, data)
    assert n == 1, n
`, path, join(folder, 'edited.xlsx'), from, to])
  return join(folder, 'edited.xlsx')
}

test('a rule is read by clause beside its decision; two versions are compared in the page', async () => {
  for (const [size, viewport] of [['desktop', DESKTOP], ['phone', PHONE], ['wall', WALL]]) {
    const page = await open(RULE, { viewport })
    await page.getByRole('region', { name: '官方文本（按条款）' }).waitFor()
    assert.ok(await page.getByText('累计融资不低于5000万美元').count())
    await accessible(page, `rule by clause ${size}`)
    await shoot(page, `s9-rule-${size}`)
    await page.getByLabel('与版本比较').selectOption('2018')
    await page.getByText('2018 → 2025').waitFor()
    assert.match(page.url(), /against=2018/)
    await settled(page)
    await accessible(page, `rule compared ${size}`)
    await shoot(page, `s9-compared-${size}`)
    await done(page)
  }
})

test('drafted, edited as a workbook, checked, returned, released by a second person', async () => {
  const admin = await open('/')
  const author = await person(admin, 'policy-' + mark, 'policy'), second = await person(admin, 'leader-' + mark, 'leader')
  await go(author, RULE + '?version=2018')
  await author.getByRole('button', { name: '拟修订' }).click()
  await author.waitForURL(/\/revisions\/\d+/)
  await settled(author)
  const at = new URL(author.url()).pathname
  await accessible(author, 'revision drafted')
  assert.ok(await author.getByText('依据待补：没有出处的数字不作为政策').count())
  await author.getByLabel('名称').fill('独角兽档次调整 ' + mark)
  await author.getByLabel('生效日').fill('2024-06-01')
  await author.getByLabel('修订理由').fill('档次按新口径')
  await author.getByLabel('依据文件').selectOption('UNI18')
  await author.getByLabel('条款').fill('定义')
  await author.getByLabel('数字的出处').selectOption('V*')
  await author.getByLabel(/^算例/).fill('[{"name":"R-' + mark + '","as_of":"2024-07-01","facts":{"成立日期":"2017-11-01","是否独立法人":true,"是否获专业机构私募投资":true,"是否上市":false,"最近一轮投后估值":12000000000},"expect":{"outcome":"met","result":"超级独角兽"}}]')
  await author.getByRole('button', { name: '保存' }).click()
  await author.getByText('已保存').waitFor()
  const [file] = await Promise.all([author.waitForEvent('download'), author.getByRole('button', { name: /^导出表格/ }).click()])
  const book = edited(await file.path(), '&gt;= 10000000000', '&gt;= 20000000000')
  await author.getByLabel('上传表格').setInputFiles(book)
  await author.getByText('已读入').waitFor()
  await settled(author)
  assert.match(await author.getByRole('cell').filter({ has: author.locator('del') }).first().innerText(), /100 亿[\s\S]*→[\s\S]*200 亿/)
  await accessible(author, 'revision with changes')
  for (const [size, viewport] of [['desktop', DESKTOP], ['phone', PHONE], ['wall', WALL]]) {
    await author.setViewportSize(viewport)
    await shoot(author, `s9-revision-${size}`)
    await accessible(author, `revision ${size}`)
  }
  await author.setViewportSize(DESKTOP)
  /* a workbook of the table as it was before is refused, by cell */
  await author.getByLabel('上传表格').setInputFiles(await file.path())
  await author.getByRole('alert').getByText(/已被改动/).first().waitFor()
  await author.getByRole('button', { name: '重试' }).click()
  await settled(author)
  await author.getByRole('button', { name: '检查并运行算例' }).click()
  await author.getByText('还不能发布').waitFor()
  await shoot(author, 's9-check')
  await accessible(author, 'revision checked')
  await author.getByRole('button', { name: '送审' }).click()
  await author.getByRole('dialog').getByLabel('理由').fill('请核')
  await author.getByRole('dialog').getByRole('button', { name: '送审' }).click()
  await author.getByText('已送审').waitFor()
  assert.equal(await author.getByRole('button', { name: '发布' }).count(), 0)
  assert.ok(await author.getByText('须由没有参与起草的人发布').count())

  await go(second, at)
  await second.getByRole('button', { name: '发布' }).click()
  await second.getByRole('dialog').getByLabel('理由').fill('发布')
  await second.getByRole('dialog').getByRole('button', { name: '发布' }).click()
  await second.getByRole('alert').getByText(/算例.*未通过/).first().waitFor()
  await second.getByRole('button', { name: '重试' }).click()
  await settled(second)
  await second.getByRole('button', { name: '退回' }).click()
  await second.getByRole('dialog').getByLabel('理由').fill('算例与新口径不符')
  await second.getByRole('dialog').getByRole('button', { name: '退回' }).click()
  await second.getByText('已退回').first().waitFor()

  await go(author, at)
  const cases = author.getByLabel(/^算例/)
  await cases.fill((await cases.inputValue()).replace('12000000000', '20000000000'))
  await author.getByRole('button', { name: '保存' }).click()
  await author.getByText('已保存').waitFor()
  await author.getByRole('button', { name: '检查并运行算例' }).click()
  await author.getByText('可以发布').waitFor()
  await author.getByRole('button', { name: '送审' }).click()
  await author.getByRole('dialog').getByLabel('理由').fill('再请核')
  await author.getByRole('dialog').getByRole('button', { name: '送审' }).click()
  await author.getByText('已送审').waitFor()

  await go(second, at)
  await second.getByRole('button', { name: '发布' }).click()
  await accessible(second, 'release dialog')
  await second.getByRole('dialog').getByLabel('理由').fill('核对无误')
  await second.getByRole('dialog').getByRole('button', { name: '发布' }).click()
  await second.getByText('已发布，自生效日起使用').waitFor()
  await shoot(second, 's9-released')
  await go(second, '/revisions')
  await accessible(second, 'revisions')
  await shoot(second, 's9-revisions')
  await go(second, RULE + '?as_of=2024-07-01')
  await second.getByText('200 亿').first().waitFor()
  for (const page of [second, author, admin]) await done(page)
})

test('two change one revision: the second is shown both', async () => {
  const admin = await open('/')
  const one = await person(admin, 'one-' + mark, 'policy'), two = await person(admin, 'two-' + mark, 'policy')
  await go(one, RULE)
  await one.getByRole('button', { name: '拟修订' }).click()
  await one.waitForURL(/\/revisions\/\d+/)
  await settled(one)
  await go(two, new URL(one.url()).pathname)
  await one.getByLabel('名称').fill('甲的名称')
  await one.getByRole('button', { name: '保存' }).click()
  await one.getByText('已保存').waitFor()
  await two.getByLabel('名称').fill('乙的名称')
  await two.getByRole('button', { name: '保存' }).click()
  const dialog = two.getByRole('dialog', { name: '别人刚改过这份修订' })
  await dialog.waitFor()
  await dialog.getByText('甲的名称').waitFor()
  await dialog.getByText('乙的名称').waitFor()
  await accessible(two, 'clash')
  await shoot(two, 's9-clash')
  await dialog.getByRole('button', { name: '保存我的' }).click()
  await two.getByText('已保存').waitFor()
  await go(one, new URL(one.url()).pathname)
  assert.equal(await one.getByLabel('名称').inputValue(), '乙的名称')
  await one.getByRole('button', { name: '撤回' }).click()
  await one.getByRole('dialog').getByLabel('理由').fill('测试结束')
  await one.getByRole('dialog').getByRole('button', { name: '撤回' }).click()
  await one.getByText('已撤回').first().waitFor()
  for (const page of [one, two, admin]) await done(page)
})

test('answers about revisions are as the contract says', async () => {
  const headers = { 'X-Jixia-CSRF': '1', 'Content-Type': 'application/json' }
  const session = await fetch(base + '/api/v1/session', { method: 'POST', headers, body: JSON.stringify(user) })
  const read = { headers: { Cookie: session.headers.get('set-cookie').split(';')[0] } }
  const { items } = await (await fetch(base + '/api/v1/revisions', read)).json()
  const book = items.find((r) => r.state === 'released')
  let checked = 0
  for (const { path, method } of operations()) {
    if (method !== 'get' || !path.startsWith('/revisions')) continue
    const url = base + '/api/v1' + path.replace('{id}', book.id)
    const res = await fetch(url, read)
    assert.equal(res.status, 200, url)
    assert.deepEqual(await responseErrors('GET', url, res), [])
    checked++
  }
  assert.equal(checked, 6)
})
