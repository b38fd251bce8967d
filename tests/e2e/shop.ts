// A served shop for the browser: a small made-up history, time that stands still, an order with a hostile name.

import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { api } from '#data/contracts'
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
  /** An order that can be sourced. */
  newOrder(change?: Partial<api.NewOrder>): api.NewOrder
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
  await openIncident(serving)
  await serving.engine.cycle()
  let made = 0
  return {
    ...serving,
    newOrder: (change = {}) => ({
      externalId: `E2E-${++made}`,
      currency: 'USD',
      channel: 'web',
      shipTo: { country: 'US', region: 'CA', city: 'Fresno' },
      lines: [{ sku: firstSku(serving), quantity: 1, unitPriceCents: 1995 }],
      ...change,
    }),
    close: async () => {
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

/** A product that some node has. */
function firstSku({ engine }: Pick<Serving, 'engine'>): string {
  for (const order of engine.core.state().orders.values()) {
    const sku = order.lines[0]?.sku
    if (sku !== undefined) return sku
  }
  return 'none'
}
