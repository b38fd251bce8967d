// Flows in the browser: the default one drawn, one written as text, checked, published and paused, its run answered.

import { expect, test } from 'vitest'
import type { api } from '#data/contracts'
import { axeComplaints, setTheme, sizes, sticksOut } from './page.ts'
import type { Site } from './site.ts'
import { visiting } from './visiting.ts'

const enough = { timeout: 30_000 }

const document: api.FlowDocument = {
  ...{
    format: 1,
    flowId: 'vip',
    kind: 'order',
    title: 'Orders of friends',
    match: 'order.channel == "friends"',
  },
  tiles: [
    { type: 'start', id: 'start', next: 'ask' },
    {
      ...{ type: 'approval', id: 'ask', title: 'Somebody looks', question: 'send it?' },
      ...{ approved: 'validate', rejected: 'end' },
    },
    { type: 'cancel', id: 'end', reason: 'not_wanted', next: 'exit' },
    { type: 'validate_header', id: 'validate', next: 'source' },
    { type: 'source', id: 'source', next: 'reserve' },
    { type: 'reserve', id: 'reserve', next: 'release' },
    { type: 'release', id: 'release', next: 'exit' },
    { type: 'exit', id: 'exit' },
  ],
}

/** Adds the tests of flows. */
export function flowTests(open: () => Site): void {
  const at = visiting(open)

  test('a flow is written, checked, drawn, published, and its run waits for a person on the page', () =>
    at('/flows', async (page) => {
      await page.getByText('Every order goes the default way.', { exact: false }).waitFor(enough)
      await page.getByRole('img', { name: /The flow as a drawing/ }).waitFor(enough)
      await page.getByRole('button', { name: 'New flow' }).click()
      const text = page.getByLabel('The flow as JSON')
      const wrong = {
        ...document,
        tiles: document.tiles.map((tile) => ('next' in tile ? { ...tile, next: 'nowhere' } : tile)),
      }
      await text.fill(JSON.stringify(wrong))
      await page.getByRole('button', { name: 'Check' }).click()
      await page
        .getByText(/leads to nowhere, which is not there/)
        .first()
        .waitFor(enough)
      await text.fill(JSON.stringify(document))
      await page.getByRole('button', { name: 'Check' }).click()
      await page.getByText('Nothing is wrong with it.').waitFor(enough)
      expect(await page.getByRole('button', { name: 'Publish' }).isDisabled()).toBe(true)
      await page.getByRole('button', { name: 'Replay', exact: true }).click()
      await page.getByText(/would have gone otherwise/).waitFor(enough)
      await page.getByRole('button', { name: 'Publish' }).click()
      await page.getByRole('heading', { name: 'Orders of friends, version 1' }).waitFor(enough)
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
      const sku = new URLSearchParams(open().position).get('sku') ?? ''
      const lines = [{ sku, quantity: 1, unitPriceCents: 1_000 }]
      const order = { externalId: 'friend-1', channel: 'friends', currency: 'USD', lines }
      const headers = { 'content-type': 'application/json', origin: open().url }
      const body = JSON.stringify(order)
      const made = await fetch(`${open().url}/api/v1/orders`, { method: 'POST', headers, body })
      expect(made.status).toBe(201)
      await page.getByRole('button', { name: 'Reject' }).waitFor(enough)
      const { orderId } = (await made.json()) as { orderId: string }
      await page.getByRole('link', { name: orderId }).click(enough)
      await page.getByRole('heading', { name: 'Its way through flows' }).waitFor(enough)
      await page.getByRole('button', { name: 'Reject' }).click(enough)
      await page.getByText('Done', { exact: true }).first().waitFor(enough)
      await page.getByRole('link', { name: 'vip' }).click(enough)
      await page.getByRole('button', { name: 'Pause' }).click()
      await page.getByText('vip stands still', { exact: false }).waitFor(enough)
    }))
}
