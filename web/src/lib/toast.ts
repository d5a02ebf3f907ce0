/* One line at the foot of the page, read out to screen readers; with an undo where there is one. */
import { shallowRef } from 'vue'

export type Toast = { text: string; kind: 'ok' | 'error'; undo?: () => void }
export const toast = shallowRef<Toast | null>(null)
let timer: ReturnType<typeof setTimeout> | undefined

export function say(text: string, kind: Toast['kind'] = 'ok', undo?: () => void): void {
  clearTimeout(timer)
  toast.value = { text, kind, ...(undo ? { undo } : {}) }
  timer = setTimeout(() => { toast.value = null }, 10_000)
}
export const hush = () => { toast.value = null }
