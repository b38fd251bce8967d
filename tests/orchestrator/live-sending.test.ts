// With whom work of a made-up market goes: as it was planned where that is asked for, else as it always went; and work
// that only changes its carrier keeps its turn.

import { expect, test } from 'vitest'
import { continueAsTold } from '#data/world'
import { emptyState, type FulfillmentOrder, type Order, untouchedWork } from '#orchestrator/core'
import type { Floor } from '../../orchestrator/live/floor.ts'
import { workTasks } from '../../orchestrator/live/node-tasks.ts'
import { Pieces } from '../../orchestrator/live/piece.ts'

const hourMs = 3_600_000
const options = { seed: 'sending', days: 3, orders: 200, nodes: 3, skus: 20, end: Date.UTC(2026, 9, 14, 15) }
const world = continueAsTold(options, [])
const pieces = new Pieces(world)
const nodeId = `fab:${world.nodes[0]}`
const packedAt = options.end

function orderOf(...works: Partial<FulfillmentOrder>[]): Order {
  const shipTo = { country: 'US', region: 'NY', city: null, postalCode: '10001', timeZone: null }
  const lines = [{ lineId: '1', sku: 'none', quantity: 1, short: 0, shipped: 0, delivered: 0 }]
  const told = { nodeId, carrier: null, lines, sourcedAt: 0, releasedAt: packedAt - 4 * hourMs }
  const work = works.map((each, i) => {
    return {
      ...untouchedWork,
      ...told,
      fulfillmentOrderId: `o1-F${i + 1}`,
      status: 'packed',
      packedAt,
      ...each,
    }
  })
  const rest = { orderId: 'o1', externalId: 'o1', method: 'delivery', freightCents: 0, promisedAt: null }
  return { ...rest, shipTo, lines: [], shipments: [], work } as unknown as Order
}

/** Carrier and service that work leaves by. */
function sentBy(work: Partial<FulfillmentOrder>, isPlanned: boolean) {
  const floor = {
    busy: world.nodes.map(() => ({ picking: 0, packing: 0 })),
    transits: new Map(),
    work: () => world.nodes.map((_, node) => (node === 0 ? [...pieces.of(orderOf(work))] : [])),
  } as unknown as Floor
  const tasks = workTasks(world, floor, emptyState('main'), packedAt + 96 * hourMs, isPlanned)
  const [ship] = tasks.flatMap((task) => (task.type === 'ShipWork' ? [task.data.shipment] : []))
  return ship === undefined ? null : `${ship.carrier} ${ship.service}`
}

test('work goes by the carrier and service that were planned', () => {
  const express = { carrier: 'Redwood Express', service: 'redwood-express-overnight' }
  expect(sentBy(express, true)).toBe('Redwood Express overnight')
  expect(sentBy({ ...express, service: 'redwood-express-two-day' }, true)).toBe('Redwood Express two_day')
  expect(sentBy({ carrier: 'Coastline', service: 'coastline-ground' }, true)).toBe('Coastline ground')
  // Where no service was planned, or one of another carrier, it is one of the carrier's own.
  expect(sentBy({ carrier: 'Redwood Express' }, true)).toMatch(/^Redwood Express /)
  expect(sentBy({ carrier: 'Coastline', service: 'redwood-express-overnight' }, true)).toBe(
    'Coastline ground',
  )
})

test('where nothing else is asked for, or nothing was planned, it goes as it always went', () => {
  const usual = sentBy({}, false)
  expect(usual).toMatch(/(ground|economy)$/)
  expect(sentBy({}, true)).toBe(usual)
  expect(sentBy({ carrier: 'Redwood Express', service: 'redwood-express-overnight' }, false)).toBe(usual)
})

test('work that only changes its carrier keeps its turn at the node, work from another node gets a new one', () => {
  const early = packedAt - 30 * hourMs
  const first = {
    status: 'cancelled' as const,
    releasedAt: early,
    acceptedAt: early + hourMs,
    packedAt: null,
  }
  const later = { status: 'open' as const, replaces: 'o1-F1', packedAt: null }
  const arrives = (before: Partial<FulfillmentOrder>) => pieces.of(orderOf(before, later))[0]?.arrivesAt ?? 0
  expect(arrives(first)).toBe(early + hourMs)
  expect(arrives({ ...first, nodeId: 'fab:elsewhere' })).toBeGreaterThanOrEqual(packedAt - 4 * hourMs)
})
