// The whole life of orders as requests over HTTP: create, wait for the release, pick, pack, ship, deliver. It sends;
// it measures nothing.

import { orderIdOf } from '#data/contracts'
import { type Answer, type Connection, requestText } from './connection.ts'
import { linesOf, market, skuOf } from './orders.ts'

/** Requests of a life that were answered with success. */
export const requestsOfLife = 6

/** How often a step is asked for again while the order is not there yet, and the pause between, ms. */
const tries = 2_000
const pauseMs = 5

/** Lives one order from its creation to its delivery. @throws when a step is refused for another reason than time */
export async function live(
  connection: Connection,
  name: string,
  number: number,
  token: string,
  sleep: (ms: number) => Promise<unknown>,
): Promise<Answer> {
  const ask = (path: string, body: string) => connection.ask(requestText('POST', path, token, body))
  const created = await ask('/api/v1/orders', JSON.stringify(newOrder(name, number)))
  if (created.status !== 201) throw new Error(created.body.toString().slice(0, 300))
  const place = `/api/v1/fulfillment-orders/${orderIdOf('main', 'api', name)}/${name}-F1`
  let answer = created
  for (const step of ['start-picking', 'pick', 'pack', 'ship', 'deliver']) {
    const body = step === 'ship' ? '{"carrier":"UPS","trackingNumber":"1Z999AA10123456784"}' : '{}'
    for (let i = 0; ; i++) {
      answer = await ask(`${place}/${step}`, body)
      if (answer.status < 300) break
      // Only the first step may be early: it waits for the flow to release the order.
      if (step !== 'start-picking' || i > tries) throw new Error(answer.body.toString().slice(0, 300))
      await sleep(pauseMs)
    }
  }
  return answer
}

function newOrder(name: string, number: number): object {
  const lines = Array.from({ length: linesOf(number) }, (_, i) => ({
    sku: skuOf(number * 7 + i * 131),
    quantity: 1 + ((number + i) % 3),
    unitPriceCents: 499 + ((number * 37) % 9_000),
  }))
  const shipTo = {
    country: 'US',
    region: `R${number % market.nodes}`,
    city: 'Springfield',
    postalCode: '65801',
  }
  return { externalId: name, currency: 'USD', channel: 'web', shipTo, lines }
}
