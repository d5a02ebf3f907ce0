/* The HTTP API, typed by the contract (api.d.ts is generated from src/http/openapi.json). */
import type { components, paths } from '../api'
import { lang } from './i18n'
import { withQuery, type Query } from './url'

export type S = components['schemas']
type GetOf<P extends keyof paths> = paths[P] extends { get: { responses: { 200: { content: { 'application/json': infer T } } } } } ? T : never
export type GetPath = { [P in keyof paths]: [GetOf<P>] extends [never] ? never : P }[keyof paths]
export type Got<P extends GetPath> = GetOf<P>
export type Params = Record<string, string>

export class ApiError extends Error {
  constructor(readonly problem: S['Problem']) { super(problem.detail || problem.title) }
  get status() { return this.problem.status }
}

/* What to do when the session has ended; set once by the router. */
let onSignedOut = () => {}
export const whenSignedOut = (act: () => void) => { onSignedOut = act }

export const apiUrl = (path: string, params: Params = {}, query: Query = {}): string =>
  withQuery('/api/v1' + path.replace(/\{(\w+)\}/g, (_, n: string) => encodeURIComponent(params[n] ?? '')), query)

const offline = (): S['Problem'] => ({
  type: '/problems/offline', status: 0,
  title: lang.value === 'en' ? 'The server does not answer' : '连不上服务器',
  detail: lang.value === 'en' ? 'Check the network and try again.' : '请检查网络后重试。',
})

async function failure(res: Response): Promise<ApiError> {
  let problem: S['Problem'] = { type: 'about:blank', title: res.statusText, status: res.status }
  try { problem = { ...problem, ...await res.json() } } catch { /* a proxy's page: the status says enough */ }
  return new ApiError(problem)
}

async function call(url: string, init: RequestInit): Promise<Response> {
  let res: Response
  try {
    res = await fetch(url, { ...init, headers: { 'Accept-Language': lang.value, ...init.headers }, credentials: 'same-origin' })
  } catch (e) {
    if (e instanceof DOMException && e.name === 'AbortError') throw e
    throw new ApiError(offline())
  }
  if (res.ok) return res
  const error = await failure(res)
  if (res.status === 401 && !url.endsWith('/session')) onSignedOut()
  throw error
}

export async function get<T>(url: string, signal?: AbortSignal): Promise<{ data: T; etag: string }> {
  const res = await call(url, { headers: { Accept: 'application/json' }, ...(signal ? { signal } : {}) })
  return { data: await res.json() as T, etag: res.headers.get('ETag') ?? '' }
}

/* A key for Idempotency-Key; randomUUID does not exist on plain-http intranets. */
export const newKey = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, '0')).join('')

export async function send<T>(method: 'POST' | 'PATCH' | 'DELETE', url: string, body?: unknown, o: { etag?: string; key?: string } = {}): Promise<{ data: T; etag: string }> {
  const headers: Record<string, string> = { 'X-Jixia-CSRF': '1', Accept: 'application/json' }
  if (o.etag) headers['If-Match'] = o.etag
  if (o.key) headers['Idempotency-Key'] = o.key
  const form = body instanceof FormData
  if (body !== undefined && !form) headers['Content-Type'] = method === 'PATCH' && !url.endsWith('/me') ? 'application/merge-patch+json' : 'application/json'
  const res = await call(url, { method, headers, ...(body === undefined ? {} : { body: form ? body : JSON.stringify(body) }) })
  const data = res.status === 204 ? undefined : await res.json()
  return { data: data as T, etag: res.headers.get('ETag') ?? '' }
}

export const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'

export const DMN = 'application/xml'

/* What an address answers, saved under the name the server gives it, else as `name`. */
export async function save(url: string, name: string): Promise<void> {
  const res = await call(url, {})
  const link = document.createElement('a')
  link.href = URL.createObjectURL(await res.blob())
  const given = /filename\*=UTF-8''([^;]+)/.exec(res.headers.get('Content-Disposition') ?? '')?.[1]
  link.download = given ? decodeURIComponent(given) : name
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
}

/* The same address as a spreadsheet or a model, saved under `name`; with a body it is posted. */
export async function download(url: string, name: string, type: string = XLSX, body?: unknown): Promise<void> {
  const post = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }
  const headers: Record<string, string> = body === undefined ? { Accept: type } : { Accept: type, 'Content-Type': 'application/json', 'X-Jixia-CSRF': '1' }
  const res = await call(url, { ...post, headers })
  const link = document.createElement('a')
  link.href = URL.createObjectURL(await res.blob())
  link.download = name + (type === XLSX ? '.xlsx' : type === DMN ? '.dmn' : '.csv')
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
}
