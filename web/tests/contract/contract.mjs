/* The contract as validators: one ajv instance over src/http/openapi.json (JSON Schema 2020-12), and a
 * helper that checks a real response against the operation it answers. */
import { readFileSync } from 'node:fs'
import Ajv2020 from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'

export const contract = JSON.parse(readFileSync(new URL('../../../src/http/openapi.json', import.meta.url), 'utf8'))
const ajv = new Ajv2020({ strict: true, allowUnionTypes: true, allErrors: true, formats: { password: true } })
addFormats(ajv)
ajv.addKeyword('example')
const absolute = (schema) => JSON.parse(JSON.stringify(schema).replaceAll('"#/components/schemas/', '"jixia:/contract#/$defs/'))
ajv.addSchema({ $id: 'jixia:/contract', $defs: absolute(contract.components.schemas) })

const compiled = new Map()

/* Errors of `value` against `schema` as one line each; empty when it conforms. */
export function errorsOf(schema, value) {
  const key = JSON.stringify(schema)
  if (!compiled.has(key)) compiled.set(key, ajv.compile(absolute(schema)))
  const validate = compiled.get(key)
  return validate(value) ? [] : validate.errors.map((e) => `${e.instancePath || '/'} ${e.message} ${JSON.stringify(e.params)}`)
}

export const deref = (node) => node?.$ref
  ? deref(node.$ref.slice(2).split('/').reduce((at, key) => at[key], contract)) : node

/* Every operation: {path, method, op}. */
export function* operations() {
  for (const [path, methods] of Object.entries(contract.paths)) {
    for (const [method, op] of Object.entries(methods)) yield { path, method, op }
  }
}

/* The operation that answers `method url`; a path without parameters wins over one with. */
export function operationFor(method, url) {
  const path = new URL(url, 'http://x').pathname.replace(/^\/api\/v1/, '')
  const fits = (template) => new RegExp('^' + template.replace(/\{[^}]+\}/g, '[^/]+') + '$').test(path)
  const template = contract.paths[path] ? path : Object.keys(contract.paths).find(fits)
  return template && contract.paths[template][method.toLowerCase()]
}

/* What is wrong with a real response: undeclared status, media type or body. `res` is a fetch Response. */
export async function responseErrors(method, url, res) {
  const op = operationFor(method, url)
  if (!op) return [`${method} ${url}: not in the contract`]
  const declared = deref(op.responses[res.status] ?? (res.status >= 400 ? op.responses.default : undefined))
  if (!declared) return [`${method} ${url}: status ${res.status} is not declared`]
  const type = (res.headers.get('content-type') ?? '').split(';')[0].trim()
  if (!declared.content) return (await res.text()) === '' ? [] : [`${method} ${url}: body where none is declared`]
  const media = declared.content[type]
  if (!media) return [`${method} ${url}: media type '${type}' is not declared for ${res.status}`]
  if (!type.endsWith('json')) return []
  return errorsOf(media.schema, await res.json()).map((e) => `${method} ${url}: ${e}`)
}
