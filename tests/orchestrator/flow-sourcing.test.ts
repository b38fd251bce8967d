// The flow finds nodes by the strategy that holds: splits, what is left over, refusals it remembers, bounds of asking
// again, and orders that wait to be sourced together.

import { describe, expect, test } from 'vitest'
import type { api } from '#data/contracts'
import { type Core, defaultStrategy, historySteps, isOpenWork, type Order } from '#orchestrator/core'
import { advance, sourceGathered } from '#orchestrator/flows'
import { Worlds } from '#orchestrator/sourcing'
import { createOrder, runCore } from './core/running.ts'
import { node, start } from './core/setting.ts'

const hour = 3_600_000
const day = 24 * hour

/** A core with a flow whose time is set. */
async function running(onHand = 10, path?: string) {
  const { core, log, path: file } = await runCore(path, onHand)
  const clock = { now: start }
  const context = { core, worlds: new Worlds(), now: () => clock.now }
  const go = (orderId: string) => advance(orderId, context)
  const order = (id: string): Order => {
    const found = core.state().orders.get(id)
    if (found === undefined) throw new Error(`no order ${id}`)
    return found
  }
  const nodes = (id: string) =>
    order(id)
      .work.filter(isOpenWork)
      .map(({ nodeId }) => nodeId)
  return { core, log, path: file, clock, context, go, order, nodes }
}

async function publish(core: Core, change: Partial<api.StrategyDraft>) {
  const { version: _, publishedAt: __, publishedBy: ___, ...draft } = defaultStrategy
  const result = await core.execute(
    'PublishStrategy',
    { draft: { ...draft, ...change }, by: 'test' },
    { at: start },
  )
  expect(result.status).toBe('done')
}

const reject = (core: Core, order: Order, reason: string, at: number) => {
  const fulfillmentOrderId = order.work.findLast(isOpenWork)?.fulfillmentOrderId ?? ''
  return core.execute('RejectWork', { orderId: order.orderId, fulfillmentOrderId, reason }, { at })
}

const count = (core: Core, nodeId: string, onHand: number, countedAt: number) =>
  core.execute(
    'CountStock',
    { items: [{ sku: 'x', nodeId, onHand, safetyStock: 0, inbound: 0, countedAt }] },
    { at: countedAt },
  )

describe('what no single node has', () => {
  test('is split over nodes, and only what nobody has waits, with the reason as a code', async () => {
    const { core, go, order, nodes } = await running(2)
    await createOrder(core, 'o1', 'x', 7)
    await go('o1')
    expect(nodes('o1').toSorted()).toEqual(['fab:A', 'fab:B', 'fab:C'])
    const [line] = order('o1').lines
    const sourced = order('o1').work.flatMap(({ lines }) => lines.map(({ quantity }) => quantity))
    expect(sourced).toEqual([2, 2, 2])
    expect(line).toMatchObject({ quantity: 7, backordered: 1 })
    expect(
      historySteps(order('o1').history).findLast(({ type }) => type === 'OrderBackordered'),
    ).toMatchObject({
      reason: 'no_stock',
    })
    expect(
      order('o1').work.every(({ releasedAt, shipBy }) => releasedAt !== null && (shipBy ?? 0) > start),
    ).toBe(true)
    await count(core, 'fab:B', 9, start + hour)
    await go('o1')
    expect(nodes('o1')).toHaveLength(4)
    expect(order('o1').lines[0]?.backordered).toBe(0)
  })

  test('waits by one decision and is sourced by another', async () => {
    const { core, go, context } = await running(2)
    const ids: string[] = []
    const { execute } = core
    context.core = {
      ...core,
      state: () => core.state(),
      execute: (type, data, options) => {
        if ('decision' in data && data.decision !== null) ids.push(data.decision.decisionId)
        return execute.call(core, type, data, options) as never
      },
    }
    await createOrder(core, 'o1', 'x', 7)
    await go('o1')
    await count(core, 'fab:B', 9, start + hour)
    await go('o1')
    expect(ids).toEqual(['o1/source/0', 'o1/source/3/wait', 'o1/source/3'])
  })

  test('waits as a whole where the strategy wants no part of it', async () => {
    const { core, go, order } = await running(2)
    await publish(core, {
      constraints: [{ name: 'no_partial', kind: 'hard', limit: null, priceCents: 0, values: [] }],
    })
    await createOrder(core, 'o1', 'x', 7)
    await go('o1')
    expect(order('o1')).toMatchObject({ status: 'backordered', work: [], lines: [{ backordered: 7 }] })
  })
})

describe('what a strategy forbids', () => {
  test('waits until another version of it allows it', async () => {
    const { core, go, order } = await running()
    const everyNode = ['fab:A', 'fab:B', 'fab:C']
    await publish(core, {
      constraints: [{ name: 'excluded_node', kind: 'hard', limit: null, priceCents: 0, values: everyNode }],
    })
    await createOrder(core, 'o1', 'x', 1)
    await go('o1')
    expect(order('o1').status).toBe('backordered')
    await publish(core, { constraints: [] })
    await go('o1')
    expect(order('o1').status).toBe('released')
  })

  test('for want of capacity waits until there is some, without any news', async () => {
    const { core, go, order, clock } = await running()
    const full = ['A', 'B', 'C'].map((id) => node(id, { dailyCapacity: 1 }))
    await core.execute('DefineNodes', { nodes: full }, { at: start })
    await publish(core, {
      daysAhead: 0,
      constraints: [{ name: 'capacity', kind: 'hard', limit: null, priceCents: 0, values: [] }],
    })
    const ids = ['o1', 'o2', 'o3', 'o4']
    for (const id of ids) await createOrder(core, id, 'x', 1)
    await Promise.all(ids.map(go))
    expect(ids.map((id) => order(id).status).toSorted()).toEqual([
      'backordered',
      'released',
      'released',
      'released',
    ])
    const nodes = ids.flatMap((id) => order(id).work.map(({ nodeId }) => nodeId))
    expect(new Set(nodes).size).toBe(3)
    const late = ids.find((id) => order(id).status === 'backordered') ?? ''
    await go(late)
    expect(order(late).status).toBe('backordered')
    for (const id of ids.filter((each) => each !== late)) {
      const ref = { orderId: id, fulfillmentOrderId: order(id).work[0]?.fulfillmentOrderId ?? '' }
      await core.execute('StartPicking', ref, { at: start + hour })
      await core.execute('PickWork', { ...ref, short: [] }, { at: start + hour })
      await core.execute('PackWork', ref, { at: start + hour })
    }
    clock.now = start + 2 * day
    for (const id of ids.filter((each) => each !== late)) {
      await core.execute('CancelOrder', { orderId: id, reason: 'gone' }, { at: clock.now })
    }
    await go(late)
    expect(order(late).status).toBe('released')
  })
})

describe('a node that refused', () => {
  test('is named with its reason in the record, and asked again once it counted its stock', async () => {
    const { core, go, order, nodes } = await running()
    await createOrder(core, 'o1', 'x', 1)
    await go('o1')
    const [first = ''] = nodes('o1')
    await reject(core, order('o1'), 'out of stock', start + 1)
    await go('o1')
    expect(nodes('o1')).not.toContain(first)
    for (const other of ['fab:A', 'fab:B', 'fab:C'].filter((id) => id !== first)) {
      await count(core, other, 0, start + hour)
    }
    await count(core, first, 5, start + 2 * hour)
    await reject(core, order('o1'), 'no hands', start + 3 * hour)
    await go('o1')
    expect(nodes('o1')).toEqual([first])
  })

  test('for another reason is asked again after seven days', async () => {
    const { core, go, order, nodes, clock } = await running(0)
    await count(core, 'fab:A', 5, start + 1)
    await createOrder(core, 'o1', 'x', 1)
    await go('o1')
    expect(nodes('o1')).toEqual(['fab:A'])
    await reject(core, order('o1'), 'no hands', start + 2)
    await core.execute('BackorderLines', { orderId: 'o1', lines: null, reason: 'test' }, { at: start + 3 })
    await count(core, 'fab:A', 6, start + hour)
    clock.now = start + 6 * day
    await go('o1')
    expect(order('o1').status).toBe('backordered')
    clock.now = start + 8 * day
    await go('o1')
    expect(nodes('o1')).toEqual(['fab:A'])
  })

  test('is followed by others as often as the strategy says', async () => {
    const { core, go, order } = await running()
    await publish(core, { maxTries: 2 })
    await createOrder(core, 'o1', 'x', 1)
    await go('o1')
    for (const at of [1, 2]) {
      expect(order('o1').status).toBe('released')
      await reject(core, order('o1'), 'no hands', start + at)
      await go('o1')
    }
    expect(order('o1')).toMatchObject({ status: 'on_hold', lines: [{ hold: 'refused_everywhere' }] })
  })

  test('is not followed by one that costs too much more: a person has to look, and may try again', async () => {
    const { core, go, order, nodes } = await running()
    const costs = { A: 100, B: 5_000, C: 6_000 }
    const priced = Object.entries(costs).map(([id, processingCostCents]) => node(id, { processingCostCents }))
    await core.execute('DefineNodes', { nodes: priced }, { at: start })
    await publish(core, { maxExtraCents: 1_000 })
    await createOrder(core, 'o1', 'x', 1)
    await go('o1')
    expect(nodes('o1')).toEqual(['fab:A'])
    await reject(core, order('o1'), 'no hands', start + 1)
    await go('o1')
    expect(order('o1')).toMatchObject({ status: 'on_hold', lines: [{ hold: 'sourcing_again_too_dear' }] })
    await core.execute('RetryOrder', { orderId: 'o1', reason: 'go on' }, { at: start + 2 })
    await go('o1')
    expect(order('o1').status).toBe('released')
  })
})

describe('orders of a strategy with a batch window', () => {
  const limits = { timeLimitMs: 2_000, ordersMost: 100, elapsedMs: () => performance.now() }

  test('wait for each other over a restart and are sourced together when the first waited long enough', async () => {
    const first = await running(2)
    await publish(first.core, { batchMinutes: 30 })
    const ids = ['o1', 'o2', 'o3']
    for (const id of ids) {
      await createOrder(first.core, id, 'x', 2)
      await first.go(id)
      expect(first.order(id)).toMatchObject({ status: 'validated', work: [] })
    }
    expect(await sourceGathered(first.context, limits)).toEqual([])
    await first.core.close()
    await first.log.close()
    const { context, clock, order, go } = await running(2, first.path)
    clock.now = start + 29 * 60_000
    expect(await sourceGathered(context, limits)).toEqual([])
    clock.now = start + 30 * 60_000
    expect((await sourceGathered(context, limits)).toSorted()).toEqual(ids)
    for (const id of ids) await go(id)
    expect(ids.map((id) => order(id).status)).toEqual(['released', 'released', 'released'])
    expect(new Set(ids.flatMap((id) => order(id).work.map(({ nodeId }) => nodeId))).size).toBe(3)
  })

  test('of which the batch serves too few go on one by one', async () => {
    const { core, context, clock, order } = await running(2)
    await publish(core, { batchMinutes: 30 })
    for (const id of ['o1', 'o2']) {
      await createOrder(core, id, id === 'o1' ? 'x' : 'nothing like it', 1)
      await advance(id, context)
    }
    clock.now = start + day
    for (const id of await sourceGathered(context, limits)) await advance(id, { ...context, mayWait: false })
    expect([order('o1').status, order('o2').status]).toEqual(['released', 'backordered'])
  })
})
