// The requests of the measurements, by name: the same request for the same number. Subject and baseline are asked
// alike.

import { requestText } from './connection.ts'
import { market, skuOf } from './orders.ts'

/** Makes the request with this number. */
export type RequestMaker = (number: number, token: string) => string

const reserve = (skuNumber: (number: number) => number): RequestMaker => {
  return (number, token) => {
    const body = JSON.stringify({
      items: [{ sku: skuOf(skuNumber(number)), nodeId: `bench:N${number % market.nodes}`, delta: 1 }],
    })
    return requestText('POST', '/api/v1/inventory/adjustments', token, body)
  }
}

/** Spreads numbers over all SKUs, neighbours far apart. */
const spread = (number: number) => number * 7_919

/** Makers of requests by name. */
export const requestMakers: Record<string, RequestMaker> = {
  'reserve one SKU': reserve(() => 0),
  'reserve many SKUs': reserve(spread),
  clock: (_, token) => requestText('GET', '/api/v1/clock', token, null),
}
