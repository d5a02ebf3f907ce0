/* Dictionaries of the pack, read once when first wanted: fields, rules, sources, divisions, sections. */
import { computed, shallowRef, type ShallowRef } from 'vue'
import { get, type S } from './api'
import { lang } from './i18n'

const store = new Map<string, ShallowRef<{ items: unknown[] } | undefined>>()

function once<T>(path: string): () => T[] {
  return () => {
    let at = store.get(path)
    if (!at) {
      const fresh: ShallowRef<{ items: unknown[] } | undefined> = shallowRef()
      store.set(path, at = fresh)
      get<{ items: T[] }>('/api/v1' + path).then(({ data }) => { fresh.value = data }, () => { store.delete(path) })
    }
    return (at.value?.items ?? []) as T[]
  }
}
export const fields = once<S['Field']>('/meta/fields')
export const rules = once<S['RuleName']>('/meta/rules')
export const sources = once<S['Source']>('/meta/sources')
export const divisions = once<S['Division']>('/meta/divisions')
export const sections = once<S['Industry']>('/meta/industries?level=section')
export const documents = once<S['Document']>('/meta/documents')
export const roles = once<S['RoleRow']>('/meta/roles')

const names = <T>(list: () => T[], id: (x: T) => string, name: (x: T) => { zh: string; en: string }) =>
  computed(() => Object.fromEntries(list().map((x) => [id(x), lang.value === 'en' ? name(x).en || name(x).zh : name(x).zh])))
export const sourceNames = names(sources, (x) => x.id, (x) => x.title)
export const ruleNames = names(rules, (x) => x.rule, (x) => x.title)
export const fieldNames = names(fields, (x) => x.code, (x) => x)
export const divisionNames = names(divisions, (x) => x.code, (x) => ({ zh: x.name, en: x.name }))
export const sectionNames = names(sections, (x) => x.code, (x) => ({ zh: x.name, en: x.name }))
export const roleNames = names(roles, (x) => x.id, (x) => x.title)
