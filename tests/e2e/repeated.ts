// Pages whose data says something twice: they show both, and none of them goes away.

import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import type { api } from '#data/contracts'
import { incidentId } from './shop.ts'
import type { Site } from './site.ts'
import { visiting } from './visiting.ts'

const enough = { timeout: 20_000 }
const query = 'SELECT 1 AS a, 2 AS a, 3 AS "a:1"'

/** Adds the tests of what receivers and incidents say twice. */
export function toldTwiceTests(open: () => Site): void {
  const at = visiting(open)

  test('two equal conditions of a receiver are both shown', () =>
    at('/', async (page) => {
      const rule: api.LabelRule = { label: 'severity', is: 'one_of', values: ['high'] }
      await saying<api.Webhook[]>(page, 'webhooks', (hooks) =>
        hooks.map((hook) => ({ ...hook, labels: [rule, rule] })),
      )
      await page.goto(`${open().url}/webhooks`)
      await page.getByText('severity is high').first().waitFor(enough)
      expect(await page.getByText('severity is high').count()).toBe(2)
    }))

  test('an incident that was told twice by one rule says so twice', () =>
    at('/', async (page) => {
      const time = '2026-11-20T12:00:00.000Z'
      const told = { route: 'grave', receivers: [open().webhookId], firstAt: time, lastAt: time }
      await saying<api.IncidentDetail>(page, `incidents/${incidentId}`, (incident) => ({
        ...incident,
        telling: { ...incident.telling, told: [told, told] },
      }))
      await page.goto(`${open().url}/incidents/${incidentId}`)
      await page.getByText('by the rule grave').first().waitFor(enough)
      expect(await page.getByText('by the rule grave').count()).toBe(2)
    }))

  test('an owner who is called nobody is one of the choices, not two', () =>
    at('/', async (page) => {
      await saying<api.Page<api.Incident>>(page, 'incidents?*', (found) => ({
        ...found,
        items: found.items.map((incident) => ({ ...incident, owner: 'nobody' })),
      }))
      await page.goto(`${open().url}/incidents`)
      await page.getByText('Owner nobody').waitFor(enough)
      const choices = page.getByRole('combobox', { name: 'Owner' }).getByRole('option')
      expect(await choices.allTextContents()).toEqual(['Any owner', 'Nobody'])
    }))
}

/** Adds the tests of names that lists and tables repeat. */
export function namedTwiceTests(open: () => Site): void {
  const at = visiting(open)

  test('source lists of one name, and groups that one of them names twice, are shown', () =>
    at('/', async (page) => {
      const list = { name: 'Near', priority: 0, groupIds: ['gone', 'gone'], nodeIds: [], nodeTypes: [] }
      await saying<api.StrategiesAnswer>(page, 'strategies', (answer) => ({
        ...answer,
        strategies: answer.strategies.map((one) => ({
          ...one,
          sourceLists: [
            { ...list, priceCents: 0 },
            { ...list, priceCents: 0 },
          ],
        })),
      }))
      await page.goto(`${open().url}/strategies`)
      await page.getByText('Near', { exact: true }).first().waitFor(enough)
      expect(await page.getByText('Near', { exact: true }).count()).toBe(2)
      await page.getByRole('button', { name: 'New version' }).click()
      await page.getByLabel('gone (unknown)').first().waitFor(enough)
      expect(await page.getByLabel('gone (unknown)').count()).toBe(2)
    }))

  test('stock of which SKU and node together spell the same is two rows', () =>
    at('/', async (page) => {
      await saying<api.Page<api.StockPosition>>(page, 'inventory?*', (found) => ({
        ...found,
        items: found.items.slice(0, 2).map((position, i) => ({
          ...position,
          ...(i === 0 ? { sku: 'AB', nodeId: 'C' } : { sku: 'A', nodeId: 'BC' }),
        })),
      }))
      await page.goto(`${open().url}/inventory`)
      await page
        .getByRole('button', { name: /^Adjust/ })
        .first()
        .waitFor(enough)
      expect(await page.getByRole('button', { name: /^Adjust/ }).count()).toBe(2)
    }))

  test('columns of one name are all shown', () =>
    at(`/sql?${new URLSearchParams({ q: query })}`, async (page) => {
      await page.getByRole('columnheader', { name: 'a', exact: true }).waitFor(enough)
      expect(await page.getByRole('columnheader').count()).toBe(3)
    }))
}

/** Answers a question of the page with what is made of the answer of the server. */
async function saying<T>(page: Page, path: string, change: (answer: T) => T): Promise<void> {
  await page.route(`**/api/v1/${path}`, async (route) => {
    const response = await route.fetch()
    await route.fulfill({ response, json: change((await response.json()) as T) })
  })
}
