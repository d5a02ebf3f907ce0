/* Text from a spreadsheet: tab-separated cells as the clipboard gives them, and numbers as offices write them. */

/* Rows of cells. Quoted cells may hold tabs, line breaks and doubled quotes. */
export function parseTsv(text: string): string[][] {
  const rows: string[][] = []
  let row: string[] = [], cell = '', quoted = false
  for (let i = 0; i < text.length; i++) {
    const c = text[i]!
    if (quoted) {
      if (c !== '"') cell += c
      else if (text[i + 1] === '"') { cell += '"'; i++ } else quoted = false
    } else if (c === '"' && cell === '') quoted = true
    else if (c === '\t') { row.push(cell); cell = '' }
    else if (c === '\n') { row.push(cell.replace(/\r$/, '')); rows.push(row); row = []; cell = '' }
    else cell += c
  }
  if (cell !== '' || row.length) { row.push(cell.replace(/\r$/, '')); rows.push(row) }
  return rows
}

/* Cells as the clipboard wants them. */
export function toTsv(rows: readonly (readonly string[])[]): string {
  const cell = (s: string) => (/[\t\n"]/.test(s) ? '"' + s.replace(/"/g, '""') + '"' : s)
  return rows.map((r) => r.map(cell).join('\t')).join('\n')
}

const UNITS: Record<string, number> = { 亿: 8, 千万: 7, 百万: 6, 万: 4, 千: 3 }

/* A number as written by people: '1,234.5', '１２．５％', '1.2亿', '-8.3万元', '￥5,000元', '(300)'.
 * Gives mantissa text and a power of ten, '' for blanks (—, 无, empty), null when it is no number. */
export function parseNumber(raw: string): { text: string; exp: number } | '' | null {
  let s = raw.normalize('NFKC').replace(/[\s,¥￥$]/g, '')
  if (s === '' || /^(-+|—+|–+|\/|无|暂无|不详)$/.test(s)) return ''
  let neg = false
  const accounting = /^\((.+)\)$/.exec(s)
  if (accounting) { neg = true; s = accounting[1]! }
  if (/^[-−]/.test(s)) { neg = !neg; s = s.slice(1) }
  const m = /^(\d+(?:\.\d+)?|\.\d+)(亿|千万|百万|万|千)?(元|人|件|%|‰)?$/.exec(s)
  if (!m) return null
  const exp = (m[2] ? UNITS[m[2]]! : 0) - (m[3] === '%' ? 2 : m[3] === '‰' ? 3 : 0)
  return { text: (neg ? '-' : '') + (m[1]!.startsWith('.') ? '0' + m[1] : m[1]!), exp }
}
