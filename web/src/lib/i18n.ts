/* Own typed dictionary: Chinese is the source, English must have the same keys or it does not compile. */
import { ref } from 'vue'
import type library from './library-zh'
import zh from './zh'

export type Key = keyof typeof zh | keyof typeof library
export type Dict = Record<Key, string>
export type Lang = 'zh' | 'en'

const saved = (): Lang => {
  try { return localStorage.getItem('lang') === 'en' ? 'en' : 'zh' } catch { return 'zh' }
}
export const lang = ref<Lang>('zh')
let words: Partial<Dict> = zh

/* Loads the dictionary of `to`: English only when it is wanted, the words of the library in a file of
 * their own, beside the entry. */
export async function setLang(to: Lang): Promise<void> {
  words = to === 'en' ? (await import('./en')).default : { ...zh, ...(await import('./library-zh')).default }
  lang.value = to
  document.documentElement.lang = to === 'en' ? 'en' : 'zh-CN'
  try { localStorage.setItem('lang', to) } catch { /* private mode: the choice lasts for this page */ }
}
export const initLang = () => setLang(saved())

/* `{name}` in the text is replaced. */
export function t(key: Key, args?: Record<string, string | number>): string {
  void lang.value
  const text = words[key] ?? key
  return args ? text.replace(/\{(\w+)\}/g, (all, name: string) => String(args[name] ?? all)) : text
}
export const tt = (text: { zh: string; en: string } | null | undefined): string =>
  text ? (lang.value === 'en' && text.en ? text.en : text.zh) : ''
