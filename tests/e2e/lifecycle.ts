// What people do with orders and work: hold, cancel some, back-order, split, step by step to the parcel, many at once.

import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { axeComplaints, sizes, sticksOut } from './page.ts'
import type { Site } from './site.ts'
import { send, visiting } from './visiting.ts'

const enough = { timeout: 20_000 }

/** Adds the tests of holds, parts and edits of an order. */
export function holdTests(open: () => Site): void {
  const at = visiting(open)
  const make = makerOf(open)

  test('a hold is put with a reason, shown with it, and lifted', async () => {
    const orderId = await make('E2E-hold', 2)
    await at(`/orders/${orderId}`, async (page) => {
      await page.getByRole('button', { name: 'Hold', exact: true }).click(enough)
      const dialog = page.getByRole('dialog', { name: 'Hold E2E-hold' })
      const yes = dialog.getByRole('button', { name: 'Hold', exact: true })
      expect(await yes.isDisabled()).toBe(true)
      await dialog.getByLabel('Why').fill('the address is being checked')
      expect(await axeComplaints(page)).toEqual([])
      await yes.click()
      const holds = page.getByRole('list', { name: 'Holds' })
      await holds.getByText('On hold: the address is being checked.').waitFor(enough)
      await page.getByRole('button', { name: 'Lift hold' }).click()
      await page.getByRole('dialog').getByRole('button', { name: 'Lift hold' }).click(enough)
      await holds.waitFor({ state: 'detached', ...enough })
      const happened = page.getByRole('region', { name: 'What happened' })
      expect(await happened.textContent()).toContain('the address is being checked')
    })
    expect(stateOf(open(), orderId)?.hold).toBeNull()
  })

  test('five units end in three parts: two shipped, two back-ordered, one cancelled', async () => {
    await send(open(), '/products', { products: [{ sku: 'E2E-scarce', name: 'Scarce lamp' }] })
    await setStock(open(), 'E2E-scarce', 5)
    const orderId = await make('E2E-parts', 5, 'E2E-scarce')
    await at(`/orders/${orderId}`, async (page) => {
      await choose(page, 'Cancel units…')
      await units(page, '1', 'asked by the customer', 'Cancel these units')
      await chip(page, '1 cancelled')
      await choose(page, 'Back-order…')
      await units(page, '2', 'the delivery is late', 'Back-order')
      await chip(page, '2 backordered')
      // What is left on the shelf is what the order still holds, so that nothing can come for the others.
      await setStock(open(), 'E2E-scarce', 2)
      for (const step of ['Start picking', 'Picked', 'Pack']) await next(page, step)
      await next(page, 'Ship…')
      const dialog = page.getByRole('dialog', { name: /^Ship from/ })
      await dialog.getByLabel('Tracking number').fill('1Z-E2E')
      await dialog.getByRole('button', { name: 'Ship' }).click()
      await page
        .getByRole('list', { name: /^Parcels from/ })
        .getByText('1Z-E2E')
        .waitFor(enough)
      for (const words of ['2 shipped', '2 backordered', '1 cancelled']) await chip(page, words)
      await page.setViewportSize(sizes.phone)
      expect(await axeComplaints(page)).toEqual([])
      expect(await sticksOut(page)).toBe(false)
    })
  })
}

/** Adds the tests of changes that are refused or made. */
export function changeTests(open: () => Site): void {
  const at = visiting(open)
  const make = makerOf(open)

  test('what the core refuses is said in words, and the dialog keeps what was entered', async () => {
    const orderId = await make('E2E-refused', 2)
    await at(`/orders/${orderId}`, async (page) => {
      await choose(page, 'Split…')
      const dialog = page.getByRole('dialog', { name: 'Split E2E-refused' })
      await dialog.getByRole('spinbutton').fill('2')
      await dialog.getByRole('button', { name: 'Split' }).click()
      const alert = dialog.getByRole('alert')
      await alert.getByText(/Nothing would stay in this order/i).waitFor(enough)
      expect(await alert.textContent()).toContain('Nothing was changed.')
      await dialog.getByRole('spinbutton').fill('1')
      await dialog.getByRole('button', { name: 'Split' }).click()
      await dialog.waitFor({ state: 'detached', ...enough })
    })
    const orders = [...open().shop.engine.core.state().orders.values()]
    expect(orders.find(({ externalId }) => externalId === 'E2E-refused-2')?.parentOrderId).toBe(orderId)
  })

  test('address and date are edited in place, and only what changed is sent', async () => {
    const orderId = await make('E2E-edit', 1)
    await at(`/orders/${orderId}`, async (page) => {
      await choose(page, 'Edit…')
      const dialog = page.getByRole('dialog', { name: 'Edit E2E-edit' })
      await dialog.getByLabel('City').fill('Oakland')
      await dialog.getByLabel('Promised for').fill('2026-12-01T18:00')
      const sent = page.waitForRequest((request) => request.method() === 'PATCH')
      await dialog.getByRole('button', { name: 'Save' }).click()
      const { method, quantities, shipTo } = (await sent).postDataJSON()
      expect({ method, quantities, city: shipTo.city }).toEqual({
        method: undefined,
        quantities: undefined,
        city: 'Oakland',
      })
      await page.getByText('Oakland', { exact: false }).first().waitFor(enough)
    })
    const order = stateOf(open(), orderId)
    expect(order?.shipTo).toMatchObject({ city: 'Oakland', region: 'CA', country: 'US' })
    expect(order?.promisedAt).toBe(Date.parse('2026-12-01T23:00:00Z'))
  })
}

/** Adds the tests of many orders and of the queue of nodes. */
export function queueTests(open: () => Site): void {
  const at = visiting(open)
  const make = makerOf(open)

  test('several orders are held at once, by keys, and those that cannot be are named with the reason', async () => {
    await make('E2E-many-1', 1)
    const gone = await make('E2E-many-2', 1)
    await send(open(), `/orders/${gone}/cancel`, { reason: 'asked' })
    await at('/orders?q=E2E-many', async (page) => {
      await page.getByRole('link', { name: 'E2E-many-2' }).waitFor(enough)
      for (const key of ['j', 'x', 'j', 'x']) await page.keyboard.press(key)
      const bar = page.getByRole('toolbar', { name: 'orders chosen' })
      await bar.getByText('2 orders chosen').waitFor(enough)
      expect(await axeComplaints(page)).toEqual([])
      await bar.getByRole('button', { name: 'Hold' }).click()
      const dialog = page.getByRole('dialog', { name: 'Hold 2 orders' })
      await dialog.getByLabel('Why').fill('the addresses are being checked')
      await dialog.getByRole('button', { name: 'Hold 2 orders' }).click()
      const told = page.getByRole('dialog', { name: '1 of 2 orders was put on hold' })
      await told.getByRole('link', { name: 'E2E-many-2' }).waitFor(enough)
      expect(await told.textContent()).toContain('Its state does not allow it any more.')
    })
  })

  test('the queue of nodes is worked through by keys', async () => {
    await make('E2E-queue', 1)
    await at('/fulfillment?q=E2E-queue', async (page) => {
      const row = page.getByRole('row', { name: /E2E-queue/ })
      await row.waitFor(enough)
      await page.keyboard.press('j')
      await page.keyboard.press('n')
      await page
        .getByText(/^(Accepted|Picking has begun) at/)
        .first()
        .waitFor(enough)
      await row
        .getByRole('button', { name: 'Picked' })
        .or(row.getByRole('button', { name: 'Start picking' }))
        .waitFor(enough)
      await page.keyboard.press('Enter')
      await page.getByRole('heading', { name: 'E2E-queue' }).waitFor(enough)
    })
  })
}

/** Creates an order and waits until its flow came to its end. */
function makerOf(open: () => Site) {
  return async (externalId: string, quantity: number, sku?: string): Promise<string> => {
    const { url, shop } = open()
    const headers = { 'content-type': 'application/json', origin: url }
    const body = JSON.stringify(shop.newOrder(externalId, quantity, sku))
    const answer = await fetch(`${url}/api/v1/orders`, { method: 'POST', headers, body })
    const { orderId } = (await answer.json()) as { orderId: string }
    await shop.engine.advance(orderId)
    return orderId
  }
}

/** Sets what a shelf holds. */
function setStock(site: Site, sku: string, onHand: number): Promise<void> {
  const items = [{ sku, nodeId: site.shop.stocked.nodeId, onHand }]
  return send(site, '/inventory/adjustments', { items })
}

function stateOf({ shop }: Site, orderId: string) {
  return shop.engine.core.state().orders.get(orderId)
}

/** Opens a rare action of the order. */
async function choose(page: Page, title: string): Promise<void> {
  await page.getByRole('button', { name: 'More actions' }).click(enough)
  await page.getByRole('menuitem', { name: title }).click(enough)
}

/** Answers a dialog that asks for units of the only line. */
async function units(page: Page, quantity: string, reason: string, confirm: string): Promise<void> {
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('spinbutton').fill(quantity, enough)
  await dialog.getByLabel(/^Why/).fill(reason)
  await dialog.getByRole('button', { name: confirm }).click()
  await dialog.waitFor({ state: 'detached', ...enough })
}

async function chip(page: Page, words: string): Promise<void> {
  const lines = page.getByRole('region', { name: 'Lines' })
  await lines.getByText(words, { exact: true }).waitFor(enough)
}

/** Does the next step of the first work that has it. */
async function next(page: Page, title: string): Promise<void> {
  await page.getByRole('button', { name: title, exact: true }).first().click(enough)
}
