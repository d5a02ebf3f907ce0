/* The city of tests/city.py and its server under a clock the test moves; people in the browser and by the API.
 * Environment: JIXIA_CITY, the folder of the city; JIXIA_PROGRAM. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { createWriteStream, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { done, go, open, settled, shoot } from '../app.mjs'

export const folder = process.env.JIXIA_CITY, program = process.env.JIXIA_PROGRAM
export const city = JSON.parse(readFileSync(folder + '/people.json', 'utf8'))
export const root = new URL('../../../', import.meta.url).pathname
let server, url

export const environment = () => ({ ...process.env, LD_PRELOAD: root + 'build/tests/moved_clock.so', JIXIA_TEST_CLOCK: folder + '/clock', JIXIA_KEY: folder + '/key.pem', ASAN_OPTIONS: (process.env.ASAN_OPTIONS ?? 'detect_leaks=1') + ':verify_asan_link_order=0' })

/* Local time of the city: '2026-09-21 09:00'. */
let ahead = 0
export function moveTo(local) {
  ahead = Math.round((Date.parse(local.replace(' ', 'T') + ':00+08:00') - Date.now()) / 1000)
  writeFileSync(folder + '/clock.new', String(ahead))
  renameSync(folder + '/clock.new', folder + '/clock')
}

export async function start() {
  const port = await new Promise((resolve) => { const s = createServer().listen(0, '127.0.0.1', () => { const n = s.address().port; s.close(() => resolve(n)) }) })
  url = `http://127.0.0.1:${port}`
  if (!existsSync(folder + '/key.pem')) assert.equal((await jixia('key', 'new', folder + '/key.pem')).code, 0)
  server = spawn(program, ['serve', '--port', String(port), '--db', folder + '/jixia.db'], { env: environment(), stdio: ['ignore', 'pipe', 'pipe'] })
  const log = createWriteStream(folder + '/serve.log')
  server.stdout.pipe(log)
  server.stderr.pipe(log)
  for (let i = 0; i < 300; i++) {
    if (await fetch(url + '/api/v1/health').then((r) => r.ok, () => false)) return
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error('the server does not answer')
}
/* Its exit status: 0 unless it failed or leaked. */
export const stop = () => new Promise((resolve) => { server.on('exit', (code) => resolve(code)); server.kill('SIGTERM') })
/* A command beside the server, under the same clock. */
export const jixia = (...args) => new Promise((resolve) => {
  const p = spawn(program, [...args, '--db', folder + '/jixia.db'], { env: environment(), cwd: root })
  let out = '', err = ''
  p.stdout.on('data', (d) => { out += d })
  p.stderr.on('data', (d) => { err += d })
  p.on('exit', (code) => resolve({ code, out, err }))
})

/* --- by the API: the same thing many times --- */
const cookies = new Map()
let keys = 0
export async function call(who, method, path, body, headers = {}) {
  if (!cookies.has(who)) await enter(who)
  const send = () => fetch(url + '/api/v1' + path, { method, body: body === undefined ? undefined : JSON.stringify(body), headers: { 'X-Jixia-CSRF': '1', 'Idempotency-Key': `journey-${process.pid}-${++keys}`, ...(body === undefined ? {} : { 'Content-Type': 'application/json' }), ...(cookies.get(who) ? { Cookie: cookies.get(who) } : {}), ...headers } })
  let res = await send()
  if (res.status === 401 && who) { await enter(who); res = await send() } /* the clock was moved past the end of the session */
  const text = await res.text()
  return { status: res.status, etag: res.headers.get('etag'), data: text && /json/.test(res.headers.get('content-type') ?? '') ? JSON.parse(text) : text }
}
async function enter(who) {
  const res = await fetch(url + '/api/v1/session', { method: 'POST', body: JSON.stringify({ name: who, password: city.password }), headers: { 'X-Jixia-CSRF': '1', 'Content-Type': 'application/json' } })
  assert.equal(res.status, 201, who + await res.text())
  cookies.set(who, res.headers.get('set-cookie').split(';')[0])
}
/* The answer, or the test fails with it. */
export async function must(who, method, path, body, headers) {
  const res = await call(who, method, path, body, headers)
  assert.ok(res.status >= 200 && res.status < 300, `${who} ${method} ${path} ${JSON.stringify(body)}: ${res.status} ${JSON.stringify(res.data)}`)
  return res.data
}
/* An act on a case or a round as it stands now. */
export async function act(who, path, body) {
  const now = await call(who, 'GET', path)
  assert.equal(now.status, 200, `${path}: ${JSON.stringify(now.data)}`)
  return must(who, 'POST', path + '/acts', body, { 'If-Match': now.etag })
}
/* Some at a time, in order of the list. */
export async function each(list, n, what) {
  const rest = [...list]
  await Promise.all(Array.from({ length: n }, async () => { for (let x; (x = rest.shift()) !== undefined;) await what(x) }))
}

/* --- in the browser --- */
const pages = new Map()
/* The page of a person who is signed in (once more when the session is over), at a path. */
export async function at(who, path, options = {}) {
  if (!pages.has(who)) {
    const page = await open('/sign-in', { signedIn: false, base: url, ...options })
    pages.set(who, page)
  }
  const page = pages.get(who)
  await page.clock.setSystemTime(new Date(Date.now() + ahead * 1000))
  await go(page, path)
  if (!who || new URL(page.url()).pathname !== '/sign-in') return page
  await page.getByLabel('登录名').fill(who)
  await page.getByLabel('密码').fill(city.password)
  await page.getByRole('button', { name: '登录', exact: true }).click()
  await page.waitForURL((u) => u.pathname !== '/sign-in')
  await settled(page)
  return page
}
/* Nobody's page had a script error, a console error or a CSP violation. */
export async function leave() {
  if (process.env.JIXIA_SHOTS) for (const [who, page] of pages) await shoot(page, `journey-${who || 'public'}`)
  const all = [...pages.values()]
  pages.clear()
  for (const page of all) await done(page)
}
/* Presses a button that opens a dialog, fills it in and confirms. */
export async function confirm(page, name, fill = async (d) => d.getByLabel('理由', { exact: true }).fill('演示'), last = name) {
  await page.getByRole('button', { name, exact: true }).first().click()
  const dialog = page.getByRole('dialog')
  await fill(dialog)
  await dialog.getByRole('button', { name: last, exact: true }).click()
  await dialog.waitFor({ state: 'detached' })
  await settled(page)
}
