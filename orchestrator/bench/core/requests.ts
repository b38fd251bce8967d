// The requests of the measurements, by name: the same request for the same number. Subject and baseline are asked
// alike.

import { requestText } from './connection.ts'
import { market, skuOf } from './orders.ts'

/** Makes the request with this number. */
export type RequestMaker = (number: number, token: string) => string

const inventory = '/api/v1/inventory'

/** A hold of one unit of one SKU at one node, under an id of its own. */
const reserve = (skuNumber: (number: number) => number): RequestMaker => {
  return (number, token) => {
    const lines = [{ sku: `SKU-${skuNumber(number)}`, nodeId: 'bench:N0', quantity: 1 }]
    const body = JSON.stringify({ reservationId: `cart-${number}`, lines, ttlSeconds: 600 })
    return requestText('POST', `${inventory}/reservations`, token, body)
  }
}

/** SKUs of which the first node has stock beside those of the orders, called `SKU-0` and so on. */
export const manySkus = 10_000

/** Spreads numbers, neighbours far apart. */
const spread = (number: number) => number * 7_919

const readOne: RequestMaker = (number, token) => {
  const path = `${inventory}/availability?sku=${skuOf(spread(number))}&node=bench:N${number % market.nodes}`
  return requestText('GET', path, token, null)
}

const readMany: RequestMaker = (number, token) => {
  const skus = Array.from({ length: 10 }, (_, i) => skuOf(spread(number) + i))
  const nodeIds = Array.from({ length: 5 }, (_, i) => `bench:N${i}`)
  return requestText('POST', `${inventory}/availability`, token, JSON.stringify({ skus, nodeIds }))
}

/** Makers of requests by name. */
export const requestMakers: Record<string, RequestMaker> = {
  'reserve one SKU': reserve(() => 0),
  'reserve 10,000 SKUs': reserve((number) => spread(number) % manySkus),
  'availability of 1 SKU at 1 node': readOne,
  'availability of 10 SKUs at 5 nodes': readMany,
}
