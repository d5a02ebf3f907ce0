/* Journey C1 on a generated city: the annual review of the city's gazelles, each kind of step on the screen, the
 * bulk of the rest by the API. C3 (a partner recommends) lies in it; C7 (an auditor asks why) ends it. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { close, go, settled } from '../app.mjs'
import { act, at, call, city, confirm, each, environment, folder, jixia, leave, moveTo, must, program, root, start, stop } from './city.mjs'

const TITLE = '2026 年度瞪羚企业评审（演示）', RULE = city.rule
const lacking = city.firms.slice(city.complete), answered = lacking.slice(0, 33), candidates = city.firms.slice(0, 160)
let admitted, held, notice, round, roundCase, number = (k) => Number(k.number.slice(-4))

before(async () => { moveTo('2026-09-01 09:00'); await start() })
after(async () => {
  try { await leave() } finally {
    await close()
    assert.equal(await stop(), 0, 'the server ends well')
  }
})

test('the office drafts the round on the form, looks at the preview and opens it', async () => {
  const page = await at('clerk', '/rounds')
  await confirm(page, '新建轮次', async (d) => {
    await d.getByLabel('名称').first().fill(TITLE)
    await d.getByRole('combobox', { name: '规则', exact: true }).selectOption(RULE)
    for (const [label, value] of [['推荐开始', '2026-09-01'], ['推荐截止', '2026-09-20'], ['规则适用日', city.as_of], ['每件评审人数', '3'], ['最低得分', '50'], ['抽查件数', '8'], ['每件检查人数', '2'], ['决定需签名', '2'], ['公示工作日', '5']]) await d.getByLabel(label, { exact: true }).fill(value)
    await d.getByLabel('评分方式').selectOption('trimmed')
    await d.getByRole('button', { name: '增加评分项' }).click()
    for (const [n, name, weight] of [[1, '成长性（演示）', '60'], [2, '专业化（演示）', '40']]) {
      const box = d.getByRole('group', { name: `评分项 ${n}` })
      await box.getByLabel('名称').fill(name)
      await box.getByLabel('权重').fill(weight)
    }
    await d.getByLabel('理由').fill('年度工作安排')
  }, '存为草稿')
  await page.waitForURL(/\/rounds\/\d+$/)
  round = new URL(page.url()).pathname
  await page.getByRole('tab', { name: '设置' }).click()
  const preview = page.getByRole('region', { name: '试算：全库' })
  await preview.getByText('124').waitFor()
  await preview.getByRole('link', { name: '41' }).waitFor()
  await confirm(page, '启动')
  assert.match((await must('clerk', 'GET', round)).seed_sha256, /^[0-9a-f]{64}$/, 'the digest of the seed is out before the list is')
  assert.equal((await must('clerk', 'GET', round)).seed ?? '', '')
  roundCase = (await must('clerk', 'GET', round)).case
})

test('firms that lack one fact get one question; one answers on its page', async () => {
  for (let i = 0; i < 200 && (await call('clerk', 'GET', `/discovery?rule=${RULE}`)).status === 503; i++) await new Promise((resolve) => setTimeout(resolve, 250))
  const page = await at('clerk', `/discovery?rule=${RULE}&class=one_fact`)
  await confirm(page, '向 41 家提问', (d) => d.getByLabel('答复期限（工作日）').fill('10'), '向企业提问')
  await page.getByText('已提问 41 家').waitFor()

  const firm = await at('firm3', '/my')
  await firm.getByRole('link', { name: /企业问询/ }).first().click()
  await settled(firm)
  await confirm(firm, '答复', (d) => d.getByLabel(/答复/).fill('120'))

  await go(page, '/cases?flow=question&state=已答复')
  await page.getByRole('link', { name: /企业问询/ }).first().click()
  await settled(page)
  await confirm(page, '采用', async () => {})

  /* 32 more answer on paper */
  const open = (await must('clerk', 'GET', '/cases?flow=question&state=待答复&limit=500')).items
  const ids = open.filter((k) => answered.some((f) => String(f.id) === k.subject.id)).map((k) => k.id)
  assert.equal(ids.length, 32)
  for (const step of [{ act: '答复', data: { 答复: '120' } }, { act: '采用' }]) assert.equal((await must('clerk', 'POST', '/cases/acts', { ids, ...step })).done, 32)
})

const listed = async (who, state) => (await must(who, 'GET', `/cases?flow=candidate&parent=${roundCase}&state=${encodeURIComponent(state)}&limit=500`)).items
const batch = async (who, state, body) => must(who, 'POST', '/cases/acts', { filter: { flow: 'candidate', parent: Number(roundCase), state }, ...body })

/* One act over all that the filter of the page shows. */
async function over(page, name, n, done, { reason, data = {} } = {}) {
  await page.getByRole('button', { name: `办理筛选出的 ${n} 件` }).click()
  await page.getByRole('dialog').getByRole('button', { name, exact: true }).click()
  const dialog = page.getByRole('dialog')
  for (const [label, text] of Object.entries(data)) await dialog.getByLabel(new RegExp(`^${label}`)).fill(text)
  if (reason) await dialog.getByLabel('理由', { exact: true }).fill(reason)
  await dialog.getByRole('button', { name, exact: true }).click()
  await dialog.getByText(`已办理 ${done} 件`).waitFor({ timeout: 30_000 })
  await page.keyboard.press('Escape')
}

test('C3: a partner recommends, says what it holds, sees its own and how many others', async () => {
  const firm = candidates[0], page = await at('vc1', `/recommendations/new?rule=${RULE}&round=${roundCase}`)
  await page.getByLabel('查找企业').fill(firm.name.slice(-7))
  await page.getByRole('button', { name: new RegExp(firm.name) }).click()
  await page.getByLabel('推荐理由').fill('一号创投的理由')
  await page.getByLabel('持股', { exact: true }).check()
  await page.getByLabel('持股比例（%）').fill('4.2')
  await page.getByLabel(/^证明材料/).setInputFiles({ name: 'terms.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.4\n%%EOF') })
  await page.getByRole('button', { name: '提交推荐' }).click()
  await page.waitForURL(/\/recommendations$/)
  await page.getByText('一号创投的理由').first().waitFor()
  for (const [who, interest] of [['vc2', { kind: 'none' }], ['tank', { kind: 'none' }]]) await must(who, 'POST', '/recommendations', { rule: RULE, enterprise: String(firm.id), round: roundCase, reason: `${who} 的理由`, interest })
  await go(page, '/recommendations')
  const row = page.getByRole('row', { name: new RegExp(firm.name) }).first()
  await row.getByRole('cell', { name: '3', exact: true }).waitFor()
  assert.ok(!(await page.locator('body').innerText()).includes('vc2 的理由'))
  const other = (await must('vc2', 'GET', '/recommendations')).items[0].id
  assert.equal((await call('vc1', 'GET', `/recommendations/${other}`)).status, 404)
  assert.equal((await must('vc1', 'GET', '/recommendations')).items.length, 1)
  /* files and cases of others do not exist for a partner */
  assert.equal((await must('vc1', 'GET', '/cases?flow=candidate&limit=500')).items.filter((k) => k.subject?.id !== String(firm.id)).length, 0)
})

test('160 firms are recommended, consent, pass their district', async () => {
  const sponsors = ['vc1', 'vc2', 'tank']
  await each(candidates.slice(1).map((firm, i) => [firm, i]), 4, async ([firm, i]) => {
    const who = i < 60 ? sponsors[i % 3] : i < 100 ? 'clerk' : `d${firm.division}`
    await must(who, 'POST', '/recommendations', { rule: RULE, enterprise: String(firm.id), round: roundCase, reason: '产品领先', ...(sponsors.includes(who) ? { interest: { kind: 'none' } } : {}) })
  })
  assert.equal((await listed('clerk', '待企业同意')).length, 160)

  /* a firm on its own page */
  const firm = await at('firm1', '/my')
  await firm.getByRole('link', { name: /候选企业/ }).first().click()
  await settled(firm)
  await confirm(firm, '企业同意', async () => {})
  /* the rest on paper, as one act over the list */
  await over(await at('clerk', `/cases?flow=candidate&state=待企业同意&parent=${roundCase}`), '企业同意', 159, 159, { reason: '书面同意，原件存档' })

  /* a district returns one file and passes the others */
  const district = await at('d370303', `/cases?flow=candidate&state=待初核&parent=${roundCase}`)
  const all = await listed('d370303', '待初核')
  await district.getByRole('row', { name: new RegExp(all[0].subject.name) }).getByRole('link').first().click()
  await settled(district)
  const settings = await call('clerk', 'GET', `/cases/${roundCase}`)
  await must('clerk', 'PATCH', `/cases/${roundCase}`, { data: { 补正天数: '5' }, reason: '年度工作安排' }, { 'If-Match': settings.etag })
  await confirm(district, '退回补正', async (d) => {
    await d.getByLabel('理由代码').selectOption('缺材料')
    await d.getByLabel('理由', { exact: true }).fill('缺经审计的营业收入说明（第 3 页）')
  })
  await over(await at('d370303', `/cases?flow=candidate&state=待初核&parent=${roundCase}`), '初核通过', all.length - 1, all.length - 1, { data: { 区县初核意见: '情况属实' } })
  const back = await must('clerk', 'GET', `/cases/${all[0].id}`)
  assert.equal(back.state, '待补正')
  assert.equal(back.clocks.find((k) => k.name === '补正').days, 5)
  await act('clerk', `/cases/${all[0].id}`, { act: '补正', reason: '书面补正' })
  for (const d of city.districts) if ((await listed(`d${d}`, '待初核')).length) await batch(`d${d}`, '待初核', { act: '初核通过', data: { 初核意见: '情况属实' } })
  assert.equal((await listed('clerk', '入列')).length, 160)
})

test('the list is closed, the seed comes out, anybody can draw again', async () => {
  moveTo('2026-09-21 09:00')
  const page = await at('clerk', round)
  await confirm(page, '封闭名单')
  await page.getByRole('tab', { name: '评审组与评分' }).click()
  await confirm(page, '添加评审', async (d) => {
    await d.getByLabel('登录名').fill('rev1')
    await d.getByLabel('组长').check()
    await d.getByLabel('理由').fill('聘任')
  })
  for (const person of city.reviewers.slice(1)) await act('clerk', round, { act: 'member', person, reason: '聘任' })
  await go(page, round)
  await confirm(page, '分配评审')
  await go(page, round + '?tab=panel')
  await page.getByText(/^回避 \d+ 项/).first().waitFor()
  const panel = await must('clerk', 'GET', round + '/panel')
  assert.equal(panel.seats, 480)
  assert.ok(panel.wall.some((w) => w.person === 'rev9'), 'the wall keeps rev9 from what its organisation recommended')
  await go(page, round)
  await confirm(page, '双随机抽取', async (d) => {
    await d.getByLabel(/检查人员/).fill(city.districts.map((x) => 'd' + x).join('\n'))
    await d.getByLabel('理由', { exact: true }).fill('演示')
  })
  const draw = await must('clerk', 'GET', round + '/draw')
  assert.equal(draw.sample.length, 8)
  writeFileSync(folder + '/draw.json', JSON.stringify(draw))
  assert.match(execFileSync('python3', ['-B', root + 'tests/redraw.py', folder + '/draw.json'], { encoding: 'utf8' }), /the same/)
})

test('nine reviewers: declared, blind, then a second pass', async () => {
  const page = await at('rev1', '/reviews')
  await page.locator('a[href^="/reviews/"]').first().click()
  await settled(page)
  const first = new URL(page.url()).pathname
  await page.getByRole('button', { name: '没有利益关系，打开材料' }).click()
  const marks = page.getByRole('combobox', { name: '分值' })
  await marks.nth(1).waitFor()
  for (const i of [0, 1]) await marks.nth(i).selectOption('4')
  await page.getByRole('button', { name: '提交' }).click()
  await page.getByText('已提交，第二轮开放后可修改').waitFor()
  /* whoever reviews it, the firm that is followed to its letter passes */
  const followed = (await must('clerk', 'GET', `${round}/candidates?q=${candidates[0].code.split(':')[1]}&limit=5`)).items[0]
  await each(city.reviewers, 3, async (who) => {
    for (const seat of (await must(who, 'GET', '/reviews?limit=500')).items) {
      if (`/reviews/${seat.id}` === first) continue
      const { etag } = await call(who, 'POST', `/reviews/${seat.id}/declaration`, { interest: false })
      const n = number(seat) * 7 + city.reviewers.indexOf(who) * 3
      const handed = await call(who, 'PATCH', `/reviews/${seat.id}`, { sheet: { marks: number(seat) === number(followed) ? { c1: '4', c2: '4' } : { c1: String(2 + n % 5 / 2), c2: String(1.5 + n % 6 / 2) } }, submit: true }, { 'If-Match': etag })
      assert.equal(handed.status, 200, JSON.stringify(handed.data))
      assert.ok(!('name' in handed.data) && !('others' in handed.data), 'blind')
    }
  })
  const clerk = await at('clerk', round)
  await confirm(clerk, '开放第二轮')
  await go(page, first)
  await marks.nth(0).selectOption('4.5')
  await page.getByRole('button', { name: '修改评分' }).click()
  await settled(page)
  await go(clerk, round)
  await confirm(clerk, '结束评分')
})

test('verdicts over a filter, two signatures, one voided by an edit', async () => {
  const page = await at('clerk', round + '?outcome=met&least=50')
  const decide = async (verdict, button) => confirm(page, button, async (d) => {
    await d.getByLabel('决定').selectOption(verdict)
    if (verdict === 'refuse') await d.getByLabel('理由代码').fill('score')
    await d.getByLabel('理由', { exact: true }).fill('评审结果')
  }, '批量决定')
  const met = (await must('clerk', 'GET', round + '/candidates?outcome=met&least=50&limit=1')).total
  assert.ok(met > 100 && met < 160, `${met} pass`)
  await decide('admit', `决定筛选出的 ${met} 家`)
  await page.getByText(`已决定 ${met} 家`).waitFor()
  await go(page, round + '?verdict=none')
  await decide('refuse', `决定筛选出的 ${160 - met} 家`)
  await go(page, round)
  await confirm(page, '签名')
  /* one more look at a file: it is held, the signature is void */
  const last = (await must('clerk', 'GET', round + '/candidates?verdict=admit&limit=500')).items.at(-1)
  await go(page, `${round}?q=${last.number}`)
  await decide('hold', '决定筛选出的 1 家')
  await go(page, round + '?tab=settings')
  await page.getByText('已失效').or(page.getByText('作废')).first().waitFor()
  await go(page, round)
  await confirm(page, '签名')
  const leader = await at('boss', round)
  await confirm(leader, '签名')
  assert.ok((await must('clerk', 'GET', round)).decided)
  admitted = met - 1
})

test('the cases follow the verdicts; the notice is drafted, published, objected to', async () => {
  const page = await at('clerk', `/cases?flow=candidate&state=入列&parent=${roundCase}`)
  await over(page, '拟认定', 160, admitted, { reason: '评审结果' }) // what the panel refused or held is told so, one by one
  await go(page, `/cases/${roundCase}`)
  const fields = page.getByRole('region', { name: '事项内容' })
  for (const [label, text] of Object.entries({ 年度: '2026年', 公示的称号: '淄博市瞪羚企业', '公示天数（工作日）': '5', 公示依据: '演示办法', 异议受理单位: '市发展改革委', '联系电话（座机）': '0533-0000000', 联系地址: '演示路 1 号', 发文机关: '市发展改革委' })) await fields.getByLabel(label, { exact: true }).fill(text)
  await fields.getByRole('button', { name: '保存' }).click()
  await page.getByText('已保存').first().waitFor()
  await confirm(page, '起草公示', async () => {})
  const id = (await must('clerk', 'GET', '/notices')).items[0].id
  notice = `/notices/${id}`
  await go(page, notice)
  await page.getByRole('heading', { name: `名单 ${admitted}` }).waitFor()
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: '下载 DOCX' }).click()])
  await file.saveAs(folder + '/notice.docx')
  const text = execFileSync('unzip', ['-p', folder + '/notice.docx', 'word/document.xml'], { encoding: 'utf8', maxBuffer: 1 << 26 })
  const rows = (await must('clerk', 'GET', notice)).rows
  assert.equal(rows.length, admitted)
  for (const r of rows) assert.ok(text.includes(r.name), r.name + ' stands in the DOCX')
  await confirm(page, '发布')
  await page.getByText('还有 5 个工作日').waitFor()

  /* anybody, without signing in */
  const reader = await at('', '/public/notices/' + id)
  held = rows[4]
  await reader.getByText(held.name).first().waitFor()
  await reader.locator('#position').selectOption(String(held.position))
  await reader.locator('#person').fill('演示人甲')
  await reader.locator('#contact').fill('13800000000')
  await reader.locator('#text').fill('专利权属有争议')
  await reader.locator('form[action^="/public/notices/"] button').click()
  await settled(reader)
  const holds = (await must('clerk', 'GET', notice)).rows.filter((r) => r.hold !== 'free')
  assert.deepEqual(holds.map((r) => r.name), [held.name], 'an objection holds its firm and no other')
  assert.ok(!(await reader.goto('/api/v1/public/notices/' + id).then((r) => r.text())).includes('演示人甲'))
})

test('the notice is over: 认定, titles, letters', async () => {
  moveTo('2026-10-20 09:00')
  const page = await at('clerk', notice)
  await confirm(page, '办结')
  const data = { 称号: '瞪羚', 级别: '市', 认定单位: '市发展改革委', 认定文号: '淄发改演示〔2026〕1号', 起始日: '2026-10-20' }
  await go(page, `/cases?flow=candidate&state=拟认定&parent=${roundCase}`)
  await over(page, '认定', admitted, admitted - 1, { reason: '公示无异议', data: { 认定称号: data.称号, 级别: data.级别, 认定单位: data.认定单位, 认定文件文号: data.认定文号, 称号起始日: data.起始日 } })
  const titles = (await must('clerk', 'GET', '/public/titles?limit=500'))
  assert.equal(titles.total ?? titles.items.length, admitted - 1)
  assert.equal((await listed('clerk', '拟认定')).map((k) => k.subject.name).join(), held.name)
  const firm = await at('firm1', '/my')
  await firm.getByText('淄博市瞪羚企业').first().waitFor()
})

test('letters are delivered by being read, certificates verify in public', async () => {
  const letters = await must('clerk', 'GET', '/letters?limit=500'), certificates = await must('clerk', 'GET', '/certificates?limit=500')
  assert.equal(letters.total, admitted - 1)
  assert.equal(certificates.total, admitted - 1)
  const mine = letters.items.find((k) => String(k.enterprise?.id ?? k.enterprise) === String(candidates[0].id))
  assert.equal(mine.state, 'sent', 'sent is not delivered')
  await must('firm1', 'GET', `/letters/${mine.id}`)
  assert.equal((await must('clerk', 'GET', `/letters/${mine.id}`)).state, 'delivered')
  const one = certificates.items.find((k) => String(k.enterprise) === String(candidates[0].id))
  const page = await at('', '/public/verify/' + one.code)
  await page.getByText(candidates[0].name).first().waitFor()
  await page.getByText('淄博市瞪羚企业').first().waitFor()
})

test('C7: an auditor finds the decision, replays it, checks the bundle elsewhere', async () => {
  const whole = await jixia('journal', 'verify')
  assert.equal(whole.code, 0, whole.err)
  const found = (await must('auditor', 'GET', `${round}/candidates?q=${candidates[0].code.split(':')[1]}&limit=5`)).items[0]
  assert.equal(found.name, candidates[0].name)
  const again = await must('auditor', 'GET', `/audit/decisions/${found.decision}/replay`)
  assert.ok(again.same ?? again.equal ?? again.identical, JSON.stringify(again).slice(0, 300))
  assert.equal((await jixia('replay', '--all')).code, 0)
  /* the page's bundle and that of the command line */
  const page = await at('auditor', `/audit?bundle=round:${round.split('/').pop()}`)
  const bundles = page.getByRole('region', { name: '证据包' })
  await bundles.getByLabel('理由').fill('审计')
  await bundles.getByRole('button', { name: '制作证据包' }).click()
  const [file] = await Promise.all([page.waitForEvent('download', { timeout: 120_000 }), bundles.getByRole('link', { name: /^下载证据包 \d+$/ }).click({ timeout: 120_000 })])
  await file.saveAs(folder + '/page.zbb')
  const sealed = await jixia('verify', folder + '/page.zbb')
  assert.equal(sealed.code, 0, sealed.out + sealed.err)
  for (const args of [['bundle', 'make', '--round', round.split('/').pop(), '--key', folder + '/key.pem', '--out', folder + '/round.zbb', '--reason', '审计']]) {
    const p = await jixia(...args)
    assert.equal(p.code, 0, args.join(' ') + p.err)
  }
  /* another folder, no store */
  const elsewhere = mkdtempSync(tmpdir() + '/jixia-elsewhere-')
  try {
    const bytes = readFileSync(folder + '/round.zbb')
    writeFileSync(elsewhere + '/round.zbb', bytes)
    const verify = () => spawnSync(program, ['verify', elsewhere + '/round.zbb'], { encoding: 'utf8', cwd: elsewhere, env: { ...environment(), JIXIA_DATA: elsewhere } })
    const good = verify()
    assert.equal(good.status, 0, good.stdout + good.stderr)
    bytes[20_000] ^= 1
    writeFileSync(elsewhere + '/round.zbb', bytes)
    assert.equal(verify().status, 1, 'one bit is found')
  } finally { rmSync(elsewhere, { recursive: true }) }
})
