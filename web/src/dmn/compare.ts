/* Two models as a person compares them: the texts and attributes of the elements that have an id. */
import { t, type Key } from '../lib/i18n'

export interface Difference { where: string; mine: string; saved: string }

const KINDS: Record<string, Key> = {
  inputEntry: 'diff.what.cell', outputEntry: 'diff.what.cell', rule: 'diff.what.rule', input: 'diff.what.column', output: 'diff.what.column', inputExpression: 'diff.what.expression',
  literalExpression: 'diff.what.expression', decision: 'diff.what.decision', inputData: 'diff.what.input', decisionTable: 'diff.what.table', informationRequirement: 'diff.what.requirement',
  itemDefinition: 'diff.what.type_definition', itemComponent: 'diff.what.type_component', businessKnowledgeModel: 'diff.what.knowledge_model', textAnnotation: 'diff.what.text_annotation',
}
const kind = (e: Element): string => { const key = KINDS[e.localName]; return key ? t(key) : e.localName }
const nameOf = (e: Element): string => {
  const owner = e.closest('decision, businessKnowledgeModel, inputData, itemDefinition')
  const rule = e.closest('rule'), row = rule ? [...(rule.parentElement?.children ?? [])].filter((x) => x.localName === 'rule').indexOf(rule) + 1 : 0
  return [owner?.getAttribute('name') ?? '', row ? t('diff.row', { n: row }) : '', e.getAttribute('label') ?? kind(e)].filter(Boolean).join(' · ')
}
function parts(xml: string): Map<string, { where: string; text: string }> {
  const out = new Map<string, { where: string; text: string }>()
  for (const e of new DOMParser().parseFromString(xml, 'application/xml').querySelectorAll('[id]')) {
    if (e.namespaceURI?.includes('DMNDI')) continue
    const attributes = [...e.attributes].filter((a) => a.name !== 'id' && !a.name.startsWith('xmlns') && !a.name.includes(':')).map((a) => `${a.name}=${a.value}`).sort()
    const texts = [...e.children].filter((x) => !x.hasAttribute('id')).map((x) => (x.textContent ?? '').trim() || x.getAttribute('href') || '')
    out.set(e.id, { where: nameOf(e), text: [...texts, ...attributes].filter(Boolean).join('\n') })
  }
  return out
}
export function compare(mine: string, saved: string): Difference[] {
  const a = parts(mine), b = parts(saved)
  return [...new Set([...a.keys(), ...b.keys()])].flatMap((id) => {
    const x = a.get(id), y = b.get(id)
    return x?.text === y?.text ? [] : [{ where: (x ?? y)?.where ?? id, mine: x?.text ?? '', saved: y?.text ?? '' }]
  })
}
