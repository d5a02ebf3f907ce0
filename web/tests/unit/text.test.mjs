import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compare, group, isDecimal, round, shift } from '../../.build/lib/dec.js'
import { cellText } from '../../.build/lib/feel.js'
import * as format from '../../.build/lib/format.js'

const words = { any: '任意', yes: '是', no: '否', or: '或', and: ' 且 ', not: '不是', contains: '含', list: '、', years: '{n} 年', months: '{n} 个月', none: '—' }

test('decimals shift exactly', () => {
  assert.equal(shift('86000000', -4), '8600')
  assert.equal(shift('123456789012345678901234567890.5', -8), '1234567890123456789012.345678905')
  assert.equal(shift('0.12', 2), '12')
  assert.equal(shift('-1.5e3', 0), '-1500')
  assert.equal(shift('12e-4', 0), '0.0012')
  assert.throws(() => shift('abc', 1))
  assert.throws(() => shift('1e999999', 1))
})
test('decimals round half up, away from zero', () => {
  assert.equal(round('2.345', 2), '2.35')
  assert.equal(round('-2.345', 2), '-2.35')
  assert.equal(round('-0.001', 2), '0.00')
  assert.equal(round('999.995', 2), '1000.00')
  assert.equal(round('7', 0), '7')
})
test('decimals compare without floats', () => {
  assert.equal(compare('0.1', '0.10'), 0)
  assert.equal(compare('9007199254740993', '9007199254740992'), 1)
  assert.equal(compare('-2', '1'), -1)
})
test('grouping touches only the integer part', () => {
  assert.equal(group('1234567.1234567'), '1,234,567.1234567')
  assert.equal(group('-1000'), '-1,000')
  assert.equal(group('999'), '999')
})
test('what is a decimal', () => {
  for (const yes of ['0', '-1.5', '1e10']) assert.ok(isDecimal(yes), yes)
  for (const no of ['', '1,000', '１', '.5', 'NaN', '0x10', null, 5]) assert.ok(!isDecimal(no), String(no))
})
test('money changes unit at 10,000 and at 100 million', () => {
  assert.equal(format.money('235000000'), '2.35 亿元')
  assert.equal(format.money('99999999'), '10,000.00 万元')
  assert.equal(format.money('86000000'), '8,600.00 万元')
  assert.equal(format.money('300'), '300 元')
  assert.equal(format.money('-83000'), '-8.30 万元')
  assert.equal(format.money('86000000', true), '¥86.00 m')
})
test('thresholds are not padded', () => {
  assert.equal(format.quantity('20000000', '元', false, true), '2,000 万元')
  assert.equal(format.quantity('400000000', '元', false, true), '4 亿元')
  assert.equal(format.quantity('0.035', '比率', false, true), '3.5%')
  assert.equal(format.quantity('1000', '人'), '1,000 人')
  assert.equal(format.quantity('1000000000', '美元', false, true), '10 亿美元')
})
test('missing is a dash, zero is zero, text is left alone', () => {
  assert.equal(format.value(null, '元', words), '—')
  assert.equal(format.value('0', '元', words), '0 元')
  assert.equal(format.value('2614', null, words), '2614')
  assert.equal(format.value(false, null, words), '否')
  assert.equal(format.value([], null, words), '—')
  assert.equal(format.value({ 本年: '10000', 前1年: null }, '元', words), '本年 1.00 万元 · 前1年 —')
})
test('intervals are half open in data, inclusive on screen', () => {
  const w = { from: '自 {d} 起', to: '至 {d}', open: '未见起止' }
  assert.equal(format.interval('2021-01-01', '2022-01-01', w), '自 2021-01-01 起 至 2021-12-31')
  assert.equal(format.interval('2021-01-01', null, w), '自 2021-01-01 起')
  assert.equal(format.interval(null, null, w), '未见起止')
})
test('instants are shown in the zone of the city', () => {
  assert.equal(format.instant('2022-10-07T16:30:00Z'), '2022-10-08 00:30')
  assert.equal(format.instant(null), '—')
})
test('unary tests are reworded only when plain', () => {
  const n = (d) => format.quantity(d, '人', false, true)
  assert.equal(cellText('-', n, words), '任意')
  assert.equal(cellText('>= 1000', n, words), '≥ 1,000 人')
  assert.equal(cellText('[300..1000)', n, words), '≥ 300 人 且 < 1,000 人')
  assert.equal(cellText('(20..300]', n, words), '> 20 人 且 ≤ 300 人')
  assert.equal(cellText('"大型","中型"', n, words), '大型或中型')
  assert.equal(cellText('not("大型")', n, words), '不是大型')
  assert.equal(cellText('true', n, words), '是')
  assert.equal(cellText('? * 2 > 10', n, words), '? * 2 > 10')
  assert.equal(cellText('>= 参数.门槛', n, words), '>= 参数.门槛')
  assert.equal(cellText('"B", "C", ["06".."46"]', n, words), 'B或C或06–46')
  assert.equal(cellText('["批发业", "零售业"]', n, words), '批发业、零售业')
  assert.equal(cellText('list contains(?, "农、林、牧、渔业")', n, words), '含农、林、牧、渔业')
  assert.equal(cellText('P15Y', n, words), '15 年')
  assert.equal(cellText('"a, b"', n, words), 'a, b')
  assert.equal(cellText('[1, 2', n, words), '[1, 2')
  assert.equal(cellText('null', n, words), '—')
})
test('a term is shown by its last day', () => {
  assert.equal(format.lastDay('2027-01-01'), '2026-12-31')
  assert.equal(format.lastDay('2028-03-01'), '2028-02-29')
  assert.equal(format.lastDay(null), null)
  assert.equal(format.lastDay(undefined), null)
})
