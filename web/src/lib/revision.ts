/* The form of a revision: what the page edits, and what of it has changed. */
import type { S } from './api'

type Revision = S['Revision']
export type NewDocument = { key: string; title: string; number: string; issuer: string; issued: string }
export type RevisionForm = {
  title: string; base_version: string; new_version: string; effective_from: string; effective_to: string; reason: string
  document: string; article: string; status: string; new_document: NewDocument | null; cases: string
}
const TEXTS = ['title', 'base_version', 'new_version', 'effective_from', 'effective_to', 'reason', 'document', 'article', 'status'] as const

export const casesText = (cases: unknown[]): string => (cases.length ? JSON.stringify(cases, null, 1) : '[]')

export function formOf(r: Revision): RevisionForm {
  const d = r.new_document as Partial<NewDocument> | null
  return {
    title: r.title, base_version: r.base_version, new_version: r.new_version, effective_from: r.effective_from ?? '', effective_to: r.effective_to ?? '', reason: r.reason,
    document: r.document ?? '', article: r.article ?? '', status: r.status ?? '',
    new_document: d ? { key: d.key ?? '', title: d.title ?? '', number: d.number ?? '', issuer: d.issuer ?? '', issued: d.issued ?? '' } : null,
    cases: casesText(r.cases),
  }
}

/* The members that differ from what is saved. Throws a SyntaxError when the cases are no JSON. */
export function patchOf(form: RevisionForm, saved: Revision): Record<string, unknown> {
  const was = formOf(saved), out: Record<string, unknown> = {}
  const now = form.new_document ? { ...form, document: form.new_document.key } : form
  for (const k of TEXTS) if (now[k] !== was[k]) out[k] = now[k]
  if (JSON.stringify(now.new_document) !== JSON.stringify(was.new_document)) out.new_document = now.new_document
  const cases: unknown = JSON.parse(form.cases.trim() || '[]')
  if (JSON.stringify(cases) !== JSON.stringify(saved.cases)) out.cases = cases
  return out
}
/* What two people have written differently, for the page that shows both. */
export const differences = (mine: RevisionForm, saved: Revision): { key: keyof RevisionForm; mine: string; saved: string }[] => {
  const was = formOf(saved)
  return (Object.keys(was) as (keyof RevisionForm)[]).flatMap((key) => {
    const x = typeof mine[key] === 'string' ? mine[key] as string : JSON.stringify(mine[key]), y = typeof was[key] === 'string' ? was[key] as string : JSON.stringify(was[key])
    return x === y ? [] : [{ key, mine: x, saved: y }]
  })
}
