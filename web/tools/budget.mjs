/* Fails when the built app is larger than its budget: KiB after gzip, JS a page loads beyond the entry, and
 * no address of another host in what is shipped. */
import { readFileSync, readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'

const dist = fileURLToPath(new URL('../dist/', import.meta.url))
const ENTRY = 70, ROUTE = 90, CSS = 34, EDITOR = 400
const text = (name) => readFileSync(dist + name, 'utf8')
const kib = (name) => gzipSync(readFileSync(dist + name), { level: 9 }).length / 1024
const assets = readdirSync(dist + 'assets').map((n) => 'assets/' + n)
const js = assets.filter((n) => n.endsWith('.js'))

/* A chunk and everything it imports statically. */
function closure(name, seen = new Set()) {
  if (seen.has(name)) return seen
  seen.add(name)
  for (const m of text(name).matchAll(/(?:from|import)\s*["']\.\/([\w.-]+\.js)["']/g)) closure('assets/' + m[1], seen)
  return seen
}
const size = (names) => [...names].reduce((n, name) => n + kib(name), 0)
const entry = closure(/src="\/(assets\/[^"]+\.js)"/.exec(text('index.html'))[1])
const failures = []
const line = (what, got, budget) => {
  console.log(`${what.padEnd(28)} ${got.toFixed(1).padStart(7)} KiB of ${budget}`)
  if (got > budget) failures.push(`${what}: ${got.toFixed(1)} KiB, budget ${budget}`)
}
line('entry', size(entry), ENTRY)
for (const name of js.filter((n) => /(Page|Panel|Palette)-/.test(n))) {
  line(name.replace(/assets\/|-[\w-]{8}\.js$/g, ''), size([...closure(name)].filter((n) => !entry.has(n))), ROUTE)
}
// The editor of models is a page of its own; its chunk and styles are loaded nowhere else.
const editors = (n) => /^assets\/(editor|dmn)-/.test(n)
const page = closure(/src="\/(assets\/[^"]+\.js)"/.exec(text('dmn.html'))[1])
line('editor page', size(new Set([...page, ...assets.filter((n) => editors(n) && /\.(js|css)$/.test(n))])), EDITOR)
for (const name of entry) if (editors(name)) failures.push(`the app loads the editor: ${name}`)
line('css', size(assets.filter((n) => n.endsWith('.css') && !editors(n))), CSS)
// Names of XML spaces, and addresses the libraries print in messages: text that is never fetched.
const allowed = /^(www\.w3\.org|vuejs\.org|element-plus\.org)$/
// The editor's logo links to its makers, as its licence asks; its help on FEEL names pages to read.
const inEditor = /^(www\.omg\.org|bpmn\.io|docs\.camunda\.io|docs\.oracle\.com|json-schema\.org)$/
for (const name of [...assets, 'index.html', 'dmn.html'].filter((n) => /\.(js|css|html)$/.test(n))) {
  for (const m of text(name).matchAll(/["'`(]https?:\/\/([\w.-]+)/g)) if (!allowed.test(m[1]) && !(editors(name) && inEditor.test(m[1]))) failures.push(`address in ${name}: ${m[1]}`)
}
for (const f of failures) console.error(f)
process.exit(failures.length ? 1 : 0)
