/* Reading: a GET that follows its arguments. Old data stay on screen while new are read. */
import { onScopeDispose, ref, shallowRef, watch } from 'vue'
import { ApiError, apiUrl, get, type GetPath, type Got, type Params } from './api'
import { clocks } from './clocks'
import { lang } from './i18n'
import type { Query } from './url'

/* `args` null: do not read now. The clocks of the page are added to every request. */
export function useGet<P extends GetPath>(path: P, args: () => { params?: Params; query?: Query } | null = () => ({})) {
  const data = shallowRef<Got<P>>(), error = shallowRef<ApiError>(), loading = ref(false), etag = ref('')
  let abort: AbortController | undefined
  const url = () => {
    const a = args()
    return a ? apiUrl(path, a.params, { ...a.query, ...clocks.value }) : null
  }
  async function reload() {
    abort?.abort()
    const at = url()
    if (!at) return
    const mine = abort = new AbortController()
    loading.value = true
    try {
      const got = await get<Got<P>>(at, mine.signal)
      if (mine !== abort) return
      data.value = got.data
      etag.value = got.etag
      error.value = undefined
    } catch (e) {
      if (mine === abort && e instanceof ApiError) error.value = e
    } finally {
      if (mine === abort) loading.value = false
    }
  }
  watch([url, lang], reload, { immediate: true })
  onScopeDispose(() => abort?.abort())
  return { data, error, loading, etag, reload }
}
