/* FEEL unary tests as a clerk reads them. Only plain forms are reworded; anything else is shown as written. */
import { isDecimal } from './dec'

export type Words = { any: string; yes: string; no: string; or: string; and: string; not: string; contains: string; list: string; years: string; months: string; none: string }

const NUMBER = String.raw`-?\d+(?:\.\d+)?`
const QUOTED = /^"((?:[^"\\]|\\.)*)"$/
const CODES = /^\["([^"]*)"\s*\.\.\s*"([^"]*)"\]$/

/* Parts between commas that stand outside quotes and brackets. */
function split(text: string): string[] {
  const parts: string[] = []
  let depth = 0, quoted = false, from = 0
  for (let i = 0; i < text.length; i++) {
    const c = text[i]
    if (c === '"' && text[i - 1] !== '\\') quoted = !quoted
    else if (quoted) continue
    else if (c === '[' || c === '(') depth++
    else if (c === ']' || c === ')') depth--
    else if (c === ',' && depth === 0) { parts.push(text.slice(from, i).trim()); from = i + 1 }
  }
  return [...parts, text.slice(from).trim()]
}

/* One plain value or range of codes, or null when it is not plain. */
function plain(s: string, number: (decimal: string) => string, words: Words): string | null {
  const quoted = QUOTED.exec(s)
  if (quoted) return quoted[1]!
  const codes = CODES.exec(s)
  if (codes) return `${codes[1]}–${codes[2]}`
  if (isDecimal(s)) return number(s)
  const duration = /^(?:duration\()?"?P(\d+)(Y|M)"?\)?$/.exec(s)
  if (duration) return (duration[2] === 'Y' ? words.years : words.months).replace('{n}', duration[1]!)
  const list = /^\[(.*)\]$/.exec(s)
  if (list && !list[1]!.includes('..')) {
    const items = split(list[1]!).map((x) => plain(x, number, words))
    if (items.every((x) => x !== null)) return items.join(words.list)
  }
  return null
}

/* `number` formats a decimal in the column's unit. */
export function cellText(test: string, number: (decimal: string) => string, words: Words): string {
  const s = test.trim()
  if (s === '-' || s === '') return words.any
  if (s === 'true') return words.yes
  if (s === 'false') return words.no
  if (s === 'null') return words.none
  let m = new RegExp(`^(<=|>=|<|>|=)\\s*(${NUMBER})$`).exec(s)
  if (m) return { '<=': '≤ ', '>=': '≥ ', '<': '< ', '>': '> ', '=': '' }[m[1]!] + number(m[2]!)
  m = new RegExp(`^([[(\\]])\\s*(${NUMBER})\\s*\\.\\.\\s*(${NUMBER})\\s*([\\])[])$`).exec(s)
  if (m) return `${m[1] === '[' ? '≥' : '>'} ${number(m[2]!)}${words.and}${m[4] === ']' ? '≤' : '<'} ${number(m[3]!)}`
  m = /^list contains\(\?,\s*("(?:[^"\\]|\\.)*")\)$/.exec(s)
  if (m) return words.contains + QUOTED.exec(m[1]!)![1]
  m = /^not\((.+)\)$/.exec(s)
  const items = split(m ? m[1]! : s).map((x) => plain(x, number, words))
  if (items.every((x) => x !== null)) return (m ? words.not : '') + items.join(words.or)
  return s
}
