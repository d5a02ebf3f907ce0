import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseNumber, parseTsv, toTsv } from '../../.build/lib/paste.js'

test('cells by tab, rows by line', () => {
  assert.deepEqual(parseTsv('a\tb\r\nc\t\n'), [['a', 'b'], ['c', '']])
  assert.deepEqual(parseTsv(''), [])
  assert.deepEqual(parseTsv('一'), [['一']])
})
test('quoted cells hold tabs, line breaks and quotes', () => {
  assert.deepEqual(parseTsv('"a\tb"\t"第一行\n第二行"\t"说""好"""\nx\ty\tz'), [['a\tb', '第一行\n第二行', '说"好"'], ['x', 'y', 'z']])
})
test('a quote inside a cell is a quote', () => {
  assert.deepEqual(parseTsv('5" pipe\tx'), [['5" pipe', 'x']])
})
test('what is copied can be pasted', () => {
  const rows = [['a\tb', 'c"d', '1\n2'], ['', 'x', '𬭎䶮㛃']]
  assert.deepEqual(parseTsv(toTsv(rows)), rows)
})
test('numbers as offices write them', () => {
  const cases = {
    '1,234.5': ['1234.5', 0], '１２．５％': ['12.5', -2], '1.2亿': ['1.2', 8], '-8.3万元': ['-8.3', 4], '￥5,000元': ['5000', 0], '(300)': ['-300', 0], '（12）': ['-12', 0],
    '.5': ['0.5', 0], ' 7 ': ['7', 0], '3千万': ['3', 7], '20 人': ['20', 0],
  }
  for (const [text, [mantissa, exp]] of Object.entries(cases)) assert.deepEqual(parseNumber(text), { text: mantissa, exp }, text)
})
test('blanks are blanks, not zero', () => {
  for (const text of ['', '—', '-', '无', '暂无', ' ', '/']) assert.equal(parseNumber(text), '', JSON.stringify(text))
})
test('what is no number is refused', () => {
  for (const text of ['abc', '9.137E+17', '1-2', '一千', '1.2.3', '12万3']) assert.equal(parseNumber(text), null, text)
})
