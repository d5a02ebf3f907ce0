/* FEEL unary tests as a clerk reads them. Only plain forms are reworded; anything else is shown as written. */
import { isDecimal } from './dec'

export type Words = { any: string; yes: string; no: string; or: string; and: string; not: string }

const NUMBER = String.raw`-?\d+(?:\.\d+)?`
const QUOTED = /^"((?:[^"\\]|\\.)*)"$/

/* `number` formats a decimal in the column's unit. */
export function cellText(test: string, number: (decimal: string) => string, words: Words): string {
  const s = test.trim()
  if (s === '-' || s === '') return words.any
  if (s === 'true') return words.yes
  if (s === 'false') return words.no
  let m = new RegExp(`^(<=|>=|<|>|=)\\s*(${NUMBER})$`).exec(s)
  if (m) return { '<=': '≤ ', '>=': '≥ ', '<': '< ', '>': '> ', '=': '' }[m[1]!] + number(m[2]!)
  m = new RegExp(`^([[(\\]])\\s*(${NUMBER})\\s*\\.\\.\\s*(${NUMBER})\\s*([\\])[])$`).exec(s)
  if (m) return `${m[1] === '[' ? '≥' : '>'} ${number(m[2]!)}${words.and}${m[4] === ']' ? '≤' : '<'} ${number(m[3]!)}`
  if (isDecimal(s)) return number(s)
  m = /^not\((.+)\)$/.exec(s)
  const list = (m ? m[1]! : s).split(/\s*,\s*/)
  if (list.every((x) => QUOTED.test(x))) return (m ? words.not : '') + list.map((x) => QUOTED.exec(x)![1]).join(words.or)
  return s
}
