/* A browser on the running server. Environment: JIXIA_URL, JIXIA_USER, JIXIA_PASSWORD; JIXIA_SHOTS is the
 * folder for screenshots; CHROMIUM the browser when it is not /usr/bin/chromium. */
import assert from 'node:assert/strict'
import { mkdirSync } from 'node:fs'
import { AxeBuilder } from '@axe-core/playwright'
import { chromium } from 'playwright-core'

export const base = process.env.JIXIA_URL ?? 'http://127.0.0.1:8817'
export const user = { name: process.env.JIXIA_USER ?? 'admin', password: process.env.JIXIA_PASSWORD ?? 'admin password' }
const shots = process.env.JIXIA_SHOTS
export const DESKTOP = { width: 1440, height: 810 }, PHONE = { width: 390, height: 844 }, WALL = { width: 1920, height: 1080 }

let browser
export async function launch() {
  browser ??= await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  })
  return browser
}
export async function close() { await browser?.close(); browser = undefined }

/* A page that fails the test on a script error, a console error or a CSP violation. */
export async function open(path, { viewport = DESKTOP, signedIn = true, base: baseURL = base } = {}) {
  const context = await (await launch()).newContext({ viewport, locale: 'zh-CN', timezoneId: 'Asia/Shanghai', reducedMotion: 'reduce', baseURL, acceptDownloads: true })
  const page = await context.newPage()
  page.setDefaultTimeout(10_000)
  page.problems = []
  page.underway = new Set()
  page.on('request', (r) => page.underway.add(r))
  for (const end of ['requestfinished', 'requestfailed']) page.on(end, (r) => page.underway.delete(r))
  page.on('pageerror', (e) => page.problems.push('script: ' + e.message))
  page.on('console', (m) => { if (m.type() === 'error' && !/status of (401|404|409|412|422)/.test(m.text())) page.problems.push('console: ' + m.text()) })
  if (signedIn) await signIn(page)
  await go(page, path)
  return page
}
export async function go(page, path) {
  await page.goto(path)
  await settled(page)
}
/* Nothing has been under way for 200 ms; playwright's networkidle is true for good once it was true. */
export async function settled(page) {
  for (let quiet = 0; quiet < 4;) {
    await new Promise((resolve) => setTimeout(resolve, 50))
    quiet = page.underway.size ? 0 : quiet + 1
  }
}

export async function signIn(page) {
  const res = await page.request.post('/api/v1/session', { data: user, headers: { 'X-Jixia-CSRF': '1' } })
  assert.equal(res.status(), 201, 'sign-in: ' + await res.text())
}
/* A user with one role, by the API; the first password is changed. */
export async function person(admin, name, role) {
  const headers = { 'X-Jixia-CSRF': '1', 'Idempotency-Key': `person-${name}` }
  const made = await admin.request.post('/api/v1/users', { data: { name, display_name: name, roles: [role], reason: '测试' }, headers })
  assert.equal(made.status(), 201, await made.text())
  const first = (await made.json()).one_time_password
  const page = await open('/sign-in', { signedIn: false })
  const sign = await page.request.post('/api/v1/session', { data: { name, password: first }, headers: { 'X-Jixia-CSRF': '1' } })
  assert.equal(sign.status(), 201, await sign.text())
  const password = 'long harvest moon over the field'
  const changed = await page.request.patch('/api/v1/me', { data: { current: first, password }, headers: { 'X-Jixia-CSRF': '1', 'Content-Type': 'application/json' } })
  assert.ok(changed.ok(), await changed.text())
  return page
}
export async function done(page) {
  const problems = page.problems
  await page.context().close()
  assert.deepEqual(problems, [])
}

/* No violation of WCAG 2.2 A and AA, in the state the page is in. */
export async function accessible(page, name) {
  const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']).analyze()
  assert.deepEqual(violations.map((v) => `${name}: ${v.id} ${v.nodes.length}× ${v.nodes[0].target} ${v.nodes[0].failureSummary?.split('\n')[1]?.trim()}`), [])
}
export async function shoot(page, name) {
  if (!shots) return
  mkdirSync(shots, { recursive: true })
  await page.screenshot({ path: `${shots}/${name}.png`, fullPage: false })
}
