/* Rounds: how far one is, and its acts. */
import { send, type S } from './api'
import { newKey } from './api'

export const MOMENTS = ['created', 'opened', 'listed', 'assigned', 'second', 'scored', 'decided'] as const
export type Moment = typeof MOMENTS[number]
type Reached = Record<Moment, string | null>
export const moments = (r: Reached): Reached => r
/* The last moment a round has reached. */
export const reached = (r: Reached): Moment => [...MOMENTS].reverse().find((m) => r[m]) ?? 'created'

export const roundAct = (id: number, version: number, act: string, reason: string, more: Record<string, unknown> = {}) =>
  send<S['RoundActed'] & Record<string, number>>('POST', `/api/v1/rounds/${id}/${act === 'sign' ? 'signatures' : 'acts'}`, { ...more, act, reason }, { etag: `"round-${id}-${version}"`, key: newKey() })
