// Plans of reroutes in the browser: what one would move is read before it is approved, and links for both answers.

import { expect, test } from 'vitest'
import type { CommandData } from '#orchestrator/core'
import { axeComplaints, setTheme, sizes, sticksOut } from './page.ts'
import type { Site } from './site.ts'
import { visiting } from './visiting.ts'

const enough = { timeout: 20_000 }

type Plan = CommandData['ProposeReroute']['plan']

/** A plan with so many moves, the first of a real order, the last to another carrier. */
function planOf({ shop, orderId }: Site, name: string, count: number): Plan {
  const { core, now } = shop.engine
  const [from = '', to = ''] = core.state().nodes.keys()
  const move = (i: number) => ({
    ...{ orderId: i === 0 ? orderId : `order-${i}`, fulfillmentOrderId: `F${i}`, fromNodeId: from },
    assignments: [{ nodeId: i === count - 1 ? from : to, carrier: 'Northline', shipBy: null, lines: [] }],
    decision: { costCents: 150, hoursSaved: 6, riskBefore: 0.97, riskAfter: 0.12 },
  })
  return {
    ...{
      planId: `plan_${name.replace(' ', '-')}`,
      kind: 'risk',
      incidentId: null,
      title: `Reno is late: ${name}`,
    },
    ...{ reason: 'every plan is approved by a person', orders: count, extraCents: 150 * count },
    ...{ hoursSaved: 6 * count, lateAvoided: 40, currency: 'USD', expiresAt: now() + 3_600_000 },
    moves: Array.from({ length: count }, (_, i) => move(i)),
  } as unknown as Plan
}

async function proposed(site: Site, name: string, count: number): Promise<void> {
  const { core, now } = site.shop.engine
  const plan = planOf(site, name, count)
  expect((await core.execute('ProposeReroute', { plan }, { at: now() })).status).toBe('done')
}

/** Adds the tests of plans. */
export function planTests(open: () => Site): void {
  const at = visiting(open)
  const propose = (name: string, count: number) => proposed(open(), name, count)

  test('the moves of a plan are read before it is approved, some at first', async () => {
    await propose('moves', 60)
    await at('/reroutes', async (page) => {
      const plan = page.getByRole('article', { name: 'Reno is late: moves' })
      await plan.getByText('Show the 60 moves').click(enough)
      await plan.getByRole('link', { name: 'E2E-first' }).waitFor(enough)
      const rows = plan.locator('tbody tr')
      expect(await rows.count()).toBe(50)
      expect(await rows.nth(1).textContent()).toMatch(/order-1.* → .*\+\$1\.50.*97.*12/s)
      await plan.getByRole('button', { name: 'Show 10 more' }).click()
      expect(await rows.count()).toBe(60)
      expect(await rows.last().textContent()).toContain('by Northline')
      for (const [viewport, theme] of [
        [sizes.desk, 'light'],
        [sizes.phone, 'dark'],
      ] as const) {
        await page.setViewportSize(viewport)
        await setTheme(page, theme)
        expect(await axeComplaints(page)).toEqual([])
        expect(await sticksOut(page)).toBe(false)
      }
      await page.setViewportSize(sizes.desk)
      await plan.getByRole('button', { name: 'Links for somebody else' }).click()
      const links = plan.locator('code')
      await links.first().waitFor(enough)
      const answers = (await links.allTextContents()).map((link) => new URL(link).searchParams.get('answer'))
      expect(answers).toEqual(['approve', 'reject'])
    })
  })

  test('a plan that is approved while reroutes are stopped says that it waits', async () => {
    await propose('halted', 2)
    const { core, now } = open().shop.engine
    const flip = (isStopped: boolean) => core.execute('HaltReroutes', { isStopped, by: 'Bob' }, { at: now() })
    await at('/reroutes', async (page) => {
      const plan = page.getByRole('article', { name: 'Reno is late: halted' })
      await plan.getByRole('button', { name: 'Approve' }).waitFor(enough)
      await flip(true)
      await plan.getByText('once approved, its orders wait until they are resumed').waitFor(enough)
      await plan.getByRole('button', { name: 'Approve' }).click()
      await page.getByText('Approved. Reroutes are stopped', { exact: false }).waitFor(enough)
      await plan.getByText('Approved, waits').waitFor(enough)
    })
    await propose('by link', 2)
    const made = await fetch(`${open().url}/api/v1/reroutes/plans/plan_by-link/links`, {
      ...{ method: 'POST', headers: { 'content-type': 'application/json', origin: open().url } },
      body: '{}',
    })
    const { approve } = (await made.json()) as { approve: string }
    const { pathname, search } = new URL(approve, open().url)
    await at(`${pathname}${search}`, async (page) => {
      await page
        .getByText('where reroutes are stopped, once they are resumed', { exact: false })
        .waitFor(enough)
      await page.getByRole('button', { name: 'Approve' }).click()
      const said = page.getByRole('main').getByRole('status')
      await said.waitFor(enough)
      expect(await said.textContent()).toContain('the orders wait until they are resumed')
    })
    await flip(false)
  })
}
