/* Cases: deadlines in words, forms of a flow's fields. */
import type { S } from './api'
import { t } from './i18n'

export type Clock = S['CaseClock']
export type Field = S['Case']['fields'][number]
export type Form = Record<string, string>

/* The clock that ends first; paused ones and those without a day stand last. */
export function nearest(clocks: readonly Clock[]): Clock | undefined {
  const rank = (c: Clock) => (c.paused ? 2e9 : c.left ?? 1e9)
  return [...clocks].sort((a, b) => rank(a) - rank(b))[0]
}
export const overdue = (c: Clock): boolean => !c.paused && c.left !== null && c.left < 0
export function deadline(c: Clock): string {
  const unit = c.kind === 'working' ? 'working' : 'calendar'
  if (c.paused) return t('case.clock.paused', { d: c.paused, n: c.left ?? '?' })
  if (c.due === null) return t('case.clock.unknown')
  if (c.left === null) return c.due
  if (c.left < 0) return t(`case.clock.over_${unit}`, { n: -c.left, d: c.due })
  return c.left === 0 ? t('case.clock.today') : t(`case.clock.left_${unit}`, { n: c.left, d: c.due })
}

const text = (v: unknown): string => (Array.isArray(v) ? v.join('\n') : v === null || v === undefined ? '' : String(v))
export const formFrom = (fields: readonly Field[], data: Record<string, unknown>): Form =>
  Object.fromEntries(fields.map((f) => [f.name, text(data[f.name])]))

/* A value as the contract takes it; null takes it away. */
function typed(f: Field, v: string): unknown {
  const s = v.trim()
  if (!s) return null
  if (f.type === 'boolean') return s === 'true'
  return f.type === 'list' ? s.split(/\n|、|,|，/).map((x) => x.trim()).filter(Boolean) : s
}
export const valuesOf = (fields: readonly Field[], form: Form, before?: Form): Record<string, unknown> =>
  Object.fromEntries(fields.filter((f) => !before || form[f.name] !== before[f.name]).map((f) => [f.name, typed(f, form[f.name] ?? '')]))
