/* Working days between two days, by the calendar of the State Council's notices. */
export type Day = { day: string; kind: string }
const MS = 86_400_000
const at = (day: string) => Date.parse(day + 'T00:00:00Z')

/* How many working days after `from` up to and with `to`; 0 when `to` is over; null when the calendar has no
 * notice for one of the years between. */
export function workdaysLeft(from: string, to: string, calendar: { from_year: number; to_year: number; days: readonly Day[] }): number | null {
  if (to <= from) return 0
  if (Number(from.slice(0, 4)) < calendar.from_year || Number(to.slice(0, 4)) > calendar.to_year) return null
  const kinds = new Map(calendar.days.map((d) => [d.day, d.kind]))
  let n = 0
  for (let ms = at(from) + MS; ms <= at(to); ms += MS) {
    const day = new Date(ms), kind = kinds.get(day.toISOString().slice(0, 10)), weekend = day.getUTCDay() % 6 === 0
    if (kind ? kind === 'working' : !weekend) n++
  }
  return n
}
