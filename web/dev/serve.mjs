/* node dev/serve.mjs [port]: the built app under the product's CSP with the mock API. Development only. */
import { createServer } from 'node:http'
import { existsSync, readFileSync } from 'node:fs'
import { extname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { answer } from './mock.mjs'

const dist = fileURLToPath(new URL('../dist', import.meta.url))
const TYPES = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml' }
const CSP = "default-src 'self'; base-uri 'none'; object-src 'none'; form-action 'self'; frame-ancestors 'none'"
const INLINE = "; style-src 'self' 'unsafe-inline'; img-src 'self' data:"
const port = Number(process.argv[2] ?? 8817)

createServer((req, res) => {
  const url = new URL(req.url, 'http://localhost')
  if (url.pathname.startsWith('/api/')) {
    const parts = []
    req.on('data', (d) => parts.push(d)).on('end', () => {
      let body = null
      try { body = JSON.parse(Buffer.concat(parts).toString()) } catch { /* a file or nothing */ }
      const a = answer(req.method, url, body, req.headers.cookie)
      res.writeHead(a.status, { 'Content-Type': a.type ?? 'application/json', ...a.headers })
      res.end(a.status === 204 ? '' : typeof a.body === 'string' ? a.body : JSON.stringify(a.body))
    })
    return
  }
  const file = dist + url.pathname
  const found = !url.pathname.includes('..') && extname(file) && existsSync(file) ? file : dist + '/index.html'
  res.writeHead(200, { 'Content-Type': TYPES[extname(found)] ?? 'application/octet-stream', 'Content-Security-Policy': CSP + (found.endsWith('/dmn.html') ? INLINE : '') })
  res.end(readFileSync(found))
}).listen(port, '127.0.0.1', () => console.log(`http://127.0.0.1:${port}`))
