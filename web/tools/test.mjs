/* node tools/test.mjs unit|contract|e2e|journey … [K/N]: runs node's test runner on those folders. Unit tests import the
 * app's TypeScript, which Node 18 cannot read: src/lib/*.ts is first turned into .build/lib/*.js. K/N: every N-th file from the K-th on. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'

const root = fileURLToPath(new URL('..', import.meta.url))
const words = process.argv.slice(2), part = words.find((w) => /^\d+\/\d+$/.test(w)) ?? '1/1'
const kinds = words.filter((w) => w !== part), [which, parts] = part.split('/').map(Number)

if (kinds.includes('unit')) {
  rmSync(root + '.build', { recursive: true, force: true })
  mkdirSync(root + '.build/lib', { recursive: true })
  const options = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022, verbatimModuleSyntax: true }
  for (const name of readdirSync(root + 'src/lib').filter((n) => n.endsWith('.ts') && !n.endsWith('.d.ts'))) {
    const out = ts.transpileModule(readFileSync(root + 'src/lib/' + name, 'utf8'), { compilerOptions: options, fileName: name })
    const text = out.outputText.replace(/(from\s+['"]\.\.?\/[^'"]+?)(['"])/g, '$1.js$2')
    writeFileSync(root + '.build/lib/' + name.replace(/\.ts$/, '.js'), text)
  }
}
const files = kinds.flatMap((kind) => {
  const folder = root + ({ e2e: 'e2e/', journey: 'e2e/journey/' }[kind] ?? `tests/${kind}/`)
  return readdirSync(folder).filter((n) => n.endsWith('.test.mjs')).sort().map((n) => folder + n)
}).filter((_, i) => i % parts === which - 1)
if (!files.length) {
  console.error('usage: node tools/test.mjs unit|contract|e2e|journey …')
  process.exit(2)
}
process.exit(spawnSync(process.execPath, ['--test', ...files], { stdio: 'inherit', cwd: root }).status ?? 1)
