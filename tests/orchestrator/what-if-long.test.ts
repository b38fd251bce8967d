// A what-if that takes long, over HTTP with a real engine: others are answered meanwhile, and it ends with its client.

import { request as ask } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openShop, type Shop } from './promise-shop.ts'
import { codeOf, orders, strict } from './what-if-orders.ts'

let shop: Shop
beforeAll(async () => {
  shop = await openShop()
}, 60_000)
afterAll(() => shop.close())

describe('a long what-if', () => {
  const body = {
    orders: orders(2_000),
    overrides: { strategy: strict, closedNodeIds: ['far'] },
    timeLimitSeconds: 60,
  }

  const other = async () => {
    const { status, body } = await shop.simulate({ orders: orders(1) })
    return [status, codeOf(body)]
  }

  interface Begun {
    readonly status: () => number | undefined
  }

  /** The long one at work, others kept off; it is begun again where a poll came first and kept it off. */
  const untilAtWork = async <T extends Begun>(begin: () => T): Promise<T> => {
    let begun = begin()
    const othersReply = async () => {
      if (begun.status() === 503) begun = begin()
      return await other()
    }
    await expect.poll(othersReply, { timeout: 20_000, interval: 5 }).toEqual([503, 'HTTP_BUSY'])
    return begun
  }

  test('lets others be answered meanwhile, but no other what-if', async () => {
    const long = await untilAtWork(() => {
      let status: number | undefined
      const reply = shop.simulate(body).then((its) => {
        status = its.status
        return its
      })
      return { reply, status: () => status }
    })
    const stock = await shop.call('GET', '/api/v1/inventory/availability?sku=mug')
    expect([stock.status, long.status()]).toEqual([200, undefined])
    expect(await long.reply).toMatchObject({ status: 200, body: { baseline: { orders: 2_000 } } })
    expect(await other()).toEqual([200, undefined])
  })

  test('ends when its client goes away', async () => {
    const text = JSON.stringify(body)
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${shop.token}` }
    const long = await untilAtWork(() => {
      let status: number | undefined
      const asked = ask(`${shop.url}/api/v1/sourcing/simulate`, { method: 'POST', headers, agent: false })
      asked.on('error', () => undefined)
      asked.on('response', (reply) => {
        status = reply.statusCode
        reply.resume()
      })
      asked.end(text)
      return { status: () => status, leave: () => asked.destroy() }
    })
    expect(long.status()).toBeUndefined()
    long.leave()
    await expect.poll(other, { timeout: 20_000 }).toEqual([200, undefined])
  })
})
