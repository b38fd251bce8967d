// The flow over the whole lifecycle: days that come, nodes that refuse or lack goods, parts that wait.

import { expect, test } from 'vitest'
import type { Core } from '#orchestrator/core'
import { advance, launchDue } from '#orchestrator/flows'
import { Worlds } from '#orchestrator/sourcing'
import { createOrder, runCore } from './core/running.ts'
import { start } from './core/setting.ts'

const day = 86_400_000
const contextAt = (core: Core, now: number) => ({ core, worlds: new Worlds(), now: () => now })
const context = (core: Core) => contextAt(core, start)
const reason = 'test'
const orderId = 'o1'

async function released(onHand = 10) {
  const { core } = await runCore(undefined, onHand)
  await createOrder(core, orderId, 'x', 2)
  await advance(orderId, context(core))
  const order = () => {
    const found = core.state().orders.get(orderId)
    if (found === undefined) throw new Error('no order')
    return found
  }
  const last = () => ({ orderId, fulfillmentOrderId: order().work.at(-1)?.fulfillmentOrderId ?? '' })
  return { core, order, last }
}

test('lines that wait for a day are launched by the sweep when it has come, once', async () => {
  const { core, order } = await released()
  const launchAt = start + day
  await core.execute('PreorderLines', { orderId, lineIds: null, launchAt, reason }, { at: start })
  expect(order().status).toBe('preordered')
  expect(await launchDue(contextAt(core, launchAt - 1))).toEqual([])
  const both = await Promise.all([launchDue(contextAt(core, launchAt)), launchDue(contextAt(core, launchAt))])
  expect(both.flat()).toEqual([orderId])
  await advance(orderId, contextAt(core, launchAt))
  expect(order().status).toBe('released')
  expect(core.state().preordered.size).toBe(0)
})

test('each node is asked once, then a person has to look, and a new try asks them again', async () => {
  const { core, order, last } = await released()
  const asked: string[] = []
  while (order().status === 'released') {
    asked.push(order().work.at(-1)?.nodeId ?? '')
    await core.execute('RejectWork', { ...last(), reason: 'no hands' }, { at: start + asked.length })
    await advance(orderId, context(core))
  }
  expect(asked.toSorted()).toEqual(['fab:A', 'fab:B', 'fab:C'])
  expect(order()).toMatchObject({ status: 'on_hold', hold: null, lines: [{ hold: 'refused_everywhere' }] })
  await core.execute('RetryOrder', { orderId, reason }, { at: start + day })
  await advance(orderId, contextAt(core, start + day))
  expect(order().status).toBe('released')
  expect(order().work.at(-1)?.attempt).toBe(4)
})

test('goods not found at one node come from another, and parts that wait hold up no others', async () => {
  const { core, order, last } = await released(2)
  const ref = last()
  const at = { at: start }
  await core.execute('BackorderLines', { orderId, lines: [{ lineId: '1', quantity: 1 }], reason }, at)
  await core.execute('StartPicking', ref, at)
  await core.execute('PickWork', { ...ref, short: [{ lineId: '1', quantity: 1 }], shortTo: 'source' }, at)
  await advance(orderId, context(core))
  const [first, second] = order().work
  expect(second?.status).toBe('open')
  expect(second?.releasedAt).toBe(start)
  expect(second?.nodeId).not.toBe(first?.nodeId)
  // What was written off at the shelf is news of the stock that the other unit waits for.
  expect(order()).toMatchObject({ status: 'released', lines: [{ backordered: 0 }] })
})
