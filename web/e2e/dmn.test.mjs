/* The editor page on the real server: a model opened, changed in a cell, saved, compared and checked; Chinese
 * throughout; the logo of bpmn.io visible and uncovered; two who save; leaving; what cannot be edited. */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { AxeBuilder } from '@axe-core/playwright'
import { base, close, done, go, open, person, settled, shoot } from './app.mjs'

const mark = Date.now().toString(36), DMN = 'https://www.omg.org/spec/DMN/'
const headers = { 'X-Jixia-CSRF': '1' }
after(close)

let author
/* A page of somebody who may revise; one person for all tests. */
async function signedIn() {
  if (!author) {
    const admin = await open('/')
    author = await person(admin, 'editor-' + mark, 'policy')
    await done(admin)
  }
  const page = await open('/sign-in', { signedIn: false })
  await page.context().addCookies(await author.context().cookies())
  return page
}
async function drafted(page) {
  const res = await page.request.post('/api/v1/revisions', { data: { rule: 'cn/unicorn', base_version: '2018' }, headers: { ...headers, 'Idempotency-Key': `dmn-${mark}-${Math.random()}` } })
  assert.equal(res.status(), 201, await res.text())
  return (await res.json()).id
}
async function upload(page, id, change) {
  const model = await page.request.get(`/api/v1/revisions/${id}/model`)
  const res = await page.request.post(`/api/v1/revisions/${id}/model`, { multipart: { file: { name: 'm.dmn', mimeType: 'application/xml', buffer: Buffer.from(change(await model.text())) } }, headers: { ...headers, 'If-Match': model.headers().etag, 'Idempotency-Key': `up-${mark}-${Math.random()}` } })
  assert.equal(res.status(), 200, await res.text())
}
const model = async (page, id) => (await page.request.get(`/api/v1/revisions/${id}/model`)).text()
async function editor(page, id) {
  await go(page, `/dmn.html?revision=${id}`)
  await page.locator('.bjs-powered-by').waitFor()
}
const table = (page) => page.getByRole('navigation', { name: '决策' }).getByRole('button', { name: '独角兽类别' })
async function type(page, from, to) {
  await page.locator('td.input-cell, td.output-cell').getByText(from, { exact: true }).first().click()
  await page.keyboard.press('ControlOrMeta+a')
  await page.keyboard.type(to)
}
/* Our own parts; what dmn-js draws is not ours to change. */
async function accessible(page) {
  const { violations } = await new AxeBuilder({ page }).exclude('.canvas').withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']).analyze()
  assert.deepEqual(violations.map((v) => `${v.id} ${v.nodes[0].target} ${v.nodes[0].failureSummary}`), [])
}
/* The licence: fully visible and not overlapped. */
async function logo(page) {
  const top = await page.locator('.bjs-powered-by:visible').evaluate((e) => {
    e.scrollIntoView()
    const r = e.getBoundingClientRect(), style = getComputedStyle(e)
    const points = [[.1, .1], [.9, .1], [.5, .5], [.1, .9], [.9, .9]].map(([x, y]) => e.contains(document.elementFromPoint(r.left + r.width * x, r.top + r.height * y)))
    return { wide: r.width >= 50, high: r.height >= 20, seen: points.every(Boolean), opacity: style.opacity, inside: r.right <= innerWidth && r.bottom <= innerHeight }
  })
  assert.deepEqual(top, { wide: true, high: true, seen: true, opacity: '1', inside: true })
}
const translated = async (page) => assert.equal(await page.locator('.canvas').getAttribute('data-untranslated'), '[]')

test('every text the editor can ask for has Chinese', () => {
  const modules = fileURLToPath(new URL('../node_modules/', import.meta.url))
  const known = readFileSync(new URL('../src/dmn/dmn-zh.ts', import.meta.url), 'utf8')
  const texts = new Set()
  const walk = (folder) => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = folder + '/' + entry.name
      if (entry.isDirectory()) walk(path)
      else if (entry.name.endsWith('.js')) {
        const source = readFileSync(path, 'utf8')
        for (const m of source.matchAll(/translate\(\s*'([^'\n]+)'/g)) texts.add(m[1])
        if (/HitPolicies\.js|ReplaceOptions\.js|DrillDown\.js/.test(path)) for (const m of source.matchAll(/\b(?:label|explanation|title): '([^'\n]+)'/g)) texts.add(m[1])
      }
    }
  }
  for (const part of ['drd', 'decision-table', 'literal-expression', 'boxed-expression', 'shared']) walk(`${modules}dmn-js-${part}/lib`)
  assert.ok(texts.size > 150, `${texts.size} texts`)
  assert.deepEqual([...texts].filter((x) => !known.includes(`  '${x}': '`)), [])
})

test('a cell is changed, saved, compared and checked', async () => {
  const page = await signedIn(), id = await drafted(page)
  await go(page, `/revisions/${id}`)
  await page.getByRole('link', { name: '编辑模型' }).click()
  await page.locator('.bjs-powered-by').waitFor()
  await table(page).click()
  await page.getByText('命中策略：').first().waitFor()
  assert.equal(await page.getByRole('button', { name: '保存' }).isDisabled(), true)
  await logo(page)
  await translated(page)
  await accessible(page)
  await shoot(page, 's9-editor')
  await type(page, '>= 10000000000', '>= 20000000000')
  await page.getByText('有未保存的改动').waitFor()
  await page.getByRole('button', { name: '保存' }).click()
  await page.getByText(/与所依据的版本 2018 相比改了 1 处/).waitFor()
  await page.getByText('还不能发布').waitFor()
  await page.locator('ins', { hasText: '>= 20000000000' }).waitFor()
  await accessible(page)
  await logo(page)
  await shoot(page, 's9-editor-saved')
  assert.match(await model(page, id), /&gt;= 20000000000|>= 20000000000/)
  await type(page, '>= 20000000000', '>= 10000000000')
  await page.getByRole('button', { name: '保存' }).click()
  await page.getByText('含义没有变化').waitFor()
  /* menus, every view, in Chinese */
  await page.locator('td.input-cell').first().click({ button: 'right' })
  await page.getByText('在上方添加规则').waitFor()
  await page.keyboard.press('Escape')
  for (const button of await page.getByRole('navigation', { name: '决策' }).getByRole('button').all()) {
    await button.click()
    await logo(page)
  }
  await translated(page)
  await done(page)
})

test('a rule added in the editor is read by the server', async () => {
  const page = await signedIn(), id = await drafted(page)
  await editor(page, id)
  await table(page).click()
  const rows = (xml) => xml.match(/<(?:\w+:)?rule[ >]/g).length
  const before = rows(await model(page, id))
  await page.locator('.add-rule-add, .add-rule').last().click()
  await page.getByRole('button', { name: '保存' }).click()
  await page.getByRole('region', { name: '保存的结果' }).getByText(/改了 \d+ 处/).waitFor()
  assert.equal(rows(await model(page, id)), before + 1)
  await done(page)
})

test('two who save: both are shown, nothing is lost; leaving asks', async () => {
  const page = await signedIn(), id = await drafted(page)
  await editor(page, id)
  await table(page).click()
  await type(page, '>= 10000000000', '>= 30000000000')
  await upload(page, id, (xml) => xml.replace(/&gt;= 10000000000|>= 10000000000/, '&gt;= 40000000000'))
  await page.getByRole('button', { name: '保存' }).click()
  const dialog = page.getByRole('dialog', { name: '别人刚改过这份修订' })
  await dialog.getByText('>= 30000000000').waitFor()
  await dialog.getByText('>= 40000000000').waitFor()
  await dialog.getByRole('rowheader', { name: '独角兽类别 · 第 1 条 · 单元格' }).waitFor()
  await accessible(page)
  await shoot(page, 's9-editor-clash')
  const [file] = await Promise.all([page.waitForEvent('download'), dialog.getByRole('button', { name: '下载我的模型' }).click()])
  assert.match(readFileSync(await file.path(), 'utf8'), /= 30000000000/)
  await dialog.getByRole('button', { name: '继续编辑' }).click()
  await page.locator('td').getByText('>= 30000000000').waitFor()
  const asked = []
  page.on('dialog', (d) => { asked.push(d.type()); void d.dismiss() })
  await page.getByRole('link', { name: '返回拟修订' }).click({ noWaitAfter: true })
  await page.waitForTimeout(500)
  assert.deepEqual(asked, ['beforeunload'])
  assert.match(page.url(), /dmn\.html/)
  await page.getByRole('button', { name: '保存' }).click()
  await dialog.getByRole('button', { name: '保存我的' }).click()
  await page.getByText(/改了 1 处/).waitFor()
  assert.match(await model(page, id), /= 30000000000/)
  await page.getByRole('link', { name: '返回拟修订' }).click()
  await page.waitForURL(/\/revisions\/\d+$/)
  await settled(page)
  await done(page)
})

test('a model of another version and one that cannot be changed are shown only', async () => {
  const page = await signedIn(), id = await drafted(page)
  await upload(page, id, (xml) => xml.replaceAll(DMN + '20191111/', DMN + '20230324/'))
  await go(page, `/dmn.html?revision=${id}`)
  await page.getByText(/这份是 DMN 1\.5，只供查看/).waitFor()
  await page.getByRole('region', { name: '决策表' }).getByRole('table').first().waitFor()
  assert.equal(await page.getByRole('button', { name: '保存' }).count(), 0)
  await accessible(page)
  await shoot(page, 's9-editor-other')
  const revision = await page.request.get(`/api/v1/revisions/${id}`)
  const gone = await page.request.post(`/api/v1/revisions/${id}/withdrawal`, { data: { reason: '测试结束' }, headers: { ...headers, 'If-Match': revision.headers().etag, 'Idempotency-Key': `end-${mark}` } })
  assert.ok(gone.ok(), await gone.text())
  await done(page)
})

test('only the editor page may set styles inline', async () => {
  const policy = async (path) => (await fetch(base + path)).headers.get('content-security-policy')
  assert.match(await policy('/dmn.html'), /style-src 'self' 'unsafe-inline'; img-src 'self' data:$/)
  for (const path of ['/', '/index.html', '/revisions/1', '/dmn.htm', '/api/v1/health']) assert.doesNotMatch(await policy(path), /unsafe-inline/)
})
