// Where orders are sourced, and how: the network edited on its map and in its table, strategies published, decisions
// read, what-ifs asked.

import { expect, test } from 'vitest'
import { axeComplaints, setTheme, sizes, sticksOut } from './page.ts'
import type { Site } from './site.ts'
import { visiting } from './visiting.ts'

const enough = { timeout: 20_000 }

/** Adds the tests of the network. */
export function networkTests(open: () => Site): void {
  const at = visiting(open)
  const network = networkOf(open)

  test('a node is opened from the map, gets another cut-off, and the table shows it', () =>
    at('/network', async (page) => {
      const map = page.getByRole('group', { name: /^Map of \d+ nodes/ })
      await map.locator('svg.marks').waitFor(enough)
      await map.focus()
      await page.keyboard.press('End')
      await page.keyboard.press('Enter')
      const dialog = page.getByRole('dialog')
      await dialog.getByLabel('Cut-off', { exact: true }).fill('17:45', enough)
      for (const [viewport, theme] of [
        [sizes.desk, 'light'],
        [sizes.phone, 'dark'],
      ] as const) {
        await page.setViewportSize(viewport)
        await setTheme(page, theme)
        expect(await axeComplaints(page)).toEqual([])
      }
      await page.setViewportSize(sizes.desk)
      await dialog.getByRole('button', { name: 'Save', exact: true }).click()
      await page.getByRole('cell', { name: '17:45' }).waitFor(enough)
      const [node] = network().document.nodes
      expect(node?.cutOff).toBe('17:45')
      // What files say of it is not copied into the network.
      expect(node?.city).toBeNull()
    }))

  test('who saves what somebody else has changed is told so, and loses nothing', async () => {
    const calendar = { calendarId: 'e2e', name: 'Weekdays', hours: [], holidays: [], extraDays: [] }
    await change(open(), { put: { calendars: [calendar] } })
    await at('/network?list=calendars', async (page) => {
      await page.getByRole('button', { name: 'Weekdays', exact: true }).click(enough)
      const dialog = page.getByRole('dialog')
      await dialog.getByLabel('Holidays').fill('2026-12-25\nsoon')
      await dialog.getByText('“soon” is no day').first().waitFor(enough)
      expect(await dialog.getByRole('button', { name: 'Save', exact: true }).isDisabled()).toBe(true)
      await dialog.getByLabel('Holidays').fill('2026-12-25')
      await dialog.getByRole('button', { name: 'Add hours on Sat' }).click()
      await change(open(), { put: { calendars: [{ ...calendar, name: 'Working days' }] } })
      await dialog.getByRole('button', { name: 'Save', exact: true }).click()
      await dialog.getByText('changed by somebody else meanwhile').waitFor(enough)
      await dialog.getByRole('button', { name: 'Take the newest version' }).click()
      await dialog.getByText('Somebody else changed Name').waitFor(enough)
      await dialog.getByRole('button', { name: 'Save', exact: true }).click()
      await page.getByRole('cell', { name: 'Sat 08:00–18:00' }).waitFor(enough)
      const saved = network().document.calendars.find(({ calendarId }) => calendarId === 'e2e')
      expect(saved).toMatchObject({ holidays: ['2026-12-25'], hours: [{ day: 6 }] })
    })
  })
}

/** Adds the tests of files and strategies. */
export function strategyTests(open: () => Site): void {
  const at = visiting(open)
  const network = networkOf(open)

  test('files show what would be different before they are imported', () =>
    at('/network', async (page) => {
      await page.getByRole('button', { name: 'More about the network' }).click(enough)
      await page.getByRole('menuitem', { name: 'Import…' }).click(enough)
      const files = {
        name: 'groups.csv',
        mimeType: 'text/csv',
        buffer: Buffer.from('group_id,name\nwest,West\n'),
      }
      await page.getByLabel('Files').setInputFiles(files)
      await page.getByText('Groups: 1 added').waitFor(enough)
      expect(network().document.groups).toEqual([])
      await page.getByRole('button', { name: 'Import', exact: true }).click()
      await page.getByText(/^The network was imported/).waitFor(enough)
      expect(network().document.groups).toEqual([{ groupId: 'west', name: 'West' }])
    }))

  test('a strategy is checked and published as its next version, and a wrong rule is not saved', () =>
    at('/strategies', async (page) => {
      await page.getByRole('button', { name: 'New version' }).click(enough)
      await page.getByLabel('CO₂', { exact: true }).fill('0.5')
      await page.getByRole('button', { name: 'Check', exact: true }).click()
      await page.getByText('Nothing contradicts itself.').waitFor(enough)
      expect(await axeComplaints(page)).toEqual([])
      await page.getByRole('button', { name: 'Publish version 2' }).click()
      await page
        .getByRole('heading', { name: /version 2$/ })
        .first()
        .waitFor(enough)
      await page.getByRole('row', { name: 'Weight of CO₂ 0 0.5' }).waitFor(enough)
      await page.getByRole('button', { name: 'Add a rule' }).click()
      await page.getByLabel('Condition 1').fill('order.nothing == 1')
      await page.getByText(/^At character \d+/).waitFor(enough)
      expect(await page.getByRole('button', { name: 'Save rules' }).isDisabled()).toBe(true)
      await page.getByLabel('Condition 1').fill('order.channel == "web"')
      await page.getByText(/^At character \d+/).waitFor({ state: 'detached', ...enough })
      await page.getByRole('button', { name: 'Save rules' }).click()
      await page.getByText('The rules that choose were changed').waitFor(enough)
      expect(open().shop.engine.core.state().strategies.rules).toHaveLength(1)
    }))
}

/** Adds the tests of decisions and of what would be decided. */
export function decisionTests(open: () => Site): void {
  const at = visiting(open)

  test('an order shows where it goes, why, and every node that was weighed, as a table and on a map', () =>
    at(`/orders/${open().orderId}`, async (page) => {
      await page
        .getByRole('heading', { name: /^It goes from / })
        .first()
        .waitFor(enough)
      const map = page.getByRole('group', { name: /^Map of \d+ nodes?\. Chosen: / })
      await map.locator('svg.marks').waitFor(enough)
      await page.getByRole('rowheader', { name: /, chosen/ }).waitFor(enough)
      await page.getByRole('radio', { name: 'Constraints' }).click()
      await page.getByRole('cell', { name: /^met/ }).first().waitFor(enough)
      await map.focus()
      await page.keyboard.press('Home')
      await expect
        .poll(() => page.locator('.sr-only[aria-live=polite]').textContent())
        .toMatch(/: (chosen|runner-up|could)|Where the order goes/)
      await page.setViewportSize(sizes.phone)
      expect(await sticksOut(page)).toBe(false)
    }))

  test('a what-if compares orders with a node closed, and a promise is asked for', () =>
    at('/what-if', async (page) => {
      const { sku, nodeId } = open().shop.stocked
      const name = open().shop.engine.core.state().nodes.get(nodeId)?.name ?? nodeId
      await page.getByRole('checkbox', { name }).check(enough)
      await page.getByLabel('Orders', { exact: true }).selectOption('open')
      await page.getByLabel('Seconds to solve, at most').fill('5')
      await page.getByRole('button', { name: 'Compare' }).click()
      await page
        .getByText(/^Closing .* (changes|No order)/)
        .first()
        .waitFor({ timeout: 60_000 })
      await page.getByRole('row', { name: /^Units that find a node/ }).waitFor(enough)
      await page.getByLabel('SKU', { exact: true }).fill(sku)
      await page.getByLabel('Postal code').fill('93701')
      await page.getByRole('button', { name: 'Ask', exact: true }).click()
      await page.getByText(/^(It can be|Nothing can be) promised/).waitFor(enough)
      expect(await axeComplaints(page)).toEqual([])
    }))
}

function networkOf(open: () => Site) {
  return () => open().shop.engine.core.state().network
}

/** Changes the network as a colleague would. */
async function change({ url }: Site, body: unknown): Promise<void> {
  const headers = { 'content-type': 'application/json', origin: url }
  const answer = await fetch(`${url}/api/v1/network`, {
    method: 'PATCH',
    headers,
    body: JSON.stringify(body),
  })
  expect(answer.status, await answer.text()).toBe(200)
}
