// The benchmark policy and the large tables through other engines, on the rows of bench/engine and
// bench/table: `name value unit` lines, processor time, medians of RUNS passes.
//   node peers.mjs policy rows.csv        zen, feelin, DuckDB; amounts compared with the exact ones
//   node peers.mjs table RULES table.json zen
// A peer that is not installed says so in a line and nothing fails. Run in the folder of node_modules.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'

const RUNS = 5
const need = createRequire(path.join(process.cwd(), 'x.js'))
const say = (name, value, unit) => console.log(`${name} ${value} ${unit}`)

// Processor nanoseconds of this process, its threads included.
function cpu() {
  const t = process.cpuUsage()
  return (t.user + t.system) * 1e3
}

async function median(pass) {
  const times = []
  let out
  for (let i = 0; i < RUNS; i++) {
    const from = cpu()
    out = await pass()
    times.push(cpu() - from)
  }
  return [times.sort((a, b) => a - b)[RUNS >> 1], out]
}

// wrong: the amount is another number of cents. inexact: it is not the double nearest to the amount.
function compare(name, rows, amounts, ns) {
  let wrong = 0
  let inexact = 0
  amounts.forEach((v, i) => {
    if (Math.round(Number(v) * 100) !== rows[i].cents) wrong++
    else if (Number(v) !== rows[i].cents / 100) inexact++
  })
  say(`policy.${name}.ns`, (ns / amounts.length).toFixed(0), 'ns')
  say(`policy.${name}.rows`, amounts.length, 'rows')
  say(`policy.${name}.wrong`, wrong, 'rows')
  say(`policy.${name}.inexact`, inexact, 'rows')
}

async function peer(names, module, run) {
  let found
  try {
    found = need(module)
  } catch (e) {
    for (const n of names) console.log(`${n}.ns skipped (${module}: ${e.code ?? 'not installed'})`)
    return
  }
  try {
    await run(found)
  } catch (e) {
    for (const n of names) console.log(`${n}.ns skipped (${String(e.message).split('\n')[0]})`)
  }
}

// --- the policy ---------------------------------------------------------------------------------

const INPUTS = ['sector', 'size', 'hitech', 'intensity', 'staff', 'years']
const RULES = [
  ['"IC","BIO"', '-', 'true', '>= 0.10', '-', '-', 0.2, 3000000],
  ['"AI"', 'not("large")', 'true', '>= 0.08', '-', '-', 0.18, 2000000],
  ['"NEV","AERO"', '"large"', 'true', '[0.05..0.10)', '>= 300', '-', 0.12, 5000000],
  ['"NEV","AERO"', '-', 'true', '>= 0.05', '-', '-', 0.1, 1500000],
  ['"SOFT"', '"micro","small"', '-', '>= 0.15', '< 50', '< 5', 0.25, 300000],
  ['not("OTHER")', '"micro"', 'true', '>= 0.03', '-', '<= 3', 0.15, 200000],
  ['-', '"small"', 'true', '>= 0.05', '-', '-', 0.12, 500000],
  ['"MECH","TEXT","FOOD"', '-', '-', '>= 0.03', '>= 100', '-', 0.06, 800000],
  ['-', '-', 'true', '>= 0.03', '-', '-', 0.05, 500000],
  ['-', '-', '-', '-', '-', '-', 0, 0]
]

function readRows(file) {
  const lines = readFileSync(file, 'utf8').trim().split('\n').slice(1)
  return lines.map((line) => {
    const [, sector, size, hitech, staff, years, revenue, rd, prior, amount] = line.split(',')
    const input = {
      sector,
      size,
      hitech: hitech === 'true',
      staff: +staff,
      years: +years,
      revenue: +revenue,
      rd: +rd,
      prior: +prior
    }
    return { input, cents: Number(amount.replace('.', '')) }
  })
}

const at = { x: 0, y: 0 }
const node = (id, type, content) => ({ id, type, name: id, position: at, ...(content && { content }) })
const edges = (...ids) =>
  ids.slice(1).map((id, i) => ({ id: `e${i}`, sourceId: ids[i], targetId: id, type: 'edge' }))

function zenTable(fields, outputs, rules, passThrough) {
  return {
    hitPolicy: 'first',
    passThrough,
    inputField: null,
    outputPath: null,
    executionMode: 'single',
    inputs: fields.map((f) => ({ id: `i${f}`, name: f, field: f, type: 'expression' })),
    outputs: outputs.map((f) => ({ id: `o${f}`, name: f, field: f, type: 'expression' })),
    rules
  }
}

function zenExpression(key, value, passThrough) {
  return {
    passThrough,
    inputField: null,
    outputPath: null,
    executionMode: 'single',
    expressions: [{ id: key, key, value }]
  }
}

const zenCell = (cell) => {
  const not = /^not\((.*)\)$/.exec(cell)
  return cell === '-' ? '' : not ? `not in [${not[1]}]` : cell
}

function zenPolicy() {
  const rules = RULES.map((rule, i) => {
    const o = { _id: `r${i}`, orate: String(rule[6]), ocap: String(rule[7]) }
    INPUTS.forEach((f, k) => (o[`i${f}`] = zenCell(rule[k])))
    return o
  })
  const amount = 'max([0, min([round(rd * rate, 2), cap - prior])])'
  const share = 'revenue > 0 ? rd / revenue : 0'
  return {
    nodes: [
      node('in', 'inputNode'),
      node('share', 'expressionNode', zenExpression('intensity', share, true)),
      node('grant', 'decisionTableNode', zenTable(INPUTS, ['rate', 'cap'], rules, true)),
      node('amount', 'expressionNode', zenExpression('amount', amount, false)),
      node('out', 'outputNode')
    ],
    edges: edges('in', 'share', 'grant', 'amount', 'out')
  }
}

async function zen(rows, { ZenEngine }) {
  const decision = new ZenEngine().createDecision(zenPolicy())
  const all = async (part, options) => {
    const out = []
    for (const r of part) out.push((await decision.evaluate(r.input, options)).result.amount)
    return out
  }
  const part = rows.slice(0, 20000)
  await all(part.slice(0, 2000))
  const [plain, amounts] = await median(() => all(part))
  compare('zen', rows, amounts, plain)
  const traced = part.slice(0, 5000)
  const [ns, out] = await median(() => all(traced, { trace: true }))
  compare('zen_traced', rows, out, ns)
}

// Cell by cell, as a decision table on top of feelin has to.
function feelin(rows, { evaluate, unaryTest }) {
  const amount = 'max(0, min(round half up(rd * rate, 2), cap - prior))'
  const one = (input) => {
    const intensity = evaluate('if revenue > 0 then rd / revenue else 0', input).value
    const x = { ...input, intensity }
    const passes = (cell, k) => cell === '-' || unaryTest(cell, { '?': x[INPUTS[k]] }).value === true
    const rule = RULES.find((r) => r.slice(0, 6).every(passes))
    return evaluate(amount, { ...input, rate: rule[6], cap: rule[7] }).value
  }
  const part = rows.slice(0, 500)
  part.slice(0, 50).forEach((r) => one(r.input))
  return median(async () => part.map((r) => one(r.input))).then(([ns, out]) =>
    compare('feelin', rows, out, ns)
  )
}

// The comparison with the intensity is cross-multiplied, so that DuckDB's decimals stay exact.
function sql() {
  const ge = (p) => `revenue > 0 AND rd * 100 >= revenue * ${p}`
  const rates = RULES.map((r, i) => `WHEN ${i} THEN ${r[6]}`).join(' ')
  const caps = RULES.map((r, i) => `WHEN ${i} THEN ${r[7]}`).join(' ')
  return `SELECT id, greatest(CAST(0 AS DECIMAL(18,2)), least(CAST(round(rd *
      CAST(CASE k ${rates} END AS DECIMAL(4,2)), 2) AS DECIMAL(18,2)),
      CAST(CASE k ${caps} END AS DECIMAL(18,2)) - prior)) AS amount
    FROM (SELECT *, CASE
      WHEN sector IN ('IC','BIO') AND hitech AND ${ge(10)} THEN 0
      WHEN sector = 'AI' AND size <> 'large' AND hitech AND ${ge(8)} THEN 1
      WHEN sector IN ('NEV','AERO') AND size = 'large' AND hitech AND ${ge(5)}
        AND rd * 100 < revenue * 10 AND staff >= 300 THEN 2
      WHEN sector IN ('NEV','AERO') AND hitech AND ${ge(5)} THEN 3
      WHEN sector = 'SOFT' AND size IN ('micro','small') AND ${ge(15)} AND staff < 50
        AND years < 5 THEN 4
      WHEN sector <> 'OTHER' AND size = 'micro' AND hitech AND ${ge(3)} AND years <= 3 THEN 5
      WHEN size = 'small' AND hitech AND ${ge(5)} THEN 6
      WHEN sector IN ('MECH','TEXT','FOOD') AND ${ge(3)} AND staff >= 100 THEN 7
      WHEN hitech AND ${ge(3)} THEN 8 ELSE 9 END AS k FROM t) AS q`
}

async function duckdb(rows, file, { DuckDBInstance }) {
  const db = await (await DuckDBInstance.create(':memory:')).connect()
  await db.run('SET threads = 1')
  await db.run(`CREATE TABLE t AS SELECT id, sector, size, hitech, staff::INTEGER AS staff,
    years::INTEGER AS years, revenue::DECIMAL(18,2) AS revenue, rd::DECIMAL(18,2) AS rd,
    prior::DECIMAL(18,2) AS prior FROM read_csv('${file}')`)
  const pass = () => db.run(`CREATE OR REPLACE TABLE o AS ${sql()}`)
  await pass()
  const [ns] = await median(pass)
  const found = await db.run('SELECT amount::VARCHAR FROM o ORDER BY id')
  compare('duckdb', rows, (await found.getRows()).map((r) => r[0]), ns)
}

// --- large tables -------------------------------------------------------------------------------

async function zenLarge(rules, file, { ZenEngine }) {
  const fields = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']
  const d = JSON.parse(readFileSync(file, 'utf8'))
  const made = d.rules.map((r, i) => {
    const o = { _id: `r${i}`, or: String(i) }
    fields.forEach((f, k) => (o[`i${f}`] = r[k]))
    return o
  })
  const decision = new ZenEngine().createDecision({
    nodes: [
      node('in', 'inputNode'),
      node('t', 'decisionTableNode', zenTable(fields, ['r'], made, false)),
      node('out', 'outputNode')
    ],
    edges: edges('in', 't', 'out')
  })
  const inputs = d.rows.map((r) => Object.fromEntries(fields.map((f, k) => [f, r[k]])))
  const all = async (part) => {
    const out = []
    for (const x of part) out.push((await decision.evaluate(x)).result.r)
    return out
  }
  await all(inputs.slice(0, 20))
  const [ns, out] = await median(() => all(inputs))
  say(`table_${rules}.zen.ns`, (ns / inputs.length).toFixed(0), 'ns')
  say(`table_${rules}.zen.wrong`, out.filter((v, i) => v !== d.rows[i][8]).length, 'rows')
}

const [what, ...args] = process.argv.slice(2)
if (what === 'policy') {
  const rows = readRows(args[0])
  await peer(['policy.zen', 'policy.zen_traced'], '@gorules/zen-engine', (m) => zen(rows, m))
  await peer(['policy.feelin'], 'feelin', (m) => feelin(rows, m))
  await peer(['policy.duckdb'], '@duckdb/node-api', (m) => duckdb(rows, args[0], m))
} else if (what === 'table') {
  await peer([`table_${args[0]}.zen`], '@gorules/zen-engine', (m) => zenLarge(...args, m))
}
process.exit(0)
