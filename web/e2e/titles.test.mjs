/* The library on screen: who holds what, what is due, movement and survival; the titles of one firm; the
 * public list without a script. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { accessible, close, DESKTOP, done, go, open, person, PHONE, settled, shoot, WALL } from './app.mjs'

const HEADERS = { 'X-Jixia-CSRF': '1' }
let firms

/* Records by paper, as an office enters them: two recognitions, one listing, one in the library, one revoked. */
before(async () => {
  const admin = await open('/')
  const page = await person(admin, 'titles-office', 'clerk_office')
  firms = (await (await page.request.get('/api/v1/enterprises?limit=30&demo=true')).json()).items.slice(0, 5)
  let key = 0
  const post = async (path, data) => {
    const res = await page.request.post(`/api/v1${path}`, { data, headers: { ...HEADERS, 'Idempotency-Key': `titles-e2e-${key++}` } })
    assert.ok(res.ok(), `${path}: ${await res.text()}`)
    return res.json()
  }
  const add = (i, kind, tier, level, from, more = {}) => post('/titles', { enterprise: firms[i].id, kind, tier, level, from, reason: '按文件登记', ...more })
  const paper = { publisher: '山东省工业和信息化厅', document_number: '演示〔2020〕1号' }
  await add(0, 'recognised', '瞪羚', '省', '2020-02-10', paper)
  await add(0, 'in_library', '哪吒', '市', '2022-01-10')
  const gone = await add(1, 'recognised', '瞪羚', '省', '2020-02-10', paper)
  await post(`/titles/${gone.id}/events`, { kind: 'revoke', day: '2021-05-06', code: '弄虚作假', reason: '查实' })
  await add(2, 'listed', '独角兽', '国家', '2021-03-01', { publisher: '演示榜单机构' })
  await add(3, 'in_library', '种子', '市', '2021-09-01')
  await done(page)
  await done(admin)
})
after(close)

const SIZES = [['desktop', DESKTOP], ['wall', WALL], ['phone', PHONE]]
async function everySize(page, name) {
  for (const [size, viewport] of SIZES) {
    await page.setViewportSize(viewport)
    await settled(page)
    await accessible(page, `${name} ${size}`)
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
    assert.ok(wide <= 0, `${name} ${size}: ${wide} px too wide`)
    await shoot(page, `titles-${name}-${size}`)
  }
  await page.setViewportSize(DESKTOP)
}

test('the library counts tiers, lists records by filter, shows movement and survival', async () => {
  const page = await open('/library?as_of=2022-09-30')
  await page.getByRole('button', { name: /^瞪羚/ }).first().waitFor()
  await page.getByRole('region', { name: '称号记录' }).getByText('山东省瞪羚企业').first().waitFor()
  await everySize(page, 'library')
  await page.getByRole('combobox', { name: '状态' }).selectOption('ended')
  await page.getByText('失效 · 撤销称号').waitFor()
  await page.getByRole('combobox', { name: '记录种类' }).selectOption('listed')
  await page.getByText('没有符合条件的记录').waitFor()
  await go(page, '/library?tab=moves&as_of=2022-09-30&since=2021-04-01')
  await page.getByRole('region', { name: '流转' }).waitFor()
  await everySize(page, 'moves')
  await go(page, '/library?tab=cohorts&as_of=2022-09-30')
  await page.getByRole('region', { name: '存续' }).getByText('2020').waitFor()
  await everySize(page, 'cohorts')
  await page.evaluate(() => localStorage.setItem('lang', 'en'))
  await go(page, '/library?as_of=2022-09-30')
  await page.getByRole('heading', { name: 'Library' }).waitFor()
  await accessible(page, 'library en')
  await shoot(page, 'titles-library-en')
  await done(page)
})

test('what is due says whether the rule would pass it again', async () => {
  const page = await open('/library/expiring?quarter=2023Q1')
  const row = page.getByRole('row').filter({ hasText: firms[0].name })
  await row.getByText('2023-02-10').waitFor()
  await row.getByText('复核周期').waitFor()
  await everySize(page, 'due')
  await page.getByRole('button', { name: '下一季度' }).click()
  await page.getByText('2023Q2').waitFor()
  await page.getByText('本季度没有到期或应复核的称号').waitFor()
  await done(page)
})

test('the page of a firm shows its titles, what happened, and until when it is barred', async () => {
  const page = await open(`/enterprises/${firms[1].id}?tab=titles&as_of=2022-09-30`)
  await page.getByText('限制申报，2024-05-06 起方可申报').first().waitFor()
  await page.getByRole('button', { name: '变动' }).click()
  await page.getByText('弄虚作假').first().waitFor()
  await everySize(page, 'rail')
  await done(page)
})

test('a list is checked by row, a doubtful name settled by a person, recorded in one batch and taken back', async () => {
  const page = await open('/library/lists')
  const near = firms[4].name.replace(/有限公司.*/, '')
  const file = { name: '省瞪羚名单.csv', mimeType: 'text/csv', buffer: Buffer.from(`企业名称,称号,级别\n${firms[3].name},瞪羚,省\n${near},瞪羚,省\n库里没有的企业有限公司,瞪羚,省\n`) }
  await page.getByLabel('名单文件（CSV、XLSX、XLS）').setInputFiles(file)
  await page.getByLabel('记录种类').selectOption('listed')
  await page.getByLabel('认定或发布单位').fill('演示榜单机构')
  await page.getByLabel('认定或公布日期').fill('2022-03-01')
  await page.getByRole('button', { name: '核对（不登记）' }).click()
  await page.getByText('可登记 1 行').waitFor()
  await page.getByText(/不能登记 2 行/).waitFor()
  await everySize(page, 'list-checked')
  await page.getByRole('button', { name: new RegExp(`^是这家 .*${firms[4].name}$`) }).click()
  await page.getByText('可登记 2 行').waitFor()
  assert.ok(await page.getByRole('button', { name: '登记 2 行' }).isDisabled())
  await page.getByLabel(/只登记可登记的行/).check()
  await page.getByLabel('理由').fill('省厅公布')
  await page.getByRole('button', { name: '登记 2 行' }).click()
  await page.getByText('已登记 2 行').first().waitFor()
  const titles = async () => (await (await page.request.get(`/api/v1/enterprises/${firms[4].id}/titles`)).json()).items.filter((x) => x.state !== 'void')
  assert.equal((await titles()).length, 1)
  await page.getByRole('button', { name: '撤销整批 省瞪羚名单.csv' }).click()
  await page.getByRole('dialog').getByLabel('理由').fill('名单有误')
  await accessible(page, 'list undo')
  await page.getByRole('dialog').getByRole('button', { name: '撤销整批' }).click()
  await page.getByText('已撤销：admin，名单有误').waitFor()
  assert.equal((await titles()).length, 0)
  await done(page)
})

test('a title is suspended on its rail, the event is corrected, a new one is recorded by its paper', async () => {
  const page = await open(`/enterprises/${firms[2].id}?tab=titles`)
  const rail = page.getByRole('region', { name: '称号与变动' })
  await rail.getByRole('button', { name: /^登记变动/ }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('日期').fill('2022-06-01')
  await dialog.getByLabel('理由', { exact: true }).fill('核查期间')
  await accessible(page, 'title event')
  await shoot(page, 'titles-event')
  await dialog.getByRole('button', { name: '暂停', exact: true }).click()
  await rail.getByText('暂停', { exact: true }).first().waitFor()
  await rail.getByRole('button', { name: '变动', exact: true }).click()
  await rail.getByRole('button', { name: '更正 2022-06-01 暂停' }).click()
  await dialog.getByLabel('理由', { exact: true }).fill('记错企业')
  await dialog.getByRole('button', { name: '更正', exact: true }).click()
  await rail.getByText('有效', { exact: true }).first().waitFor()
  await rail.getByRole('button', { name: '登记称号' }).click()
  await dialog.getByLabel('梯队').selectOption('瞪羚')
  await dialog.getByLabel('级别').selectOption('省')
  await dialog.getByLabel('认定或发布单位').fill('山东省工业和信息化厅')
  await dialog.getByLabel('文号').fill('演示〔2021〕2号')
  await dialog.getByLabel('起始或发布日期').fill('2021-04-01')
  await dialog.getByLabel('理由', { exact: true }).fill('按文件登记')
  await accessible(page, 'title new')
  await dialog.getByRole('button', { name: '登记称号' }).click()
  await rail.getByText('山东省瞪羚企业').first().waitFor()
  await done(page)
})

test('anybody reads what is published, without a script, and nothing else', async () => {
  const page = await open('/public/titles', { signedIn: false })
  await page.getByRole('cell', { name: '山东省瞪羚企业' }).first().waitFor()
  assert.equal(await page.getByText('种子企业').count() + await page.locator('td', { hasText: firms[3].name }).count(), 0)
  assert.equal(await page.locator('script').count(), 0)
  const bytes = (await (await page.request.get('/public/titles')).body()).length
  assert.ok(bytes <= 65 * 1024, `public page: ${bytes} bytes`)
  await everySize(page, 'public')
  const csv = await (await page.request.get('/public/titles.csv')).text()
  const list = await (await page.request.get('/public/titles.json?limit=1000')).json()
  assert.equal(csv.trim().split('\n').length, list.total + 1)
  assert.match(csv, /^\ufeffenterprise,code,demo,kind,tier,level,name,publisher,document_number,from,to,state/)
  assert.ok(!csv.includes(firms[3].name))
  await done(page)
})
