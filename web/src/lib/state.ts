/* Page state lives in the URL: reading and changing the query of the current route. */
import { computed, watch, type ComputedRef, type Ref } from 'vue'
import type { LocationQueryRaw } from 'vue-router'
import { router } from './router'

export const param = (key: string): ComputedRef<string | undefined> =>
  computed(() => { const v = router.currentRoute.value.query[key]; return typeof v === 'string' && v !== '' ? v : undefined })

/* Changes some parameters; undefined drops one. `push` makes a step that Back undoes. */
export function setQuery(patch: Record<string, string | undefined>, how: 'push' | 'replace' = 'push'): void {
  const query: LocationQueryRaw = { ...router.currentRoute.value.query }
  for (const [k, v] of Object.entries(patch)) {
    if (v === undefined || v === '') delete query[k]
    else query[k] = v
  }
  void router[how]({ query, hash: router.currentRoute.value.hash })
}

/* `?new=1` opens the page's form for something new, once: commands elsewhere lead to it. */
export function openNew(open: Ref<boolean>, may: () => boolean = () => true): void {
  watch(param('new'), (v) => {
    if (v !== '1') return
    open.value = may()
    setQuery({ new: undefined }, 'replace')
  }, { immediate: true })
}
