/* A stand-in for the server while developing the web app: answers from the examples of the contract, with a
 * register long enough to scroll and an import that can be corrected. Development only, never shipped. */
import { readFileSync } from 'node:fs'

const contract = JSON.parse(readFileSync(new URL('../../src/http/openapi.json', import.meta.url), 'utf8'))
const copy = (x) => JSON.parse(JSON.stringify(x))
const example = (path, method = 'get', status = '200') => copy(contract.paths[path][method].responses[status].content['application/json'].example)
const problem = (status, name) => {
  const body = copy(contract.components.responses[name].content['application/problem+json'].example)
  return { status, type: 'application/problem+json', body }
}

const districts = example('/meta/divisions').items
const outcomes = ['met', 'not_met', 'undecidable', 'needs_person', 'not_applicable']
const NAMES = ['氢能', '新材料', '化工', '陶瓷', '机电', '医药', '智能装备', '纺织', '精细化学', '环保']
const first = example('/enterprises').items[0]
const firms = Array.from({ length: 14286 }, (_, i) => {
  const row = copy(first)
  if (i === 0) return { ...row, match: null }
  row.id = String(1001 + i)
  row.name = `演示·第${i}${NAMES[i % 10]}有限公司`
  row.uscc = '9137030' + String(i % 6) + 'MA3' + String(i).padStart(7, '0')
  row.uscc_check = i % 9 ? 'ok' : 'failed'
  const d = districts[i % districts.length]
  row.district = i % 13 ? { code: d.code, name: d.name } : null
  row.zone = null
  row.size = [null, '大型', '中型', '小型', '微型'][i % 5]
  row.outcomes = { 'cn/enterprise-size': { outcome: i % 5 ? 'met' : 'undecidable', result: row.size, version: '2017' }, 'zibo/gazelle': { outcome: outcomes[i % 5], result: null, version: '2020' } }
  row.values = { revenue: i % 7 ? { ...first.values.revenue, value: String((i * 7919) % 900000000) } : null }
  row.completeness = (i % 100) / 100 + ''
  row.match = null
  return row
})

const state = { seen: false, imports: new Map(), users: example('/users').items, next: 8 }
state.imports.set('7', { import: example('/imports/{id}'), rows: example('/imports/{id}/rows').items })

function list(url) {
  const p = url.searchParams
  let rows = firms
  const q = (p.get('q') ?? '').toLowerCase()
  if (q) rows = rows.filter((r) => r.name.includes(q) || r.uscc.toLowerCase().includes(q) || (q === 'jxqn' && r.id === '1001'))
  if (p.get('district')) rows = rows.filter((r) => p.get('district').split(',').includes(r.district?.code ?? 'none'))
  if (p.get('rule') && p.get('outcome')) rows = rows.filter((r) => p.get('outcome').split(',').includes(r.outcomes[p.get('rule')]?.outcome))
  const sort = p.get('sort')
  if (sort) {
    const key = sort.replace('-', ''), sign = sort.startsWith('-') ? -1 : 1
    const of = (r) => (key === 'district' ? r.district?.name ?? '' : key === 'revenue' ? +(r.values.revenue?.value ?? -1) : r[key] ?? '')
    rows = [...rows].sort((a, b) => (of(a) > of(b) ? 1 : of(a) < of(b) ? -1 : 0) * sign)
  }
  const offset = +(p.get('offset') ?? 0), limit = +(p.get('limit') ?? 100)
  return { ...example('/enterprises'), items: rows.slice(offset, offset + limit), total: rows.length, of: firms.length, offset, limit, ...clocks(url) }
}
const clocks = (url) => ({ as_of: url.searchParams.get('as_of') ?? '2022-10-08', as_known: '2022-10-08T09:30:00+08:00' })

function recount(x) {
  const n = (s) => x.rows.filter((r) => r.state === s).length
  x.import.refused = n('refused')
  x.import.accepted = x.import.rows - x.import.refused
  return x.import
}
function fixRows(x, changes) {
  const rows = changes.map((c) => {
    const row = x.rows.find((r) => r.row === c.row)
    for (const [col, text] of Object.entries(c.cells)) {
      row.cells[+col] = text
      row.edited.push(+col)
      const ok = +col === 1 ? /^[0-9A-Z]{18}$/.test(text) : +col === 2 ? /^[\d.,]+$/.test(text) : text !== ''
      if (ok) row.errors = row.errors.filter((e) => e.column !== null && e.column !== +col)
    }
    row.state = row.errors.length ? 'refused' : 'accepted'
    return row
  })
  return { import: recount(x), rows }
}

/* {status, type, body, headers} for a request; `body` is the parsed JSON or null. */
export function answer(method, url, body, cookie = '') {
  const signedIn = /jixia=mock/.test(cookie)
  const path = url.pathname.replace(/^\/api\/v1/, '')
  const ok = (data, status = 200) => ({ status, type: 'application/json', body: data, headers: { ETag: `"${state.next}"` } })
  if (path === '/health') return ok({ ...example('/health') })
  if (path === '/openapi.json') return ok(contract)
  if (path === '/session' && method === 'GET') return ok({ user: signedIn ? example('/me') : null, first_run: !state.seen })
  if (path === '/session' && method === 'POST') {
    if (body?.password === 'wrong') return problem(401, 'Unauthorised')
    state.seen = true
    return { ...ok({ user: example('/me'), first_run: false }, 201), headers: { 'Set-Cookie': 'jixia=mock; HttpOnly; SameSite=Lax; Path=/' } }
  }
  if (!signedIn) return problem(401, 'Unauthorised')
  if (path === '/session') return { status: 204, headers: { 'Set-Cookie': 'jixia=; Max-Age=0; Path=/' } }
  if (path === '/me') return ok(example('/me'))
  if (path === '/enterprises') return ok(list(url))
  if (path === '/search') {
    const q = url.searchParams.get('q')
    const hits = firms.filter((f) => f.name.includes(q) || (q === 'jxqn' && f.id === '1001')).slice(0, 8)
      .map((f) => ({ kind: 'enterprise', title: f.name, subtitle: `${f.uscc} · ${f.district?.name ?? ''}`, href: `/enterprises/${f.id}`, by: 'name', demo: true }))
    return ok({ ...example('/search'), q, items: [...hits, ...example('/search').items.slice(1)], total: hits.length + 1 })
  }
  let m = /^\/enterprises\/(\d+)(\/\w+)?$/.exec(path)
  if (m) {
    const firm = firms.find((f) => f.id === m[1])
    if (!firm) return problem(404, 'NotFound')
    const data = { ...example('/enterprises/{id}' + (m[2] ?? '')), ...clocks(url) }
    if (!m[2]) data.name = firm.name
    if (m[2] === '/explain') data.items = data.items.filter((e) => !url.searchParams.get('rule') || e.rule === url.searchParams.get('rule'))
    return ok(data)
  }
  m = /^\/rules\/(\w+)\/([\w-]+)$/.exec(path)
  if (m) return m[2] === 'gazelle' || m[2] === 'enterprise-size' ? ok(example('/rules/{pack}/{id}')) : problem(404, 'NotFound')
  if (path === '/imports/template') return { status: 200, type: 'text/csv', body: '\ufeff企业名称,统一社会信用代码\r\n' }
  if (path === '/imports' && method === 'POST') {
    const id = String(state.next++)
    state.imports.set(id, { import: { ...example('/imports/{id}'), id }, rows: example('/imports/{id}/rows').items })
    return ok(state.imports.get(id).import, 201)
  }
  m = /^\/imports\/(\d+)(\/\w+)?$/.exec(path)
  if (m) {
    const x = state.imports.get(m[1])
    if (!x) return problem(404, 'NotFound')
    if (m[2] === '/rows' && method === 'PATCH') return ok(fixRows(x, body.rows))
    if (m[2] === '/rows') {
      const want = url.searchParams.get('state')
      const items = x.rows.filter((r) => !want || want.split(',').includes(r.state))
      return ok({ items, total: items.length, offset: 0, limit: 100 })
    }
    if (m[2] === '/commit') return ok(Object.assign(x.import, { state: 'committed', seq: 8, reason: body.reason }))
    if (m[2] === '/reversal') return ok(Object.assign(x.import, { state: 'reversed', reason: body.reason, reversed_at: '2022-10-08T10:00:00+08:00' }))
    if (m[2] === '/refused') return { status: 200, type: 'text/csv', body: '' }
    if (method === 'DELETE') { state.imports.delete(m[1]); return { status: 204 } }
    return ok(x.import)
  }
  if (path === '/imports') return ok({ ...example('/imports'), items: [...state.imports.values()].map((x) => ({ ...example('/imports').items[0], id: x.import.id, state: x.import.state })), total: state.imports.size })
  if (path === '/users' && method === 'GET') return ok({ items: state.users, total: state.users.length })
  if (path === '/users') {
    const made = example('/users', 'post', '201')
    state.users.push({ ...made.user, ...body, id: String(state.next++) })
    return ok(made, 201)
  }
  if (/^\/users\/\d+$/.test(path)) return ok(method === 'GET' ? state.users[0] : example('/users/{id}', 'patch'))
  const op = contract.paths[path]?.[method.toLowerCase()]
  const found = op?.responses['200']?.content?.['application/json']?.example
  return found ? ok({ ...copy(found), ...(found.as_of ? clocks(url) : {}) }) : problem(404, 'NotFound')
}
