// Policies in the browser: rows and text of one condition, a draft kept, replayed on past orders, put in force.

import { expect, test } from 'vitest'
import { axeComplaints, setTheme, sizes, sticksOut } from './page.ts'
import type { Site } from './site.ts'
import { visiting } from './visiting.ts'

const enough = { timeout: 30_000 }

/** Adds the tests of policies. */
export function policyTests(open: () => Site): void {
  const at = visiting(open)

  test('a policy is written in rows, read as text, replayed on past orders and put in force', () =>
    at('/policies', async (page) => {
      await page.getByText(/^No policy is in force/).waitFor(enough)
      await page.getByRole('button', { name: 'New policy' }).click()
      await page.getByLabel('Id', { exact: true }).fill('dear')
      await page.getByLabel('Name', { exact: true }).fill('Dear orders')
      await page.getByLabel('Value of row 1').fill('8000')
      await page.getByLabel('Value of row 1').press('Tab')
      await page.getByText('order.valueCents > 8000').waitFor(enough)
      await page.getByRole('radio', { name: 'Text' }).click()
      const text = page.getByLabel('Condition', { exact: true })
      await text.fill('order.valueCents > "8000"')
      await page
        .getByText(/^At character 1: /)
        .first()
        .waitFor(enough)
      const keep = page.getByRole('button', { name: 'Keep the draft' })
      await expect.poll(() => keep.isDisabled(), enough).toBe(true)
      await text.fill('order.valueCents > 8000 && order.method == "delivery"')
      await page.getByRole('radio', { name: 'Rows' }).click()
      await page.getByLabel('Value of row 2').waitFor(enough)
      for (const [viewport, theme] of [
        [sizes.desk, 'light'],
        [sizes.phone, 'dark'],
      ] as const) {
        await page.setViewportSize(viewport)
        await setTheme(page, theme)
        expect(await axeComplaints(page)).toEqual([])
        expect(await sticksOut(page)).toBe(false)
      }
      await page.getByRole('button', { name: 'Keep the draft' }).click()
      await page.getByRole('heading', { name: 'Dear orders, version 1' }).waitFor(enough)
      const publish = page.getByRole('button', { name: 'Publish version 1' })
      expect(await publish.isDisabled()).toBe(true)
      await page.getByRole('button', { name: 'Replay', exact: true }).click()
      await page.getByText(/would have been touched/).waitFor({ timeout: 90_000 })
      await page
        .getByText(/^It would be held: policy: worth a look/)
        .first()
        .waitFor(enough)
      // The same page of orders comes once, however quickly it is asked for.
      await page.locator('main').getByRole('button', { name: 'More', exact: true }).dblclick()
      await page.getByText(/^40 of /).waitFor(enough)
      for (const viewport of Object.values(sizes)) {
        await page.setViewportSize(viewport)
        expect(await axeComplaints(page)).toEqual([])
        expect(await sticksOut(page)).toBe(false)
      }
      await publish.click(enough)
      await page.getByText(/^1 policy in force/).waitFor(enough)
      const { policyBook } = open().shop.engine.core.state()
      expect(policyBook.policies).toMatchObject([{ policyId: 'dear', status: 'published' }])
      expect(policyBook.policies[0]?.replayId).toMatch(/^rep_/)
      await page.getByRole('button', { name: 'Take it out of force' }).click()
      await page.getByText(/^No policy is in force/).waitFor(enough)
    }))
}
