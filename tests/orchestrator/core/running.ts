// A running core on a real log in a temporary folder, for tests of what acts on it.

import { onTestFinished } from 'vitest'
import { type EventLog, openSqliteLog } from '#data/log'
import { type Core, openCore } from '#orchestrator/core'
import { effects, newLogPath } from '../../data/log/folder.ts'
import { node, start } from './setting.ts'

export interface Running {
  core: Core
  log: EventLog
  path: string
}

/** A core on the log at `path`, or on a new one, with three nodes and ten of each SKU where it is new. */
export async function runCore(path?: string, onHand = 10): Promise<Running> {
  const file = path ?? newLogPath()
  const log = await openSqliteLog(file, effects)
  const core = await openCore(log, 'main', effects)
  onTestFinished(async () => {
    await core.close()
    await log.close()
  })
  if (path !== undefined) return { core, log, path: file }
  await core.execute('DefineNodes', { nodes: ['A', 'B', 'C'].map((id) => node(id)) }, { at: start })
  const items = ['A', 'B', 'C'].flatMap((id) =>
    ['x', 'y'].map((sku) => ({
      sku,
      nodeId: `fab:${id}`,
      onHand,
      safetyStock: 0,
      inbound: 0,
      countedAt: start,
    })),
  )
  await core.execute('CountStock', { items }, { at: start })
  return { core, log, path: file }
}

/** An order of one line, created in the core. */
export async function createOrder(core: Core, id: string, sku: string, quantity: number, region = 'CA') {
  const order = {
    orderId: id,
    market: 'main',
    provider: 'fab',
    externalId: id,
    channel: 'web',
    method: 'delivery' as const,
    currency: 'USD',
    customerRef: null,
    shipTo: { country: 'US', region, city: null, postalCode: null, timeZone: null },
    placedAt: start,
    approvedAt: null,
    promisedAt: start + 5 * 86_400_000,
    totalCents: null,
    freightCents: null,
    taxCents: null,
    discountCents: null,
    flags: [],
  }
  const money = { unitPriceCents: 2000, discountCents: 0, taxCents: 0, freightCents: 0 }
  const lines = [{ lineId: '1', sku, quantity, cancelled: 0, shipped: 0, ...money }]
  return core.execute('CreateOrder', { order, lines }, { at: start })
}
