// Carriers that charge more than their cards say: sourcing counts on what they charge, and work goes by another.

import { expect, test } from 'vitest'
import {
  type CoreState,
  defaultStrategy,
  emptyState,
  type Order,
  PersistentMap,
  type Shipment,
  untouchedWork,
} from '#orchestrator/core'
import { type SourcingOrder, sourceHere, Worlds } from '#orchestrator/sourcing'
import { askedFor } from '../../../orchestrator/sourcing/views/asked.ts'
import {
  carrierService,
  networkDocument,
  networkLane,
  networkNode,
  rateBand,
  rateCard,
} from './network-draft.ts'

const hourMs = 3_600_000
const now = Date.UTC(2026, 4, 6, 12)
const transit = { medianHours: 24, p90Hours: 24 }
const document = networkDocument({
  nodes: [networkNode('N', { timeZone: 'UTC', country: 'US', region: 'NY' })],
  services: [carrierService('S', { transit }), carrierService('T', { carrierId: 'D', transit })],
  lanes: [networkLane('LS'), networkLane('LT', { serviceId: 'T' })],
  rateCards: [
    rateCard('RS', { bands: [rateBand({ baseCents: 900 })] }),
    rateCard('RT', { serviceId: 'T', bands: [rateBand({ baseCents: 1_000 })] }),
  ],
})
const shipTo = { country: 'US', region: 'NY', city: null, postalCode: '10001', timeZone: 'UTC' }

/** A market in which so many parcels of carrier C were charged so much, so long ago. */
function charged(count: number, cents: number | null, hoursAgo = 5): CoreState {
  const orders = Array.from({ length: count }, (_, i) => {
    const id = `o${i}`
    const shippedAt = now - hoursAgo * hourMs - i * 60_000
    const work = {
      ...untouchedWork,
      ...{ fulfillmentOrderId: `${id}-F1`, nodeId: 'N', carrier: 'C', service: 'S' },
      ...{ status: 'shipped', lines: [], sourcedAt: 0, shippedAt },
    }
    const parcel = {
      ...{ shipmentId: `${id}-P1`, fulfillmentOrderId: `${id}-F1`, carrier: 'C', shippedAt },
      ...{ freightCostCents: cents, weightG: 800 },
    } as Shipment
    return { orderId: id, shipTo, lines: [], work: [work], shipments: [parcel] } as unknown as Order
  })
  return {
    ...emptyState('main'),
    network: { version: 1, document },
    orders: PersistentMap(orders.map((order) => [order.orderId, order])),
  }
}

const dearer = (state: CoreState, worlds = new Worlds()) => {
  const { learned } = worlds.at(state, now, defaultStrategy)
  return [learned.dearer?.('C') ?? 1, learned.dearer?.('D') ?? 1]
}

test('what was charged lately counts where many parcels cost clearly more than the card says', () => {
  const [c = 0, d] = dearer(charged(40, 2_250))
  expect(c).toBeGreaterThan(2)
  expect(c).toBeLessThanOrEqual(2.5)
  expect(d).toBe(1)
  expect(dearer(charged(40, 900_000))[0]).toBe(5)
  // Nothing went by it lately, as it is dear: what it charged last is all that is known.
  expect(dearer(charged(40, 2_250, 100))[0]).toBeGreaterThan(1.5)
  // As the card says, a little more, less, too few, too long ago, or nobody knows.
  for (const state of [
    charged(40, 900),
    charged(40, 1_000),
    charged(40, 300),
    charged(5, 2_250),
    charged(40, 2_250, 200),
    charged(40, null),
  ]) {
    expect(dearer(state)).toEqual([1, 1])
  }
})

test('work goes by another carrier as long as it is cheaper so', () => {
  const order = { orderId: 'new', shipTo, lines: [{ lineId: '1', sku: 'x', quantity: 1 }], work: [] }
  const planned = (state: CoreState, worlds = new Worlds()) => {
    const filled = { ...charged(0, null), ...state }
    const wants = [{ lineId: '1', sku: 'x', quantity: 1 }]
    const asked: SourcingOrder = askedFor(filled, { ...blank, ...order } as unknown as Order, wants, now)
    const [work] = sourceHere(asked, { worlds, state: filled, now }, { decisionId: 'd' }).work
    return [work?.carrierId, work?.terms.find(({ name }) => name === 'carriage')?.cents]
  }
  expect(planned(charged(40, 900))).toEqual(['C', 900])
  expect(planned(charged(40, 2_250))).toEqual(['D', 1_000])
  const [, cents = 0] = planned({
    ...charged(40, 2_250),
    network: { version: 2, document: { ...document, services: document.services.slice(0, 1) } },
  })
  expect(cents).toBeGreaterThan(2 * 900)
  const calm = new Worlds()
  calm.reacts = false
  expect(planned(charged(40, 2_250), calm)).toEqual(['C', 900])
})

const blank = {
  ...{ method: 'delivery', channel: null, customerRef: null, promisedAt: null, reservationId: null },
  ...{ placedAt: now, freight: null, tags: [], priority: 0 },
}
