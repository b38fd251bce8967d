// The default flow and what it does under contention, after a crash and without stock.

import { expect, test } from 'vitest'
import { availableOf, type Core, historySteps, isOpenWork } from '#orchestrator/core'
import { advance, defaultFlow } from '#orchestrator/flows'
import { Worlds } from '#orchestrator/sourcing'
import { createOrder, runCore } from './core/running.ts'
import { start } from './core/setting.ts'

const context = (core: Core) => ({ core, worlds: new Worlds(), now: () => start })

test('an order goes to a node with stock and is released', async () => {
  const { core } = await runCore()
  await createOrder(core, 'o1', 'x', 2)
  await advance('o1', context(core))
  const order = core.state().orders.get('o1')
  expect(order?.status).toBe('released')
  expect(historySteps(order?.history ?? []).map((entry) => entry.type)).toEqual([
    'OrderCreated',
    'OrderValidated',
    'OrderSourced',
    'OrderReserved',
    'OrderReleased',
  ])
})

test('many orders for few units: as many are released as there are units, the others wait', async () => {
  const { core } = await runCore(undefined, 5)
  const ids = Array.from({ length: 40 }, (_, i) => `o${i}`)
  await Promise.all(ids.map((id) => createOrder(core, id, 'x', 1)))
  await Promise.all(ids.map((id) => advance(id, context(core))))
  const statuses = ids.map((id) => core.state().orders.get(id)?.status)
  expect(statuses.filter((status) => status === 'released')).toHaveLength(15)
  for (const stock of core.state().stock.values()) expect(availableOf(stock)).toBeGreaterThanOrEqual(0)
  await Promise.all(ids.map((id) => advance(id, context(core))))
  const waiting = ids.filter((id) => core.state().orders.get(id)?.status === 'backordered')
  expect(waiting).toHaveLength(25)
  const told = core.lastSeq
  for (const id of waiting) await advance(id, context(core))
  expect(core.lastSeq).toBe(told)
  const item = { sku: 'x', nodeId: 'fab:B', delta: 30, onHand: null, reason: 'receipt' }
  await core.execute('AdjustStock', { items: [item] }, { at: start + 1 })
  for (const id of waiting) await advance(id, context(core))
  expect(ids.every((id) => core.state().orders.get(id)?.status === 'released')).toBe(true)
})

test('an order that no node sells waits with the reason', async () => {
  const { core } = await runCore()
  await createOrder(core, 'o1', 'nothing-like-it', 1)
  await advance('o1', context(core))
  expect(core.state().orders.get('o1')).toMatchObject({ status: 'backordered' })
  expect(historySteps(core.state().orders.get('o1')?.history ?? []).at(-1)?.reason).toBe('no_node_sells')
})

test('an order is split where no node has everything', async () => {
  const { core } = await runCore()
  const items = [
    { sku: 'x', nodeId: 'fab:A', delta: null, onHand: 0, reason: 'count' },
    { sku: 'x', nodeId: 'fab:C', delta: null, onHand: 0, reason: 'count' },
    { sku: 'y', nodeId: 'fab:B', delta: null, onHand: 0, reason: 'count' },
  ]
  await core.execute('AdjustStock', { items }, { at: start })
  await createOrder(core, 'o1', 'x', 1)
  const first = core.state().orders.get('o1')
  if (first === undefined) throw new Error('no order')
  const line = first.lines[0]
  if (line === undefined) throw new Error('no line')
  const lines = [line, { ...line, lineId: '2', sku: 'y' }]
  await core.execute(
    'CreateOrder',
    { order: { ...first, orderId: 'o2', externalId: 'o2' }, lines },
    { at: start },
  )
  await advance('o2', context(core))
  const order = core.state().orders.get('o2')
  expect(order?.status).toBe('released')
  expect(order?.work.map((work) => [work.nodeId, work.lines[0]?.sku]).sort()).toEqual([
    ['fab:A', 'y'],
    ['fab:B', 'x'],
  ])
})

test('each step is undone by its undo', async () => {
  const { core } = await runCore()
  await createOrder(core, 'o1', 'x', 2)
  const order = () => {
    const found = core.state().orders.get('o1')
    if (found === undefined) throw new Error('no order')
    return found
  }
  const stock = () =>
    core
      .state()
      .stock.entries()
      .map(([key, { onHand, allocated }]) => [key, onHand, allocated])
      .toArray()
  const standing = () => ({ status: order().status, open: order().work.filter(isOpenWork), stock: stock() })
  await defaultFlow[0]?.do(order(), context(core))
  const before = standing()
  for (let steps = 1; steps <= 2; steps++) {
    for (const step of defaultFlow.slice(1, 1 + steps)) await step.do(order(), context(core))
    await defaultFlow[steps]?.undo(order(), context(core))
    expect(standing()).toEqual(before)
  }
})

test('an order that a crash left on the way goes on where it stood', async () => {
  const { core, log, path } = await runCore()
  await createOrder(core, 'o1', 'x', 2)
  for (const step of defaultFlow.slice(0, 2)) {
    const order = core.state().orders.get('o1')
    if (order !== undefined) await step.do(order, context(core))
  }
  await core.close()
  await log.close()
  const again = await runCore(path)
  expect([...again.core.state().waiting]).toEqual(['o1'])
  await advance('o1', context(again.core))
  expect(again.core.state().orders.get('o1')?.status).toBe('released')
})

test('two lines of one SKU go where both fit, or wait without a trace of vain tries', async () => {
  const { core } = await runCore(undefined, 1)
  await createOrder(core, 'o1', 'x', 1)
  const first = core.state().orders.get('o1')
  const line = first?.lines[0]
  if (first === undefined || line === undefined) throw new Error('no order')
  const twice = { ...first, orderId: 'o2', externalId: 'o2' }
  const lines = ['1', '2', '3', '4'].map((lineId) => ({ ...line, lineId }))
  await core.execute('CreateOrder', { order: twice, lines: lines.slice(0, 3) }, { at: start })
  await advance('o2', context(core))
  expect(
    core
      .state()
      .orders.get('o2')
      ?.work.map((work) => work.nodeId),
  ).toEqual(['fab:A', 'fab:B', 'fab:C'])
  await core.execute(
    'CreateOrder',
    { order: { ...twice, orderId: 'o3', externalId: 'o3' }, lines },
    { at: start },
  )
  await advance('o3', context(core))
  expect(core.state().orders.get('o3')).toMatchObject({ status: 'backordered', work: [] })
})

test('an order whose source named the node is reserved and released there', async () => {
  const { core } = await runCore()
  await createOrder(core, 'o1', 'x', 2)
  await advance('o1', context(core))
  const order = core.state().orders.get('o1')
  if (order === undefined) throw new Error('no order')
  const work = order.work.map((each) => ({ ...each, releasedAt: null }))
  const named = {
    ...order,
    orderId: 'f1',
    externalId: 'f1',
    status: 'validated' as const,
    work,
    contentHash: 'h1',
  }
  await core.execute('ImportOrders', { orders: [named] }, { at: start })
  await advance('f1', context(core))
  const done = core.state().orders.get('f1')
  expect(done?.status).toBe('released')
  expect(done?.work.map((each) => [each.nodeId, each.releasedAt])).toEqual([['fab:A', start]])
})
