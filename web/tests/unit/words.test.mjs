/* The dictionaries: same keys, same placeholders; every key is used by the app. */
import assert from 'node:assert/strict'
import { readFileSync, readdirSync } from 'node:fs'
import { test } from 'node:test'
import en from '../../.build/lib/en.js'
import library from '../../.build/lib/library-zh.js'
import words from '../../.build/lib/zh.js'

const zh = { ...words, ...library }

const places = (text) => [...text.matchAll(/\{(\w+)\}/g)].map((m) => m[1]).sort()

test('both languages have the same keys and placeholders', () => {
  assert.deepEqual(Object.keys(en).sort(), Object.keys(zh).sort())
  for (const key of Object.keys(zh)) assert.deepEqual(places(en[key]), places(zh[key]), key)
})
test('no text is empty, and English has no Chinese', () => {
  for (const [key, text] of Object.entries(en)) {
    assert.ok(text !== '' && zh[key] !== '', key)
    if (key !== 'app.lang') assert.doesNotMatch(text, /[\u4e00-\u9fff]/, key)
  }
})
test('every key is used', () => {
  const root = new URL('../../src/', import.meta.url)
  const source = ['', 'lib/', 'pages/', 'components/'].flatMap((d) => readdirSync(new URL(d, root)).filter((n) => /\.(vue|ts)$/.test(n) && !/^(library-)?(zh|en)\.ts$|\.d\.ts$/.test(n)).map((n) => readFileSync(new URL(d + n, root), 'utf8'))).join('\n')
  const computed = [...source.matchAll(/`([a-z_.]+)\$\{/g)].map((m) => m[1])
  const unused = Object.keys(zh).filter((k) => !source.includes(`'${k}'`) && !computed.some((p) => k.startsWith(p)))
  assert.deepEqual(unused, [])
})
