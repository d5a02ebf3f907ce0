/* Formatting in the language of the page. */
import type { S } from './api'
import { cellText } from './feel'
import * as f from './format'
import { lang, t } from './i18n'

const en = () => lang.value === 'en'
const words = () => ({ yes: t('word.yes'), no: t('word.no') })

export const val = (v: unknown, unit?: string | null): string => f.value(v, unit, words(), en())
export const exact = (v: unknown, unit?: string | null): string =>
  typeof v === 'string' && unit === '元' ? f.quantity(v, null) + ' 元' : val(v, unit)
export const cell = (test: string, unit?: string | null): string =>
  cellText(test, (n) => f.quantity(n, unit, en(), true), { ...words(), any: t('dmn.any'), or: t('dmn.or'), and: t('dmn.and'), not: t('dmn.not'), contains: t('dmn.contains'), list: t('p.list'), years: t('dmn.years'), months: t('dmn.months'), none: f.DASH })
/* Heads say the unit once: cells already carry it. */
export const label = (text: string): string => text.replace(/[（(](元|美元|人|万元|%)[）)]$/, '')
export const validity = (from: string | null, to: string | null): string =>
  f.interval(from, to, { from: t('date.from'), to: t('date.to'), open: t('date.open') })
export const outcome = (o: S['Outcome']): string => t(`outcome.${o}`)
export const outcomes: readonly S['Outcome'][] = ['met', 'not_met', 'undecidable', 'needs_person', 'not_applicable']
export const MARK: Record<S['Outcome'], string> = { met: '✓', not_met: '✗', undecidable: '？', needs_person: '人', not_applicable: '–' }
export const { instant, count, wan, DASH } = f
