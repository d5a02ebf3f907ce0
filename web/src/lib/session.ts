/* Who is signed in and what they may do. */
import { ref, shallowRef } from 'vue'
import { get, send, whenSignedOut, type S } from './api'
import { router } from './router'

export const me = shallowRef<S['Me'] | null>(null)
export const firstRun = ref(false)
export const health = shallowRef<S['Health']>()
let known = false

export const can = (right: string): boolean => !!me.value?.rights.includes(right)

export async function loadSession(): Promise<void> {
  const [session, state] = await Promise.all([get<S['Session']>('/api/v1/session'), get<S['Health']>('/api/v1/health').catch(() => undefined)])
  me.value = session.data.user
  firstRun.value = session.data.first_run
  health.value = state?.data
  known = true
}
export async function signIn(name: string, password: string, code = ''): Promise<void> {
  const { data } = await send<S['Session']>('POST', '/api/v1/session', { name, password, ...(code ? { code } : {}) })
  me.value = data.user
  firstRun.value = data.first_run
}
export async function signOut(): Promise<void> {
  await send('DELETE', '/api/v1/session')
  me.value = null
  await router.push('/sign-in')
}

/* Only a path of this app: the page to come back to is read from the URL. */
export const safeNext = (next: unknown): string =>
  typeof next === 'string' && /^\/(?![/\\])/.test(next) ? next : '/'

export function guardRoutes(): void {
  whenSignedOut(() => {
    me.value = null
    const at = router.currentRoute.value
    if (!at.meta.open) void router.push({ path: '/sign-in', query: { next: at.fullPath } })
  })
  router.beforeEach(async (to) => {
    if (!known) {
      try { await loadSession() } catch { known = false }
    }
    if (!to.meta.open && !me.value) return { path: '/sign-in', query: to.fullPath === '/' ? {} : { next: to.fullPath } }
    if (to.path === '/sign-in' && me.value) return safeNext(to.query.next)
    if (to.path === '/' && me.value && !can('overview:read')) return can('firm:read') ? '/my' : can('task:read') ? '/tasks' : '/help'
    return true
  })
}
