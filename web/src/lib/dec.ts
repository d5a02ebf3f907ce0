/* Exact decimal text. The API sends decimals as strings; nothing here goes through a binary float. */

export const isDecimal = (text: unknown): text is string =>
  typeof text === 'string' && /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(text)

/* Sign, integer digits and fraction digits, the exponent worked in. */
function parts(text: string): { neg: boolean; int: string; frac: string } {
  const m = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text)
  if (!m) throw new Error('not a decimal: ' + text)
  let int = m[2]!, frac = m[3] ?? ''
  let exp = Number(m[4] ?? 0)
  if (Math.abs(exp) > 400) throw new Error('exponent out of range: ' + text)
  for (; exp > 0; exp--) { int += frac[0] ?? '0'; frac = frac.slice(1) }
  for (; exp < 0; exp++) { frac = (int.slice(-1) || '0') + frac; int = int.slice(0, -1) }
  return { neg: m[1] === '-', int: int.replace(/^0+(?=\d)/, '') || '0', frac }
}

/* text × 10^places, exactly. */
export function shift(text: string, places: number): string {
  const { neg, int, frac } = parts(text)
  const p = parts(`${int}${frac ? '.' + frac : ''}e${places}`)
  const tail = p.frac.replace(/0+$/, '')
  return (neg ? '-' : '') + p.int + (tail ? '.' + tail : '')
}

/* Rounded half up (away from zero) to `digits` after the point, always showing them. */
export function round(text: string, digits: number): string {
  const { neg, int, frac } = parts(text)
  let n = BigInt(int + frac.slice(0, digits).padEnd(digits, '0'))
  if ((frac[digits] ?? '0') >= '5') n += 1n
  const s = n.toString().padStart(digits + 1, '0')
  const body = digits ? s.slice(0, -digits) + '.' + s.slice(-digits) : s
  return (neg && n !== 0n ? '-' : '') + body
}

/* Thousands separators in the integer part. */
export function group(text: string): string {
  const [int = '', frac] = text.split('.')
  return int.replace(/\B(?=(\d{3})+(?!\d))/g, ',') + (frac === undefined ? '' : '.' + frac)
}

/* −1, 0 or 1. */
export function compare(a: string, b: string): number {
  const x = parts(a), y = parts(b)
  const width = Math.max(x.frac.length, y.frac.length)
  const big = (p: typeof x) => BigInt((p.neg ? '-' : '') + p.int + p.frac.padEnd(width, '0'))
  const d = big(x) - big(y)
  return d < 0n ? -1 : d > 0n ? 1 : 0
}
