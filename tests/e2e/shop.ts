// A served shop for the browser: a small made-up history, time that stands still, an order with a hostile name.

import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { api } from '#data/contracts'
import { availableOf } from '#orchestrator/core'
import { isEmptyHome, loadDemo } from '#orchestrator/demo'
import { type PageHandler, type Serving, serve } from '#orchestrator/http'
import { runCycle } from '#pipeline'
import { ensureDashboard } from '../../orchestrator/cli/dashboard.ts'
import { effectsWith, newFolder } from '../orchestrator/places.ts'

/** A name that would run if it were taken for HTML. */
export const hostileName = '<img src=x onerror="window.harmed=1">'

/** The incident that is open when the shop opens. */
export const incidentId = 'inc_test'

/** A served shop. */
export interface Shop extends Pick<Serving, 'url' | 'engine' | 'webhooks'> {
  /** An order that nothing has been done with but its flow. */
  orderId: string
  /** A position with much to promise. */
  stocked: { sku: string; nodeId: string }
  /** An order that can be sourced. */
  newOrder(externalId: string, quantity?: number, sku?: string): api.NewOrder
  close(): Promise<void>
}

/** Serves a shop with its built dashboard. */
export async function openShop(world: { days: number; orders: number }): Promise<Shop> {
  const folder = await newFolder()
  const effects = effectsWith({ cycleCron: '0 0 1 1 *' })
  process.env.PROTOCOL_HEADER = 'x-forwarded-proto'
  const built = (await import(pathToFileURL(await ensureDashboard()).href)) as { handler: PageHandler }
  const options = { home: join(folder.path, 'home'), port: 0, host: '127.0.0.1' }
  const serving = await serve(options, effects, {
    pages: built.handler,
    prepare: async (workspace) => {
      if (!(await isEmptyHome(workspace))) return
      await loadDemo(workspace, { ...world, seed: 'browser' }, () => {})
      await runCycle(workspace.warehouse, effects)
    },
    attend: async ({ engine, webhooks, url }) => {
      const clock = { mode: 'simulated' as const, speed: 120, isPaused: true }
      const set = { at: engine.now(), commandId: 'test/clock' }
      await engine.core.execute('SetClock', { clock, isDemo: true }, set)
      await webhooks.ensureDemoReceiver(`${url}/api/v1/sink/demo`)
      return () => undefined
    },
  })
  await serving.engine.cycle()
  const stocked = mostOf(serving)
  const newOrder = orderMaker(stocked.sku)
  const orderIds = [
    await create(serving, newOrder('E2E-first')),
    await create(serving, newOrder(hostileName)),
  ]
  await serving.engine.cycle()
  // From here on no cycle runs: its detectors would find the incident below to be over.
  let letCyclesRun = () => {}
  const held = new Promise<void>((release) => {
    letCyclesRun = release
  })
  const stillness = serving.engine.exclusively(() => held)
  await openIncident(serving)
  return {
    ...serving,
    orderId: orderIds[0] ?? '',
    stocked,
    newOrder,
    close: async () => {
      letCyclesRun()
      await stillness
      await serving.close()
      await folder.remove()
    },
  }
}

/** An incident on the node with most open work, under a key that no detector resolves. */
async function openIncident({ engine }: Pick<Serving, 'engine'>): Promise<void> {
  const work = [...engine.core.state().orders.values()].flatMap((order) => order.work)
  const counts = new Map<string, number>()
  for (const { nodeId } of work) counts.set(nodeId, (counts.get(nodeId) ?? 0) + 1)
  const [nodeId] = [...counts].sort((a, b) => b[1] - a[1])[0] ?? ['none']
  const at = engine.now()
  const finding = {
    key: 'test/node',
    metric: 'backlog',
    dimension: 'node',
    dimensionValue: nodeId,
    severity: 0.9,
    title: 'The busiest node is falling behind',
    beganAt: at - 2 * 3_600_000,
    value: 340,
    expected: 140,
    expectedLow: 120,
    expectedHigh: 160,
    pValue: 0.0004,
    model: 'test',
    causes: [{ dimension: 'node', value: nodeId, share: 0.78 }],
  }
  const impact = { ordersAtRisk: 4, centsAtRisk: 91_200, currency: 'USD' }
  await engine.core.execute('OpenIncident', { incidentId, finding, impact }, { at })
}

function orderMaker(usual: string): Shop['newOrder'] {
  return (externalId, quantity = 1, sku = usual) => ({
    externalId,
    currency: 'USD',
    channel: 'web',
    shipTo: { country: 'US', region: 'CA', city: 'Fresno' },
    lines: [{ sku, quantity, unitPriceCents: 1995 }],
  })
}

/** Creates an order as a page of the server would, and waits until its flow came to its end. */
async function create(
  { url, engine }: Pick<Serving, 'url' | 'engine'>,
  order: api.NewOrder,
): Promise<string> {
  const headers = { 'content-type': 'application/json', origin: url }
  const answer = await fetch(`${url}/api/v1/orders`, { method: 'POST', headers, body: JSON.stringify(order) })
  if (answer.status !== 201) throw new Error(await answer.text())
  const { orderId } = (await answer.json()) as { orderId: string }
  await engine.advance(orderId)
  return orderId
}

/** The position with most to promise. */
function mostOf({ engine }: Pick<Serving, 'engine'>): Shop['stocked'] {
  const [most] = [...engine.core.state().stock.values()].sort((a, b) => availableOf(b) - availableOf(a))
  return { sku: most?.sku ?? 'none', nodeId: most?.nodeId ?? 'none' }
}
