/* The examples of the contract conform to its own schemas, and the contract keeps the house rules. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { contract, deref, errorsOf, operations, operationFor } from './contract.mjs'

const bodies = ({ path, method, op }) => {
  const found = []
  const add = (where, content) => {
    for (const [type, media] of Object.entries(content ?? {})) found.push({ name: `${method} ${path} ${where} ${type}`, type, media })
  }
  add('request', op.requestBody?.content)
  for (const [status, response] of Object.entries(op.responses)) add(status, deref(response).content)
  return found
}

test('every example conforms to its schema', () => {
  let checked = 0
  for (const operation of operations()) {
    for (const { name, media } of bodies(operation)) {
      if (media.example === undefined) continue
      assert.deepEqual(errorsOf(media.schema, media.example), [], name)
      checked++
    }
  }
  assert.ok(checked > 100, `only ${checked} examples`)
})

test('every JSON answer has an example', () => {
  for (const operation of operations()) {
    if (operation.path === '/openapi.json') continue
    for (const { name, type, media } of bodies(operation)) {
      if (type.endsWith('json')) assert.ok(media.example !== undefined, name)
    }
  }
})

test('a wrong example is caught', () => {
  const row = contract.paths['/overview'].get.responses['200'].content['application/json']
  const wrong = structuredClone(row.example)
  wrong.enterprises.n = 'many'
  delete wrong.facts
  assert.equal(errorsOf(row.schema, wrong).length, 2)
})

test('every operation declares its right, and ids are unique', () => {
  const ids = new Set()
  for (const { path, method, op } of operations()) {
    assert.match(op['x-right'] ?? '', /^[a-z]+:[a-z]+$/, `${method} ${path}`)
    assert.ok(!ids.has(op.operationId), op.operationId)
    ids.add(op.operationId)
  }
})

test('every GET takes both clocks; every write takes the CSRF header', () => {
  for (const { path, method, op } of operations()) {
    const names = op.parameters.map((p) => deref(p).name)
    if (method === 'get') assert.ok(names.includes('as_of') && names.includes('as_known'), path)
    else assert.ok(names.includes('X-Jixia-CSRF'), `${method} ${path}`)
    if (method === 'patch' && path !== '/me') assert.ok(names.includes('If-Match'), path)
  }
})

test('every error answer is problem+json', () => {
  for (const { path, method, op } of operations()) {
    for (const [status, response] of Object.entries(op.responses)) {
      if (status === 'default' || +status >= 400) {
        assert.deepEqual(Object.keys(deref(response).content), ['application/problem+json'], `${method} ${path} ${status}`)
      }
    }
  }
})

test('a path without parameters wins', () => {
  assert.equal(operationFor('GET', '/api/v1/imports/template?fields=revenue').operationId, 'import-template')
  assert.equal(operationFor('GET', '/api/v1/imports/7').operationId, 'show-import')
  assert.equal(operationFor('GET', '/api/v1/rules/cn/enterprise-size').operationId, 'show-rule')
})
