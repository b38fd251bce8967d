// A small retailer for tests of promises and what-ifs, served over HTTP at a time that the test sets: a warehouse and
// three stores, two services whose times never vary, a holiday.

import type { api } from '#data/contracts'
import { systemClock } from '#data/kernel'
import { openPlace, type Place, type Reply } from './http-place.ts'
import { bandOf, documentOf, nodeOf, serviceOf } from './sourcing/model-world.ts'

/** A Wednesday, 15:00 UTC; the Thursday after it is a holiday. */
export const wednesday = Date.UTC(2026, 10, 25, 15)

const days = [1, 2, 3, 4, 5]
const week = {
  calendarId: 'week',
  name: 'Week',
  hours: days.map((day) => ({ day, opens: '08:00', closes: '18:00' })),
  holidays: ['2026-11-26'],
  extraDays: [],
}
const reno = { latitude: 39.53, longitude: -119.81 }
const always = (hours: number) => ({ medianHours: hours, p90Hours: hours })
const warehouse = nodeOf('W', {
  ...reno,
  calendarId: 'week',
  cutOff: '16:00',
  pickups: [{ carrierId: null, days, time: '17:00' }],
  processing: always(1),
  orderCostCents: 100,
  capacity: { ordersPerDay: 10, linesPerDay: null, unitsPerDay: null, ordersPerHour: null },
})
const store = (nodeId: string, north: number) =>
  nodeOf(nodeId, {
    type: 'store',
    latitude: reno.latitude + north,
    longitude: reno.longitude,
    calendarId: 'week',
    cutOff: '17:00',
    processing: { medianHours: 1, p90Hours: 4 },
    orderCostCents: 300,
  })

/** The network: ground takes two days for 5.00, express one for 15.00. */
export const network: api.NetworkDocument = documentOf(
  [warehouse, store('near', 0.1), store('town', 0.5), store('far', 5)],
  [
    serviceOf('ground', [bandOf({ baseCents: 500 })], { transit: always(48) }),
    serviceOf('express', [bandOf({ baseCents: 1_500 })], { transit: always(24) }),
  ],
  [week],
)

/** Units by SKU and node. */
const stock: Record<string, Record<string, number>> = {
  mug: { W: 100, near: 5, town: 8, far: 9 },
  lamp: { W: 40, town: 2 },
  rare: { W: 1, far: 1 },
  'sold-out': { W: 0 },
}

/** The served retailer. */
export interface Shop extends Place {
  /** Time of the market; set it. */
  hand: { now: number }
  promise(told?: Partial<api.PromiseRequest>): Promise<Reply & { body: api.PromiseAnswer }>
  simulate(told: Partial<api.WhatIfRequest>): Promise<Reply & { body: api.WhatIfAnswer }>
}

/** Opens it. @param document of another network */
export async function openShop(document: api.NetworkDocument = network): Promise<Shop> {
  const hand = { now: wednesday }
  const place = await openPlace({ clock: { ...systemClock, now: () => hand.now } })
  const { core } = place.engine
  const at = hand.now
  const products = Object.keys(stock).map((sku) => ({
    ...{ sku, name: sku, skuClass: null, weightG: 1_000 },
    ...{ priceCents: 1_000, lengthMm: 100, widthMm: 100, heightMm: 100 },
  }))
  await core.execute('DefineProducts', { products }, { at })
  await core.execute('ChangeNetwork', { change: { put: document }, by: 'test' }, { at })
  const items = Object.entries(stock).flatMap(([sku, byNode]) =>
    Object.entries(byNode).map(([nodeId, onHand]) => ({ sku, nodeId, onHand, delta: null, reason: 'count' })),
  )
  await core.execute('AdjustStock', { items }, { at })
  await place.engine.setClock({ mode: 'wall' })
  const post = (path: string, body: unknown) => place.call('POST', `/api/v1${path}`, { body })
  return {
    ...place,
    hand,
    promise: (told = {}) =>
      post('/promise', { ...cart, ...told }) as Promise<Reply & { body: api.PromiseAnswer }>,
    simulate: (told) =>
      post('/sourcing/simulate', { overrides: {}, ...told }) as Promise<Reply & { body: api.WhatIfAnswer }>,
  }
}

/** Two mugs for somebody in Reno. */
export const cart: api.PromiseRequest = {
  lines: [{ sku: 'mug', quantity: 2 }],
  shipTo: { country: 'US' },
  latitude: 39.5,
  longitude: -119.8,
}
