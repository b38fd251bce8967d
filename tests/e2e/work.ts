// What people do in the dashboard: find, read, decide, ask, and what they see when something fails.

import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import type { api } from '#data/contracts'
import { hostileName, incidentId } from './shop.ts'
import type { Site } from './site.ts'
import { visiting } from './visiting.ts'

const enough = { timeout: 20_000 }

/** Adds the tests of reading and finding. */
export function readingTests(open: () => Site): void {
  const at = visiting(open)

  test('names that look like HTML are shown as text', () =>
    at(`/orders?q=${encodeURIComponent('<img')}`, async (page) => {
      const link = page.locator('main').getByRole('link', { name: hostileName })
      await link.click(enough)
      await page.getByRole('heading', { name: hostileName }).waitFor(enough)
      expect(await page.evaluate(() => 'harmed' in window)).toBe(false)
      expect(await page.locator('main img').count()).toBe(0)
    }))

  test('filters and search live in the address and come back with it', () =>
    at('/orders', async (page) => {
      await page.getByRole('button', { name: 'Open', exact: true }).click(enough)
      await page.getByRole('combobox', { name: 'State' }).selectOption('released')
      await page.getByRole('searchbox').fill('E2E')
      await page.waitForURL(/q=E2E/, enough)
      const { searchParams } = new URL(page.url())
      expect(Object.fromEntries(searchParams)).toEqual({ open: 'true', status: 'released', q: 'E2E' })
      await page.reload()
      expect(await page.getByRole('searchbox').inputValue()).toBe('E2E')
      expect(await page.getByRole('combobox', { name: 'State' }).inputValue()).toBe('released')
      const isOpen = page.getByRole('button', { name: 'Open', exact: true })
      expect(await isOpen.getAttribute('aria-pressed')).toBe('true')
    }))

  test('the chart can be walked by keys and read as a table', () =>
    at('/?metric=orders', async (page) => {
      const chart = page.locator('[aria-roledescription=chart]')
      await page.locator('main svg.marks').waitFor(enough)
      await chart.focus()
      await page.keyboard.press('End')
      await page.keyboard.press('ArrowLeft')
      const said = page.locator('.sr-only[aria-live=polite]')
      await expect.poll(() => said.textContent()).toMatch(/\d\d:\d\d|\d/)
      await page.keyboard.press('t')
      await page.getByRole('region', { name: /as a table/ }).waitFor(enough)
    }))
}

/** Adds the tests of what shows up by itself or fails. */
export function changingTests(open: () => Site): void {
  const at = visiting(open)

  test('an outage is told with what it means and what to do, and ends with one click', async () => {
    const { browser, url } = open()
    const context = await browser.newContext()
    const page = await context.newPage()
    await page.route('**/api/v1/orders?*', (route) => route.abort())
    await page.goto(`${url}/orders`)
    const alert = page.getByRole('alert')
    await alert.waitFor(enough)
    expect(await alert.textContent()).toMatch(/does not answer.*Your data is not affected.*detour serve/s)
    await page.unroute('**/api/v1/orders?*')
    await page.getByRole('button', { name: 'Try again' }).click()
    await page.getByRole('columnheader', { name: /Placed/ }).waitFor(enough)
    await context.close()
  })

  test('what happens elsewhere shows up by itself', () =>
    at('/orders', async (page) => {
      await page.getByRole('columnheader', { name: /Placed/ }).waitFor(enough)
      await page.getByText('Live', { exact: true }).waitFor(enough)
      const order = open().shop.newOrder('E2E-live')
      const status = await page.evaluate(post, { path: '/api/v1/orders', body: order })
      expect(status).toBe(201)
      await page.getByRole('link', { name: 'E2E-live' }).waitFor(enough)
    }))

  test('an unknown order is an error with a way back', () =>
    at('/orders/nothing-like-it', async (page) => {
      await page.getByRole('alert').waitFor(enough)
      expect(await page.getByRole('alert').textContent()).toContain('There is no order nothing-like-it')
      expect(await page.getByRole('link', { name: '← Orders' }).getAttribute('href')).toBe('/orders')
    }))
}

/** Adds the tests of deciding and asking. */
export function decidingTests(open: () => Site): void {
  const at = visiting(open)

  test('the keyboard reaches everything on the overview', () =>
    at('/', async (page) => {
      await page.locator('main svg.marks').waitFor(enough)
      await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur())
      const unreached = await unreachedByTab(page)
      expect(unreached).toEqual([])
    }))

  test('one key acknowledges an incident, Ctrl K finds an order, and ? lists the keys', () =>
    at('/', async (page) => {
      await page.locator('[data-incident]').first().waitFor(enough)
      await page.keyboard.press('j')
      await page.keyboard.press('a')
      await page.getByText(/^Acknowledged by/).waitFor(enough)
      expect(open().shop.engine.core.state().incidents.get(incidentId)?.status).toBe('acknowledged')
      await page.keyboard.press('Control+k')
      await page.getByRole('combobox', { name: /Search or jump/ }).fill('E2E-first', enough)
      await page.getByRole('option', { name: /^E2E-first/ }).click(enough)
      await page.getByRole('heading', { name: 'E2E-first' }).waitFor(enough)
      await page.keyboard.press('?')
      await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor(enough)
      await page.keyboard.press('Escape')
      await page.getByRole('dialog').waitFor({ state: 'detached', ...enough })
    }))
}

/** Adds the test of taking a reroute back. */
export function undoingTests(open: () => Site): void {
  const at = visiting(open)

  test('a reroute by hand is moved back while nobody has begun its work', async () => {
    const { shop, url } = open()
    const created = await ask(`${url}/api/v1/orders`, url, shop.newOrder('E2E-back'))
    const { orderId } = (await created.json()) as { orderId: string }
    await shop.engine.advance(orderId)
    const order = () => shop.engine.core.state().orders.get(orderId)
    await expect.poll(() => order()?.work.at(-1)?.status, enough).toMatch(/open|accepted/)
    const made = order()
    const before = made?.work.at(-1)?.nodeId
    const stock = await fetch(`${url}/api/v1/inventory?q=${made?.lines[0]?.sku}&limit=100`)
    const { items } = (await stock.json()) as { items: { nodeId: string; available: number }[] }
    const toNodeId = items.find((one) => one.nodeId !== before && one.available > 0)?.nodeId
    const moved = await ask(`${url}/api/v1/orders/${orderId}/reroute`, url, { toNodeId })
    expect(await moved.json()).toMatchObject({ status: 'done' })
    await at(`/orders/${orderId}`, async (page) => {
      await page.getByRole('button', { name: 'Move it back' }).click(enough)
      const dialog = page.getByRole('dialog', { name: /^Move E2E-back back/ })
      await dialog.getByRole('button', { name: 'Move it back' }).click(enough)
      await page.getByText(/The order is back at/).waitFor(enough)
      await page.getByRole('button', { name: 'Move it back' }).waitFor({ state: 'detached', ...enough })
    })
    expect(order()?.work.at(-1)?.nodeId).toBe(before)
  })
  test('a reroute that a limit refuses is made with a reason', async () => {
    const { shop, url } = open()
    const created = await ask(`${url}/api/v1/orders`, url, shop.newOrder('E2E-beyond'))
    const { orderId } = (await created.json()) as { orderId: string }
    await shop.engine.advance(orderId)
    const { core, now } = shop.engine
    const order = () => core.state().orders.get(orderId)
    await expect.poll(() => order()?.work.at(-1)?.status, enough).toMatch(/open|accepted/)
    const shown = await fetch(`${url}/api/v1/orders/${orderId}`)
    const { decisions } = (await shown.json()) as api.OrderDetail
    const other = decisions[0]?.candidates.find((one) => one.isFeasible && !one.isChosen)?.nodeId ?? ''
    const limit = (maxMovesPerHour: number | null) =>
      core.execute('SetPolicy', { policy: { ...core.state().policy, maxMovesPerHour } }, { at: now() })
    await limit(0)
    await at(`/orders/${orderId}`, async (page) => {
      await page.getByRole('button', { name: 'Reroute' }).click(enough)
      const dialog = page.getByRole('dialog', { name: 'Reroute E2E-beyond' })
      await dialog.getByLabel('To', { exact: true }).selectOption(other)
      await dialog.getByRole('button', { name: 'Reroute' }).click(enough)
      await dialog.getByRole('alert').waitFor(enough)
      expect(await dialog.getByRole('alert').textContent()).toContain('moved within an hour')
      const anyway = dialog.getByRole('button', { name: 'Move it anyway' })
      expect(await anyway.isDisabled()).toBe(true)
      // The field has the focus.
      await page.keyboard.type('the customer asked')
      await anyway.click()
      await page.getByText('The order was moved').waitFor(enough)
      await page.getByText('moved by hand: the customer asked', { exact: false }).first().waitFor(enough)
    })
    await limit(null)
    expect(order()?.work.at(-1)?.nodeId).toBe(other)
  })
}

/** Adds the tests of what people change and ask. */
export function actingTests(open: () => Site): void {
  const at = visiting(open)

  test('an order is cancelled only after a reason and a second yes', () =>
    at(`/orders/${open().orderId}`, async (page) => {
      await page.getByRole('button', { name: 'More actions' }).click(enough)
      await page.getByRole('menuitem', { name: 'Cancel order…' }).click(enough)
      const yes = page.getByRole('button', { name: 'Cancel the order' })
      expect(await yes.isDisabled()).toBe(true)
      await page.getByLabel('Why').fill('asked by the customer')
      await yes.click()
      await page.getByText('Reason: asked by the customer.').waitFor(enough)
      expect(open().shop.engine.core.state().orders.get(open().orderId)?.status).toBe('cancelled')
    }))

  test('SQL runs by keys, and a write is refused in words', () =>
    at('/sql', async (page) => {
      const editor = page.getByRole('textbox', { name: /SQL query/ })
      await page.locator('.cm-content').waitFor(enough)
      await editor.click()
      await page.keyboard.press('Control+a')
      await page.keyboard.type('SELECT 40 + 2 AS answer')
      await page.keyboard.press('Control+Enter')
      await page.getByRole('cell', { name: '42' }).waitFor(enough)
      expect(new URL(page.url()).searchParams.get('q')).toBe('SELECT 40 + 2 AS answer')
      await page.keyboard.press('Control+a')
      await page.keyboard.type('DELETE FROM orders')
      await page.keyboard.press('Control+Enter')
      await page.getByRole('alert').waitFor(enough)
      expect(await page.getByRole('alert').textContent()).toContain('Only a SELECT or EXPLAIN')
    }))

  test('a receiver is made, its secret shown once, and its test message verified by the sink', () =>
    at('/webhooks', async (page) => {
      await page.getByRole('button', { name: 'New receiver' }).click(enough)
      await page.getByLabel('Address').fill(`${open().url}/api/v1/sink/browser`)
      await page.getByRole('button', { name: 'Make receiver' }).click()
      await page.locator('code', { hasText: /^whsec_/ }).waitFor(enough)
      await page.getByRole('button', { name: 'Done' }).click()
      await page.getByRole('link', { name: /sink\/browser/ }).click(enough)
      await page.getByRole('button', { name: 'Send a test' }).click(enough)
      await page.getByRole('button', { name: 'webhook.test' }).first().waitFor(enough)
      await page.goto(`${open().url}/webhooks/sink`)
      const row = page.getByRole('row', { name: /webhook\.test/ })
      await row.first().waitFor(enough)
      expect(await row.first().textContent()).toContain('Holds')
      expect(await page.getByText('whsec_').count()).toBe(0)
    }))

  test('the theme is chosen once and stays', () =>
    at('/inventory', async (page) => {
      await page.getByRole('button', { name: 'Use the dark theme' }).click(enough)
      await page.reload()
      expect(await page.evaluate(() => document.documentElement.dataset.theme)).toBe('dark')
    }))
}

/** Sends JSON as a page of the server would. */
function ask(address: string, origin: string, body: unknown): Promise<Response> {
  const headers = { 'content-type': 'application/json', origin }
  return fetch(address, { method: 'POST', headers, body: JSON.stringify(body) })
}

/** Runs in the page: sends JSON to its own server. */
async function post({ path, body }: { path: string; body: unknown }): Promise<number> {
  const headers = { 'content-type': 'application/json' }
  return (await fetch(path, { method: 'POST', headers, body: JSON.stringify(body) })).status
}

/** What can be focused on the page but is not met by going from stop to stop with Tab. */
async function unreachedByTab(page: Page): Promise<string[]> {
  const count = await page.evaluate(() => {
    const wanted = 'a[href], button:not(:disabled), input, select, textarea, summary, [tabindex="0"]'
    const all = [...document.querySelectorAll<HTMLElement>(wanted)].filter(
      (element) => element.tabIndex >= 0 && element.checkVisibility({ visibilityProperty: true }),
    )
    for (const [i, element] of all.entries()) element.dataset.stop = String(i)
    return all.length
  })
  for (let i = 0; i < count + 10; i++) {
    await page.keyboard.press('Tab')
    await page.evaluate(() => document.activeElement?.removeAttribute('data-stop'))
  }
  return page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>('[data-stop]')].map((element) =>
      element.outerHTML.slice(0, 120),
    ),
  )
}
