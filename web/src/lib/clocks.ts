/* The two clocks of the page, from its URL: as_of (law and validity) and as_known (knowledge). */
import { computed } from 'vue'
import { router } from './router'
import { isDate, withQuery } from './url'

const one = (v: unknown): string | undefined => (typeof v === 'string' && v ? v : undefined)
const query = computed(() => router.currentRoute.value.query)

export const asOf = computed(() => (isDate(query.value.as_of) ? query.value.as_of : undefined))
export const asKnown = computed(() => one(query.value.as_known))
export const clocks = computed(() => ({ as_of: asOf.value, as_known: asKnown.value }))
/* A past page is looked at, not worked on. */
export const past = computed(() => !!asOf.value || !!asKnown.value)

/* A link inside the app keeps the clocks. */
export const keep = (to: string): string =>
  past.value ? withQuery(to, { as_of: asOf.value, as_known: asKnown.value }) : to
