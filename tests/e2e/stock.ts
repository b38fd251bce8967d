// What people ask of stock and of Detour itself: what can be promised, what holds it, how it was, does all hold.

import { expect, test } from 'vitest'
import { fieldText } from '../../dashboard/lib/times.ts'
import { axeComplaints, sizes } from './page.ts'
import type { Site } from './site.ts'
import { send, visiting } from './visiting.ts'

const enough = { timeout: 20_000 }

/** Adds the tests of stock and health. */
export function stockTests(open: () => Site): void {
  const at = visiting(open)

  test('a position shows what holds its units, by day as chart and table, and how it was before', async () => {
    const { shop, position } = open()
    const before = await afterMinutes(open(), 3)
    await send(open(), '/inventory/reservations', {
      lines: [{ ...shop.stocked, quantity: 2 }],
      reference: 'cart E2E',
      ttlSeconds: 3600,
    })
    const dueAt = new Date(shop.engine.now() + 5 * 86_400_000).toISOString()
    const supply = { scheduleId: 'E2E-supply', kind: 'supply', ...shop.stocked, quantity: 40, dueAt }
    await send(open(), '/inventory/schedule', { entries: [supply] })
    await at(`/inventory/position?${position}`, async (page) => {
      await page.getByRole('cell', { name: 'cart E2E' }).waitFor(enough)
      await page.getByRole('row', { name: /^Reserved .* −2$/ }).waitFor(enough)
      await page.getByRole('row', { name: /^Supply E2E-supply/ }).waitFor(enough)
      const chart = page.locator('[aria-roledescription=chart]')
      await page.locator('main svg.marks').waitFor(enough)
      await chart.focus()
      await page.keyboard.press('End')
      await expect.poll(() => page.locator('.sr-only[aria-live=polite]').textContent()).toMatch(/units?$/)
      await page.getByRole('radio', { name: 'Table' }).click()
      const table = page.getByRole('region', { name: 'What can be promised, as a table' })
      await table.getByRole('cell', { name: '40', exact: true }).waitFor(enough)
      expect(await axeComplaints(page)).toEqual([])
      await page.getByLabel('as of').fill(before)
      await page.getByLabel('as of').blur()
      await page.getByText(/^On .* could be promised at/).waitFor(enough)
      await page.getByRole('row', { name: /^Reserved .* 0$/ }).waitFor(enough)
      await page.getByRole('button', { name: 'Now', exact: true }).click()
      await page.getByRole('row', { name: /^Reserved .* −2$/ }).waitFor(enough)
    })
  })

  test('health says first whether all that must hold does, asks again, and on a phone more is a tap away', () =>
    at('/orders', async (page) => {
      await page.getByRole('link', { name: /health of Detour/ }).click(enough)
      await page.getByText(/Everything that must hold does: .* checks?|Nothing was checked/).waitFor(enough)
      await page.getByRole('row', { name: /^main/ }).getByText('Written here').waitFor(enough)
      const again = await page.waitForResponse(
        (response) => response.url().endsWith('/api/v1/health'),
        enough,
      )
      expect(again.status()).toBe(200)
      await page.setViewportSize(sizes.phone)
      await page.getByRole('button', { name: 'More', exact: true }).click(enough)
      await page.locator('[popover]').getByRole('link', { name: 'Webhooks' }).click(enough)
      await page.getByRole('heading', { name: 'Webhooks', level: 1 }).waitFor(enough)
      expect(await page.locator('[popover]').isVisible()).toBe(false)
    }))
}

/** Lets the market run on; a minute before its new now, as a field shows it. */
async function afterMinutes({ shop }: Site, minutes: number): Promise<string> {
  const { engine } = shop
  const goal = engine.now() + minutes * 60_000
  await engine.setClock({ isPaused: false, speed: 3_600 })
  await expect.poll(() => engine.now()).toBeGreaterThan(goal)
  await engine.setClock({ isPaused: true, speed: 120 })
  return fieldText(goal - 60_000, 'America/New_York')
}
