// What people ask of stock and of Detour itself: what can be promised, what holds it, how it was, does all hold.

import { expect, test } from 'vitest'
import { axeComplaints } from './page.ts'
import type { Site } from './site.ts'
import { visiting } from './visiting.ts'

const enough = { timeout: 20_000 }

/** Adds the tests of stock and health. */
export function stockTests(open: () => Site): void {
  const at = visiting(open)

  test('a position shows what holds its units, by day as chart and table, and how it was before', async () => {
    const { url, shop, position } = open()
    const lines = [{ ...shop.stocked, quantity: 2 }]
    const headers = { 'content-type': 'application/json', origin: url }
    const body = JSON.stringify({ lines, reference: 'cart E2E', ttlSeconds: 3600 })
    const reserved = await fetch(`${url}/api/v1/inventory/reservations`, { method: 'POST', headers, body })
    expect(reserved.status).toBe(200)
    const supply = {
      scheduleId: 'E2E-supply',
      kind: 'supply',
      ...shop.stocked,
      quantity: 40,
      dueAt: new Date(shop.engine.now() + 5 * 86_400_000).toISOString(),
    }
    const entries = JSON.stringify({ entries: [supply] })
    await fetch(`${url}/api/v1/inventory/schedule`, { method: 'POST', headers, body: entries })
    await at(`/inventory/position?${position}`, async (page) => {
      await page.getByRole('cell', { name: 'cart E2E' }).waitFor(enough)
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
      await page.getByLabel('as of').fill('2026-11-18T12:00')
      await page.getByLabel('as of').blur()
      await page.getByText(/^On Wed 18 Nov.* could be promised at/).waitFor(enough)
      expect(new URL(page.url()).searchParams.get('asOf')).toBe('2026-11-18T17:00:00.000Z')
    })
  })
}
