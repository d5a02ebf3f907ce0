/* Page state as query strings. Everything a page shows follows from its URL. */

export type Query = Record<string, string | number | boolean | null | undefined>

/* `path?query`: empty values are left out, keys keep their order. */
export function withQuery(path: string, query: Query): string {
  const [base = '', old] = path.split('?')
  const p = new URLSearchParams(old)
  for (const [k, v] of Object.entries(query)) {
    if (v === null || v === undefined || v === '' || v === false) p.delete(k)
    else p.set(k, String(v))
  }
  const s = p.toString()
  return s ? `${base}?${s}` : base
}

/* 'a,b' ⇄ ['a','b'] */
export const listOf = (text: string | undefined): string[] => (text ? text.split(',').filter(Boolean) : [])

/* Next sort state of a column: descending first for numbers, then the other way, then none. */
export function nextSort(sort: string | undefined, key: string, num: boolean): string | undefined {
  const down = '-' + key, up = key
  const order = num ? [down, up] : [up, down]
  if (sort === order[0]) return order[1]
  return sort === order[1] ? undefined : order[0]
}

/* A date of the calendar, as YYYY-MM-DD. */
export function isDate(text: unknown): text is string {
  if (typeof text !== 'string' || !/^\d{4}-\d{2}-\d{2}$/.test(text)) return false
  const d = new Date(text + 'T00:00:00Z')
  return !Number.isNaN(d.getTime()) && d.toISOString().slice(0, 10) === text
}
