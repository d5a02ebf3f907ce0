/* Rounds: how far one is, its acts, its settings as a form. */
import { newKey, send, type S } from './api'

export const MOMENTS = ['created', 'opened', 'listed', 'assigned', 'second', 'scored', 'decided'] as const
export type Moment = typeof MOMENTS[number]
type Reached = Record<Moment, string | null>
export const moments = (r: Reached): Reached => r
/* The last moment a round has reached. */
export const reached = (r: Reached): Moment => [...MOMENTS].reverse().find((m) => r[m]) ?? 'created'

export const roundAct = (id: number, version: number, act: string, reason: string, more: Record<string, unknown> = {}) =>
  send<S['RoundActed'] & Record<string, number>>('POST', `/api/v1/rounds/${id}/${act === 'sign' ? 'signatures' : 'acts'}`, { ...more, act, reason }, { etag: `"round-${id}-${version}"`, key: newKey() })

type Setting = S['RoundSetting']
export type Criterion = { id: string; title: string; weight: string; top: number; status: string; anchors: { mark: number; text: string }[] }
/* Numbers that no source gives stay empty: 依据待补. */
export const NUMBERS = ['year', 'votes', 'consensus_signatures', 'decimals', 'sample', 'inspectors', 'signatures', 'notice_days'] as const
const TEXTS = ['title', 'rule', 'from', 'to', 'as_of', 'score_by', 'minimum'] as const
export type RoundForm = Record<typeof TEXTS[number] | typeof NUMBERS[number] | 'per_file', string> &
  { method: Setting['method']; rounding: string; order: string; demo: boolean; criteria: Criterion[] }

export const criterion = (n: number): Criterion => ({ id: `c${n}`, title: '', weight: '', top: 5, status: '', anchors: [{ mark: 0, text: '' }, { mark: 3, text: '' }, { mark: 5, text: '' }] })

export function formOfSetting(s?: Partial<Setting>): RoundForm {
  const text = (k: typeof TEXTS[number] | typeof NUMBERS[number] | 'per_file') => (s?.[k] === undefined || s[k] === null ? '' : String(s[k]))
  return {
    ...Object.fromEntries([...TEXTS, ...NUMBERS, 'per_file' as const].map((k) => [k, text(k)])) as Record<typeof TEXTS[number], string>,
    method: s?.method ?? 'average', rounding: s?.rounding ?? '', order: s?.order ?? '', demo: !!s?.demo,
    criteria: s?.criteria?.length ? s.criteria.map((k) => ({ ...k, status: k.status ?? '', anchors: (k.anchors ?? []).map((a) => ({ ...a })) })) : [criterion(1)],
  } as RoundForm
}
export function settingOf(f: RoundForm): Setting {
  const numbers = NUMBERS.filter((k) => f[k] !== '' && (k !== 'votes' || f.method === 'vote') && (k !== 'consensus_signatures' || f.method === 'consensus'))
  return {
    title: f.title.trim(), rule: f.rule, from: f.from, to: f.to, as_of: f.as_of, method: f.method, per_file: Number(f.per_file),
    ...(f.score_by ? { score_by: f.score_by } : {}), ...(f.minimum ? { minimum: f.minimum.trim() } : {}),
    ...Object.fromEntries(numbers.map((k) => [k, Number(f[k])])),
    ...(f.rounding ? { rounding: f.rounding } : {}), ...(f.order ? { order: f.order } : {}), ...(f.demo ? { demo: true } : {}),
    criteria: f.criteria.map((k) => ({ id: k.id, title: k.title.trim(), weight: k.weight.trim(), top: Number(k.top), ...(k.status ? { status: k.status } : {}), anchors: k.anchors.filter((a) => a.text.trim()).map((a) => ({ mark: Number(a.mark), text: a.text.trim() })) })),
  } as Setting
}
/* Weights as hundredths, so that 33.3 + 33.3 + 33.4 is 100. */
export const weights = (f: RoundForm): number => f.criteria.reduce((n, k) => n + Math.round(100 * (Number(k.weight) || 0)), 0) / 100
/* A list written by hand: lines, commas. */
export const words = (text: string): string[] => text.split(/[\s,，、;；]+/).filter(Boolean)
