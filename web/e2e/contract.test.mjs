/* Real answers against the contract: every GET, the usual errors, and what the conventions promise. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { operations, responseErrors } from '../tests/contract/contract.mjs'
import { base, user } from './app.mjs'

const api = base + '/api/v1'
const headers = { 'X-Jixia-CSRF': '1', 'Content-Type': 'application/json' }
let cookie = ''

async function call(method, path, { body, more = {}, signedIn = true } = {}) {
  const res = await fetch(api + path, { method, headers: { ...headers, ...(signedIn ? { Cookie: cookie } : {}), ...more }, ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }) })
  const errors = await responseErrors(method, api + path, res.clone())
  assert.deepEqual(errors, [])
  return res
}
async function signIn() {
  if (cookie) return
  const res = await call('POST', '/session', { body: user, signedIn: false })
  assert.equal(res.status, 201)
  cookie = res.headers.get('set-cookie').split(';')[0]
}
const items = async (path) => (await (await call('GET', path)).json()).items

test('every GET answers as the contract says', async (t) => {
  await signIn()
  const [firm] = await items('/enterprises?limit=1'), rules = await items('/rules'), [person] = await items('/users'), [batch] = await items('/imports'), [revision] = await items('/revisions')
  /* a rule with two versions, the first of them with one table: it can be compared and exported */
  let two
  for (const row of rules.filter((r) => r.versions > 1)) {
    const whole = await (await call('GET', '/rules/' + row.rule)).json()
    if (whole.versions[0].tables.length === 1) { two = whole; break }
  }
  const [pack, id] = two.rule.split('/'), [older, newer] = two.versions
  const ids = { '/enterprises': firm.id, '/users': person.id, '/imports': batch?.id, '/revisions': revision?.id }
  /* what has its own test, or a name no list tells; the user's rights decide the rest */
  const elsewhere = /\{(token|sm3|receipt|file|place|code)\}|^\/audit\/|^\/discovery$|^\/me\/enterprise/
  const { rights } = await (await call('GET', '/me')).json()
  let checked = 0
  for (const { path, method, op } of operations()) {
    if (method !== 'get' || elsewhere.test(path)) continue
    if (!rights.includes(op['x-right'])) {
      assert.equal((await call('GET', path.replace(/\{\w+\}/g, '1'))).status, 403, path)
      continue
    }
    const group = '/' + path.split('/')[1]
    if (path.includes('{id}') && group !== '/rules' && !ids[group]) { t.diagnostic(`${path}: nothing on file`); continue }
    const url = path.replace('{pack}', pack).replace('{id}', group === '/rules' ? id : ids[group]).replace('{version}', older.id) + (path === '/search' ? '?q=' + encodeURIComponent('淄博') : '') + (path.startsWith('/rules/') && path.endsWith('/diff') ? `?from=${older.id}&to=${newer.id}` : '')
    const res = await call('GET', url)
    assert.ok([200, 304].includes(res.status), `${url}: ${res.status}`)
    checked++
  }
  assert.ok(checked >= 20, `only ${checked}`)
})

test('past clocks are answered, and said back', async () => {
  await signIn()
  for (const path of ['/enterprises', '/rules', '/overview']) {
    const body = await (await call('GET', path + '?as_of=2021-06-30')).json()
    assert.equal(body.as_of, '2021-06-30', path)
  }
})

test('no session: 401; no such thing: 404; not a date: 422', async (t) => {
  await signIn()
  assert.equal((await call('GET', '/enterprises', { signedIn: false })).status, 401)
  assert.equal((await call('GET', '/enterprises/0')).status, 404)
  if (process.env.JIXIA_MOCK) return t.diagnostic('mock: dates are not checked')
  const res = await call('GET', '/enterprises?as_of=2021-02-30')
  assert.equal(res.status, 422)
  assert.ok((await res.json()).errors.length)
})

test('a write without the CSRF header is refused', async (t) => {
  if (process.env.JIXIA_MOCK) return t.skip('mock')
  await signIn()
  const res = await fetch(api + '/match', { method: 'POST', headers: { 'Content-Type': 'application/json', Cookie: cookie }, body: '{"rows":["x"]}' })
  assert.ok([400, 403].includes(res.status), String(res.status))
})

test('lists say n of N; windows do not overlap', async () => {
  await signIn()
  const one = await (await call('GET', '/enterprises?limit=2')).json()
  assert.ok(one.total <= one.of && one.items.length <= 2)
  if (one.total < 4) return
  const two = await (await call('GET', `/enterprises?limit=2&offset=2&snapshot=${encodeURIComponent(one.snapshot)}`)).json()
  assert.equal(new Set([...one.items, ...two.items].map((r) => r.id)).size, 4)
})

test('an unchanged thing answers 304; a stale write 412; none 428', async (t) => {
  await signIn()
  const res = await call('GET', '/meta/fields')
  if (process.env.JIXIA_MOCK) return t.diagnostic('mock: no conditional requests')
  assert.equal((await call('GET', '/meta/fields', { more: { 'If-None-Match': res.headers.get('etag') } })).status, 304)
  const [person] = await items('/users')
  const merge = { 'Content-Type': 'application/merge-patch+json' }
  assert.equal((await call('PATCH', '/users/' + person.id, { body: { reason: 'x' }, more: merge })).status, 428)
  assert.equal((await call('PATCH', '/users/' + person.id, { body: { reason: 'x' }, more: { ...merge, 'If-Match': '"stale"' } })).status, 412)
})

test('bad bodies change nothing and are named', async (t) => {
  if (process.env.JIXIA_MOCK) return t.skip('mock')
  await signIn()
  for (const body of ['{', '[1', '\u0000', '"' + 'x'.repeat(1000) + '"', '{"rows": 7}', '[[[[[[[[]]]]]]]]']) {
    const res = await call('POST', '/match', { body })
    assert.ok([400, 422].includes(res.status), `${body.slice(0, 20)}: ${res.status}`)
  }
})

test('the same key gives the same answer, another body is refused', async (t) => {
  if (process.env.JIXIA_MOCK) return t.skip('mock')
  await signIn()
  const key = 'contract-' + Date.now()
  const body = { name: 'key' + Date.now().toString(36), display_name: '幂等测试', roles: ['auditor'] }
  const first = await (await call('POST', '/users', { body, more: { 'Idempotency-Key': key } })).json()
  const again = await (await call('POST', '/users', { body, more: { 'Idempotency-Key': key } })).json()
  assert.equal(again.user.id, first.user.id)
  assert.equal((await call('POST', '/users', { body: { ...body, display_name: '另一人' }, more: { 'Idempotency-Key': key } })).status, 422)
})
