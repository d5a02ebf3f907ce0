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

  test(`a firm is compared at two points, mail is chosen, ${size}`, async () => {
    const admin = await open('/help')
    const page = await person(admin, `differ.${size}`, 'auditor')
    await done(admin)
    await page.setViewportSize(viewport)
    await go(page, '/audit')
    await page.getByLabel(/^对象（enterprise/).fill('enterprise:1')
    await page.getByLabel('前：知悉时点').fill('2000-01-01')
    await page.getByRole('button', { name: '对比' }).click()
    await page.getByText(/^[1-9]\d* 处不同/).waitFor()
    assert.match(page.url(), /from_as_known=2000-01-01/)
    assert.ok(await page.getByRole('rowheader', { name: /^facts\// }).first().isVisible())
    await accessible(page, `audit diff ${size}`)
    await shoot(page, `audit-diff-${size}`)
    await go(page, '/account')
    await page.getByLabel('电子邮件地址').fill('auditor@example.cn')
    await page.getByLabel('每日摘要').check()
    await page.getByRole('button', { name: '保存' }).click()
    await page.getByText('已保存').first().waitFor()
    await go(page, '/account')
    assert.ok(await page.getByLabel('每日摘要').isChecked())
    await accessible(page, `account ${size}`)
    await shoot(page, `account-${size}`)
    await done(page)
  })
}
