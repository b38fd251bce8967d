// The closed loop in a real browser: a node slows down, its incident appears with a cause, a person approves the plan,
// orders move, the node recovers, receivers are told, and the effect is shown.

import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { type Launched, launchBrowser } from './browser.ts'
import { type Market, openMarket } from './market.ts'
import { openPage } from './page.ts'

vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 })

const launched: Launched = await launchBrowser()
if (launched.browser === null) console.warn(`The browser test of the loop is skipped: ${launched.reason}`)

const enough = { timeout: 30_000 }

let market: Market
beforeAll(async () => {
  if (launched.browser !== null) market = await openMarket()
})
afterAll(async () => {
  await launched.browser?.close()
  await market?.close()
})

/** Lets hours of the market pass until something is so. */
async function within(hours: number, step: number, isSo: () => boolean): Promise<void> {
  for (let hour = 0; hour < hours && !isSo(); hour += step) await market.pass(step)
  expect(isSo()).toBe(true)
}

describe.skipIf(launched.browser === null)('a node that falls behind', () => {
  test('is noticed, its orders move once a person says so, and its recovery and the effect are told', async () => {
    if (launched.browser === null) return
    const { core } = market.engine
    const incident = () => [...core.state().incidents.values()].find(market.isOfFault)
    const plan = () =>
      [...core.state().reroutes.plans.values()].find((one) => one.incidentId === incident()?.incidentId)
    await within(12, 1, () => plan()?.status === 'proposed')

    await expect.poll(() => market.told(), enough).toContain('incident.opened')
    const { page, context, complaints } = await openPage(launched.browser, market.url, '/')
    const main = page.locator('main')
    await main
      .getByRole('link', { name: incident()?.title ?? '' })
      .first()
      .click(enough)
    await page.getByRole('heading', { level: 1, name: incident()?.title ?? '' }).waitFor(enough)
    const why = main.locator('section', { has: page.getByRole('heading', { name: 'Why' }) })
    await expect.poll(() => why.textContent(), enough).toContain(market.nodeName)
    await main.getByRole('button', { name: 'Approve' }).click(enough)
    await main.getByText('Carried out', { exact: true }).first().waitFor(enough)
    expect(plan()).toMatchObject({ status: 'done' })
    const moved = incident()?.ordersMoved ?? 0
    expect(moved).toBeGreaterThan(0)
    await within(48, 4, () => incident()?.status === 'resolved')
    await main
      .getByText(/^Resolved/)
      .first()
      .waitFor(enough)
    await expect.poll(() => market.told(), enough).toContain('incident.resolved')

    await market.pass(96)
    const effect = main.locator('section', { has: page.getByRole('heading', { name: 'Measured effect' }) })
    await effect.waitFor(enough)
    expect(await effect.textContent()).toMatch(/late orders avoided/)
    expect(complaints).toEqual([])
    await context.close()
  })
})
