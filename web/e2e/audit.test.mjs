/* The auditor's page and the bell: search, check, axe and a screenshot at both sizes. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { accessible, close, DESKTOP, done, go, open, person, PHONE, settled, shoot } from './app.mjs'

after(close)

for (const [size, viewport] of [['desktop', DESKTOP], ['phone', PHONE]]) {
  test(`the journal is searched and checked, ${size}`, async () => {
    const admin = await open('/help')
    const page = await person(admin, `auditor.${size}`, 'auditor')
    await done(admin)
    await page.setViewportSize(viewport)
    await go(page, '/audit')
    await page.getByText(/^共 [\d,]+ 条$/).waitFor()
    await accessible(page, `audit ${size}`)
    await shoot(page, `audit-${size}`)
    await page.getByLabel('动作').fill('user.add')
    await page.getByRole('button', { name: '查日志' }).click()
    await settled(page)
    assert.match(page.url(), /action=user\.add/)
    assert.ok(await page.getByRole('cell', { name: 'user.add' }).first().isVisible())
    await page.getByRole('button', { name: '核验日志链' }).click()
    await page.getByText(/日志完整：/).waitFor()
    await accessible(page, `audit checked ${size}`)
    await page.getByRole('button', { name: /^通知/ }).click()
    await page.getByRole('dialog').getByText('没有通知').waitFor()
    await accessible(page, `bell ${size}`)
    await shoot(page, `bell-${size}`)
    await done(page)
  })
}
