/* axe on every route and opened state at both sizes; a screenshot of each. WCAG 2.2 A and AA: no violation. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { accessible, close, DESKTOP, done, go, open, PHONE, settled, shoot } from './app.mjs'

const rule = process.env.JIXIA_RULE ?? 'cn/enterprise-size'
after(close)

test('axe finds what is wrong', async () => {
  const page = await open('/help')
  await page.evaluate(() => { document.querySelector('main').insertAdjacentHTML('beforeend', '<input><p class="low">看不清的字</p>'); document.querySelector('.low').style.color = '#ddd' })
  await assert.rejects(accessible(page, 'spoiled'), /label[\s\S]*color-contrast|color-contrast[\s\S]*label/)
  await done(page)
})

async function firstFirm(page) {
  const res = await page.request.get('/api/v1/enterprises?limit=1')
  return (await res.json()).items[0].id
}

for (const [size, viewport] of [['desktop', DESKTOP], ['phone', PHONE]]) {
  test(`every route, ${size}`, async () => {
    const page = await open('/', { viewport })
    const id = await firstFirm(page)
    const routes = {
      overview: '/', enterprises: `/enterprises?rule=${rule}`, 'enterprise-why': `/enterprises/${id}`, 'enterprise-table': `/enterprises/${id}?rule=${rule}`, 'enterprise-facts': `/enterprises/${id}?tab=facts`, 'enterprise-history': `/enterprises/${id}?tab=history`,
      rules: '/rules', rule: `/rules/${rule}`, 'rule-compared': `/rules/${rule}?against=2011`, revisions: '/revisions', imports: '/imports', match: '/match', users: '/users', help: '/help', missing: '/no-such-page', past: `/enterprises/${id}?as_of=2021-06-30`, 'nothing-found': '/enterprises?q=' + encodeURIComponent('没有这样的企业'), 'no-such-firm': '/enterprises/0',
    }
    for (const [name, path] of Object.entries(routes)) {
      await go(page, path)
      await accessible(page, `${name} ${size}`)
      await shoot(page, `${name}-${size}`)
    }
    await done(page)
  })

  test(`opened states, ${size}`, async () => {
    const page = await open('/enterprises', { viewport })
    const states = [
      ['bell', () => page.getByRole('button', { name: '通知' }).click()],
      ['columns', () => page.getByRole('button', { name: '列', exact: true }).click()],
      ['filters', () => page.getByRole('button', { name: '更多' }).click()],
      ['account', () => page.getByRole('button', { name: '账号' }).click()],
      ['as-of', () => page.getByRole('button', { name: /时点/ }).click()],
      ['calendar', () => page.getByRole('combobox', { name: '生效时点' }).click()],
    ]
    for (const [name, act] of states) {
      if (name === 'as-of' || name === 'columns') await page.keyboard.press('Escape')
      await act()
      await settled(page)
      await accessible(page, `${name} ${size}`)
      await shoot(page, `${name}-${size}`)
    }
    await go(page, '/users')
    await page.getByRole('button', { name: '添加用户' }).click()
    await accessible(page, `dialog ${size}`)
    await go(page, '/')
    await page.keyboard.press('Control+k')
    await page.getByRole('combobox').fill('淄博')
    await settled(page)
    await accessible(page, `palette ${size}`)
    await page.route('**/api/v1/overview*', (route) => route.fulfill({ status: 503, contentType: 'application/problem+json', body: JSON.stringify({ type: '/problems/unavailable', title: '服务暂不可用', status: 503, detail: '请稍后重试', request_id: 'r-1' }) }))
    page.problems.length = 0
    await go(page, '/')
    await page.getByRole('button', { name: '重试' }).waitFor()
    await accessible(page, `error ${size}`)
    await shoot(page, `error-${size}`)
    assert.ok(page.problems.every((p) => p.includes('503')), page.problems.join())
    page.problems.length = 0
    await done(page)
  })

  test(`sign-in, ${size}`, async () => {
    const page = await open('/sign-in', { viewport, signedIn: false })
    await accessible(page, `sign-in ${size}`)
    await shoot(page, `sign-in-${size}`)
    await done(page)
  })
}
