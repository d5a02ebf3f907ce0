import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isDate, listOf, nextSort, withQuery } from '../../.build/lib/url.js'

test('empty values leave the URL', () => {
  assert.equal(withQuery('/enterprises', { q: '', district: undefined, page: null }), '/enterprises')
  assert.equal(withQuery('/enterprises?q=a&as_of=2021-06-30', { q: undefined, sort: '-facts' }), '/enterprises?as_of=2021-06-30&sort=-facts')
})
test('a query survives the round trip', () => {
  const query = { q: '氢能 & 100%', rule: 'cn/enterprise-size', fields: 'revenue,employees' }
  const url = withQuery('/enterprises', query)
  assert.deepEqual(Object.fromEntries(new URLSearchParams(url.split('?')[1])), query)
})
test('lists', () => {
  assert.deepEqual(listOf('a,b,,c'), ['a', 'b', 'c'])
  assert.deepEqual(listOf(undefined), [])
})
test('sorting goes one way, the other way, off', () => {
  assert.equal(nextSort(undefined, 'facts', true), '-facts')
  assert.equal(nextSort('-facts', 'facts', true), 'facts')
  assert.equal(nextSort('facts', 'facts', true), undefined)
  assert.equal(nextSort('-facts', 'name', false), 'name')
})
test('only days of the calendar are dates', () => {
  assert.ok(isDate('2020-02-29'))
  for (const bad of ['2021-02-29', '2021-02-30', '2021-6-30', '20210630', '', undefined, '0000-13-01']) assert.ok(!isDate(bad), String(bad))
})
