// What a model of lateness says counts where it says something: a slow node becomes dearer, work at risk goes
// elsewhere, lists tell the risk; without a model, or for what it does not know, history counts as before.

import { describe, expect, test } from 'vitest'
import { type Core, isOpenWork } from '#orchestrator/core'
import { advance } from '#orchestrator/flows'
import { rescueAll } from '#orchestrator/reroute'
import {
  type History,
  noHistory,
  type Outlook,
  riskOfOrder,
  riskOfStaying,
  Worlds,
  wayKey,
} from '#orchestrator/sourcing'
import { createOrder, runCore } from '../core/running.ts'
import { node, start } from '../core/setting.ts'

const hour = 3_600_000

const passage = (processing: number, transit: number) => ({
  count: 1_000_000,
  processing: { medianHours: processing, p90Hours: processing * 1.2 },
  transit: { medianHours: transit, p90Hours: transit * 1.2 },
  freightCents: null,
})

const spread = (medianHours: number) => ({ medianHours, p90Hours: medianHours * 1.2 })

/** All nodes are equally quick by history. */
const history: History = {
  ...noHistory,
  all: passage(10, 20),
  nodes: new Map(['A', 'B', 'C'].map((id) => [`fab:${id}`, passage(10, 20)])),
}

const silent: Outlook = {
  version: 'v1',
  madeAt: start,
  processing: new Map(),
  transit: new Map(),
  risks: new Map(),
}

async function shop(outlook: Outlook | null) {
  const { core } = await runCore()
  const others = ['B', 'C'].map((id) => node(id, { processingCostCents: 200 }))
  await core.execute(
    'DefineNodes',
    { nodes: [node('A', { processingCostCents: 100 }), ...others] },
    { at: start },
  )
  const limits = { ...core.state().policy, holdOutShare: 0 }
  await core.execute('SetPolicy', { policy: limits }, { at: start })
  const worlds = new Worlds()
  worlds.history = { ...history, outlook }
  await createOrder(core, 'o1', 'x', 1)
  await advance('o1', { core, worlds, now: () => start })
  return { core, worlds }
}

const workOf = (core: Core) => {
  const work = core.state().orders.get('o1')?.work.find(isOpenWork)
  if (work === undefined) throw new Error('no open work')
  return work
}

describe('a model of lateness', () => {
  test('makes a node dearer that it says is slow', async () => {
    expect(workOf((await shop(null)).core).nodeId).toBe('fab:A')
    expect(workOf((await shop(silent)).core).nodeId).toBe('fab:A')
    const slow = { ...silent, processing: new Map([['fab:A', spread(150)]]) }
    expect(workOf((await shop(slow)).core).nodeId).not.toBe('fab:A')
  })

  test('tells the hours of nodes and ways it knows, and history those of others', async () => {
    const { core, worlds } = await shop({
      ...silent,
      processing: new Map([['fab:A', spread(5)]]),
      transit: new Map([[wayKey('fab:A', null, 'WA'), spread(33)]]),
    })
    const learned = worlds.learned(core.state())
    expect(learned.processing('fab:A')).toEqual(spread(5))
    expect(learned.processing('fab:B')?.medianHours).toBeCloseTo(10, 3)
    expect(learned.transit('fab:A', null, 'WA')).toEqual(spread(33))
    expect(learned.transit('fab:A', null, 'OR')?.medianHours).toBeCloseTo(20, 3)
  })

  test('counts in a rescue: work that it says is late goes where it is not', async () => {
    const { core, worlds } = await shop(null)
    const { fulfillmentOrderId } = workOf(core)
    expect(await rescueAll({ core, worlds, now: start + hour })).toBe(0)
    const risks = new Map([['o1', new Map([[fulfillmentOrderId, 0.9]])]])
    const processing = new Map([['fab:A', spread(150)]])
    worlds.history = { ...history, outlook: { ...silent, processing, risks } }
    expect(await rescueAll({ core, worlds, now: start + 3 * hour })).toBe(1)
    expect(workOf(core).nodeId).not.toBe('fab:A')
  })

  test('tells the risk of an order as that of its riskiest work, and of others nothing', async () => {
    const { core, worlds } = await shop(null)
    const order = core.state().orders.get('o1')
    const work = workOf(core)
    if (order === undefined) throw new Error('no order')
    const here = { worlds, state: core.state(), now: start }
    const plain = riskOfStaying(order, work, here) ?? Number.NaN
    expect(plain >= 0 && plain < 0.25).toBe(true)
    expect(riskOfStaying(order, work, { ...here, now: start + 300 * hour })).toBe(1)
    expect(riskOfStaying({ ...order, promisedAt: null }, work, here)).toBeNull()
    const risks = new Map([
      [
        'o1',
        new Map([
          ['w0', 0.2],
          [work.fulfillmentOrderId, 0.4],
        ]),
      ],
    ])
    worlds.history = { ...history, outlook: { ...silent, risks } }
    expect(riskOfStaying(order, work, here)).toBe(0.4)
    expect(riskOfOrder(worlds.history.outlook, 'o1')).toBe(0.4)
    expect(riskOfOrder(worlds.history.outlook, 'other')).toBeNull()
    expect(riskOfOrder(null, 'o1')).toBeNull()
  })
})
