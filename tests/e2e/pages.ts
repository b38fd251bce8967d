// Every page in the browser: it shows its data, breaks no rule of axe in both themes and sizes, and stays in its room.

import { expect, test } from 'vitest'
import { axeComplaints, openPage, setTheme, sizes, sticksOut } from './page.ts'
import { incidentId } from './shop.ts'
import type { Site } from './site.ts'

interface Sight {
  path: (site: Site) => string
  /** A heading or text that is there once the data is. */
  shows: string
}

const sights: Record<string, Sight> = {
  overview: { path: () => '/', shows: 'Needs you' },
  orders: { path: () => '/orders', shows: 'Placed' },
  order: { path: ({ orderId }) => `/orders/${orderId}`, shows: 'What happened' },
  incidents: { path: () => '/incidents', shows: 'The busiest node is falling behind' },
  incident: { path: () => `/incidents/${incidentId}`, shows: 'Found by' },
  reroutes: { path: () => '/reroutes', shows: 'Stop all reroutes' },
  'a signed link': { path: () => '/decide?answer=approve&token=x', shows: 'This link is good once' },
  alerting: { path: () => '/alerting', shows: 'Nothing is silenced' },
  fulfillment: { path: () => '/fulfillment', shows: 'Ship by' },
  inventory: { path: () => '/inventory', shows: 'Inbound' },
  position: { path: ({ position }) => `/inventory/position?${position}`, shows: 'Safety stock' },
  network: { path: () => '/network', shows: 'Cut-off' },
  strategies: { path: () => '/strategies', shows: 'Rules that choose' },
  policies: { path: () => '/policies', shows: 'No policy is in force' },
  'what if': { path: () => '/what-if', shows: 'What could we promise?' },
  models: { path: () => '/models', shows: 'Train now' },
  detection: { path: () => '/models/detection', shows: 'Rules for single series' },
  'a new model': { path: () => '/models/new', shows: 'Look at the rows first' },
  health: { path: () => '/health', shows: 'What must hold' },
  sql: { path: () => '/sql?q=SELECT+count(*)+AS+found+FROM+orders', shows: 'found' },
  webhooks: { path: () => '/webhooks', shows: 'Last attempt' },
  receiver: { path: ({ webhookId }) => `/webhooks/${webhookId}`, shows: 'Send a test' },
  sink: { path: () => '/webhooks/sink', shows: 'Sink' },
  messages: { path: () => '/webhooks/events', shows: 'Try a format' },
  'a missing page': { path: () => '/nowhere', shows: 'There is no such page' },
}

/** Adds a test for each page. */
export function pageTests(open: () => Site): void {
  test.each(Object.keys(sights))('%s shows its data and is usable by everybody', async (name) => {
    const site = open()
    const sight = sights[name] as Sight
    const { page, context, complaints } = await openPage(site.browser, site.url, sight.path(site))
    try {
      const text = page.locator('main').getByText(sight.shows, { exact: false }).first()
      await text.waitFor({ state: 'visible' })
      if (name === 'overview' || name === 'position') await page.locator('main svg.marks').waitFor()
      expect(await page.locator('h1').count()).toBe(1)
      expect(await page.title()).toContain('Detour')
      // Colours do not depend on the size, so that each theme is looked at in one.
      for (const [size, theme] of [
        ['desk', 'light'],
        ['phone', 'dark'],
      ] as const) {
        await page.setViewportSize(sizes[size])
        await setTheme(page, theme)
        expect(await axeComplaints(page), `${name}, ${size}, ${theme}`).toEqual([])
        expect(await sticksOut(page), `${name}, ${size}`).toBe(false)
      }
      expect(complaints).toEqual([])
    } finally {
      await context.close()
    }
  })
}
