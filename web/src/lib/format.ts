/* Values as people read them. Missing is —, zero is 0: two different things. Exact: no binary floats. */
import { compare, group, isDecimal, round, shift } from './dec'

export const DASH = '—'
const trim = (text: string) => (text.includes('.') ? text.replace(/\.?0+$/, '') : text)

/* Money in a table column: 万元 with two decimals (English: millions). */
export const wan = (yuan: string, en = false): string => group(round(shift(yuan, en ? -6 : -4), 2))

/* Money in running text: 2.35 亿元, 8,600.00 万元, 300 元. */
export function money(yuan: string, en = false): string {
  const size = yuan.replace('-', '')
  if (en) return compare(size, '1000000') >= 0 ? `¥${wan(yuan, true)} m` : `¥${group(trim(round(yuan, 2)))}`
  if (compare(size, '100000000') >= 0) return group(round(shift(yuan, -8), 2)) + ' 亿元'
  if (compare(size, '10000') >= 0) return wan(yuan) + ' 万元'
  return group(trim(round(yuan, 2))) + ' 元'
}

export const percent = (ratio: string): string => group(round(shift(ratio, 2), 1)) + '%'

export const count = (n: number): string => group(String(n))

/* Any number in its unit; money without padding when it is a threshold (8,600 万元, not 8,600.00). */
export function quantity(text: string, unit: string | null | undefined, en = false, exact = false): string {
  if (!isDecimal(text)) return text
  if (unit === '元' && !exact) return money(text, en)
  if (unit === '元' || unit === '美元') {
    const size = text.replace('-', '')
    if (en) return (unit === '元' ? '¥' : '$') + group(trim(shift(text, 0)))
    if (compare(size, '100000000') >= 0) return `${group(trim(shift(text, -8)))} 亿${unit}`
    return compare(size, '10000') >= 0 ? `${group(trim(shift(text, -4)))} 万${unit}` : `${group(trim(shift(text, 0)))} ${unit}`
  }
  if (unit === '比率') return exact ? group(trim(shift(text, 2))) + '%' : percent(text)
  const n = group(trim(shift(text, 0)))
  return unit ? `${n} ${unit}` : n
}

export type Words = { yes: string; no: string }

/* A FEEL value. Contexts and lists are written out on one line. */
export function value(v: unknown, unit: string | null | undefined, words: Words, en = false): string {
  if (v === null || v === undefined) return DASH
  if (typeof v === 'boolean') return v ? words.yes : words.no
  if (typeof v === 'number') return quantity(String(v), unit, en)
  if (typeof v === 'string') return isDecimal(v) && unit !== 'code' ? plain(v, unit, en) : v
  if (Array.isArray(v)) return v.length ? v.map((x) => value(x, unit, words, en)).join('; ') : DASH
  return Object.entries(v).map(([k, x]) => `${k} ${value(x, unit, words, en)}`).join(' · ') || DASH
}
/* Text that happens to be digits (a code) has no unit and is left alone. */
const plain = (v: string, unit: string | null | undefined, en: boolean) => (unit ? quantity(v, unit, en) : v)

/* Instants in the city's zone, to the minute. */
export function instant(iso: string | null | undefined): string {
  if (!iso) return DASH
  const d = new Date(iso)
  if (Number.isNaN(d.getTime())) return iso
  return d.toLocaleString('sv-SE', { timeZone: 'Asia/Shanghai' }).slice(0, 16)
}

/* The last day of a term, as papers say it; the API's `to` is the first day it no longer holds. */
export const lastDay = (to: string | null | undefined) =>
  to ? new Date(new Date(to + 'T00:00:00Z').getTime() - 86_400_000).toISOString().slice(0, 10) : null

/* [from, to) shown as inclusive days. */
export function interval(from: string | null, to: string | null, words: { from: string; to: string; open: string }): string {
  const last = lastDay(to)
  if (!from && !last) return words.open
  return (from ? words.from.replace('{d}', from) : '') + (from && last ? ' ' : '') + (last ? words.to.replace('{d}', last) : '')
}
