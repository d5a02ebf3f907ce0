/* What dmn-js asks to have translated. Every text without a translation is kept in `missing`, which the page
 * shows in an attribute for the browser test. The names of the model's own types come through here too. */
import { lang } from '../lib/i18n'
import { DMN_ZH } from './dmn-zh'

export const missing = new Set<string>()
let own = new Set<string>()

export function ownNames(xml: string): void {
  const names = [...xml.matchAll(/<(?:\w+:)?typeRef>\s*([^<]*?)\s*<|typeRef="([^"]*)"/g)].map((m) => m[1] ?? m[2] ?? '')
  own = new Set(names)
}
export function translate(text: string, args: Record<string, string> = {}): string {
  let words = text
  if (lang.value !== 'en' && text) {
    const found = DMN_ZH[text]
    if (found !== undefined) words = found
    else if (!own.has(text)) missing.add(text)
  }
  return words.replace(/\{\s*(\w+)\s*\}/g, (all, name: string) => args[name] ?? all)
}
