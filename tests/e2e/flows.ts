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

/** Adds the test of runs that failed; the flows of the others are there by then. */
export function failedRunTests(open: () => Site): void {
  const at = visiting(open)

  test('the last failed run of an order goes once more, or it is said why nothing began', async () => {
    const { url, shop } = open()
    const headers = { 'content-type': 'application/json', origin: url }
    const send = async (path: string, body: object) => {
      const asked = { method: 'POST', headers, body: JSON.stringify(body) }
      const answer = await fetch(`${url}/api/v1${path}`, asked)
      expect(answer.ok).toBe(true)
      return answer
    }
    const call = { type: 'custom_http', id: 'call', url: 'https://localhost.invalid/x', timeoutSeconds: 1 }
    const tiles = [
      { type: 'start', id: 'start', next: 'wait' },
      { type: 'wait', id: 'wait', events: ['go.on'], next: 'call' },
      { ...call, next: 'validate' },
      ...document.tiles.slice(3),
    ]
    const odd = { ...document, flowId: 'odd', title: 'Odd orders', match: 'order.channel == "odd"', tiles }
    await send('/flows', { document: odd, accepted: ['no_replay'] })
    const made = await send('/orders', { ...shop.newOrder('odd-1'), channel: 'odd' })
    const { orderId } = (await made.json()) as { orderId: string }
    const flow = () => shop.engine.core.state().orders.get(orderId)?.flow
    const fails = async (run: number) => {
      await expect.poll(flow, enough).toMatchObject({ run, state: 'running' })
      await send(`/orders/${orderId}/events`, { name: 'go.on' })
      await expect.poll(flow, enough).toMatchObject({ run, state: 'failed' })
    }
    await fails(1)
    await send('/flows/reprocess', { orderIds: [orderId] })
    // What a person holds while it is under way stays held when it fails.
    await send(`/orders/${orderId}/hold`, { reason: 'the customer asked' })
    await fails(2)
    await at(`/orders/${orderId}`, async (page) => {
      const again = page.getByRole('button', { name: 'Once more' })
      await again.first().waitFor(enough)
      expect(await page.getByText('Failed', { exact: true }).count()).toBe(2)
      expect(await again.count()).toBe(1)
      await again.click()
      await page.getByText('Nothing began: it is on hold.').first().waitFor(enough)
    })
  })
}
