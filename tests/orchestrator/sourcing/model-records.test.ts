// The record of a decision, and moves of work that is somewhere already.

import { describe, expect, test } from 'vitest'
import type { api } from '#data/contracts'
import { sourceOrder } from '#orchestrator/sourcing'
import {
  at,
  bandOf,
  documentOf,
  hourMs,
  monday,
  networkOf,
  nodeOf,
  orderOf,
  rule,
  serviceOf,
  strategyOf,
  type WorldParts,
  worldOf,
} from './model-world.ts'

const ids = { decisionId: 'd' }
const all = { ...ids, counterfactuals: 'all' as const }
const { prices } = strategyOf()

function worldWith(
  nodes: api.NetworkNode[],
  parts: WorldParts = {},
  services = [serviceOf('ground', [bandOf()])],
) {
  return worldOf(networkOf(documentOf(nodes, services)), parts)
}

describe('the record of a decision', () => {
  test('has the chosen first, its runner-up with what it lacks in cents, and why', () => {
    const nodes = [
      nodeOf('Near'),
      nodeOf('Far', { orderCostCents: 121 }),
      nodeOf('Farthest', { orderCostCents: 200 }),
    ]
    const world = worldWith(nodes, { stock: { A: { Near: 9, Far: 9, Farthest: 9 } } })
    const { decision } = sourceOrder(orderOf({ A: 1 }), world, ids)
    expect(decision).toMatchObject({
      ...{ kind: 'source', status: 'done', toNodeId: 'Near', costCents: 500, method: 'exact' },
      ...{ strategyId: 'test', strategyVersion: 1, runnerUpNodeId: 'Far', otherCount: 0 },
      reason: 'cheapest in all, by 1.21 USD, most of it by processing',
      lines: [
        { lineId: 'L1', quantity: 1, nodeId: 'Near', reason: 'of 3 nodes that could, the cheapest in all' },
      ],
      counterfactuals: [{ nodeId: 'Far', kind: 'cost', amount: 122, unit: 'cents' }],
    })
    expect(decision.candidates.map(({ nodeId, totalCents }) => [nodeId, totalCents])).toEqual([
      ['Near', 500],
      ['Far', 621],
      ['Farthest', 700],
    ])
    expect(decision.candidates.map(({ isChosen }) => isChosen)).toEqual([true, false, false])
  })

  test('keeps at most 12 nodes, says how many more were weighed, and keeps the nearest that could not', () => {
    const open = Array.from({ length: 30 }, (_, i) => nodeOf(`N${i}`, { orderCostCents: i }))
    const shut = Array.from({ length: 10 }, (_, i) =>
      nodeOf(`X${i}`, { isActive: i > 0, latitude: 0, longitude: i }),
    )
    const stock = {
      A: Object.fromEntries([
        ...open.map(({ nodeId }) => [nodeId, 1]),
        ...shut.map(({ nodeId }) => [nodeId, 0]),
      ]),
    }
    const { decision } = sourceOrder(
      orderOf({ A: 1 }, { destination: at(0, 0) }),
      worldWith([...open, ...shut], { stock }),
      ids,
    )
    expect(decision.candidates).toHaveLength(12)
    expect(decision.otherCount).toBe(28)
    const failed = decision.candidates.filter(({ isFeasible }) => !isFeasible)
    expect(failed.map(({ nodeId }) => nodeId)).toEqual(['X1', 'X2', 'X3'])
    expect(failed[0]?.failed).toEqual(['has 0 of 1 A'])
  })

  test('names some of the goods that a node lacks, and counts the others', () => {
    const names = Array.from({ length: 20 }, (_, i) => `S${i}`)
    const network = networkOf(documentOf([nodeOf('A'), nodeOf('B')]))
    const stock = Object.fromEntries(names.map((sku, i) => [sku, { A: 1, B: i === 0 ? 1 : 0 }]))
    const wanted = orderOf(Object.fromEntries(names.map((sku) => [sku, 1])))
    const strategy = { constraints: [rule('max_nodes_per_order', 'hard', { limit: 1 })] }
    const { decision } = sourceOrder(wanted, worldOf(network, { stock, strategy }), { decisionId: 'd' })
    const other = decision.candidates.find(({ nodeId }) => nodeId === 'B')
    expect(other?.failed).toHaveLength(6)
    expect(other?.failed.at(-1)).toBe('lacks 14 more of the goods')
    expect(other?.constraints?.filter(({ name }) => name === 'stock')).toHaveLength(6)
  })

  test('has each constraint with value, limit and slack', () => {
    const node = nodeOf('N', {
      ...{ latitude: 0, longitude: 1, cutOff: '17:00' },
      capacity: { ordersPerDay: 10, linesPerDay: null, unitsPerDay: null, ordersPerHour: null },
    })
    const constraints = [
      rule('max_distance', 'hard', { limit: 500 }),
      rule('capacity', 'hard'),
      rule('calendar', 'hard'),
      rule('promise', 'soft', { priceCents: 1 }),
    ]
    const parts = {
      stock: { A: { N: 3 } },
      booked: { N: { orders: 6, lines: 0, units: 0 } },
      strategy: { constraints },
    }
    const order = orderOf({ A: 2 }, { destination: at(0, 0), promisedAt: monday + 36 * hourMs })
    const [candidate] = sourceOrder(order, worldWith([node], parts), ids).decision.candidates
    const shown = Object.fromEntries((candidate?.constraints ?? []).map((one) => [one.name, one]))
    expect(shown.max_distance).toMatchObject({
      isMet: true,
      value: 111.2,
      limit: 500,
      slack: 388.8,
      unit: 'km',
    })
    expect(shown.capacity).toMatchObject({ isMet: true, value: 7, limit: 10, slack: 3, unit: 'orders' })
    expect(shown.cut_off).toMatchObject({ isMet: true, slack: 120, unit: 'minutes' })
    expect(shown.promise).toMatchObject({
      kind: 'soft',
      isMet: true,
      value: 26,
      limit: 36,
      slack: 10,
      unit: 'hours',
    })
    expect(shown.stock).toMatchObject({ isMet: true, value: 3, limit: 2, slack: 1 })
  })

  test('says how much later a cut-off, how much more stock, distance and capacity would make a node win', () => {
    const limited = { ordersPerDay: 5, linesPerDay: null, unitsPerDay: null, ordersPerHour: null }
    const nodes = [
      nodeOf('Dear', { orderCostCents: 2_000, latitude: 0, longitude: 0 }),
      nodeOf('Late', { cutOff: '14:37', latitude: 0, longitude: 0 }),
      nodeOf('Short', { orderCostCents: 100, latitude: 0, longitude: 0 }),
      nodeOf('Full', { capacity: limited, latitude: 0, longitude: 0 }),
      nodeOf('Away', { latitude: 0, longitude: 5 }),
    ]
    const constraints = [
      rule('calendar', 'hard'),
      rule('capacity', 'hard'),
      rule('max_distance', 'hard', { limit: 500 }),
    ]
    const only = (names: string[]) =>
      worldWith(
        nodes.filter(({ nodeId }) => names.includes(nodeId)),
        {
          stock: { A: { Dear: 9, Late: 9, Short: 1, Full: 9, Away: 9 } },
          booked: { Full: { orders: 6, lines: 0, units: 0 } },
          strategy: { constraints, prices: { ...prices, hourCents: 250 } },
        },
      )
    const found = (names: string[]) => {
      const order = orderOf({ A: 3 }, { destination: at(0, 0) })
      const { decision } = sourceOrder(order, only(names), all)
      expect(decision.toNodeId).toBe('Dear')
      return (decision.counterfactuals ?? []).filter(({ kind }) => kind !== 'cost')
    }
    expect(found(['Dear', 'Late'])).toMatchObject([
      { nodeId: 'Late', kind: 'cut_off', amount: 23, unit: 'minutes' },
    ])
    expect(found(['Dear', 'Short'])).toMatchObject([
      { nodeId: 'Short', kind: 'stock', amount: 2, unit: 'units' },
    ])
    expect(found(['Dear', 'Full'])).toMatchObject([
      { nodeId: 'Full', kind: 'capacity', amount: 2, unit: 'orders' },
    ])
    expect(found(['Dear', 'Away'])).toMatchObject([
      { nodeId: 'Away', kind: 'distance', amount: 56, unit: 'km' },
    ])
  })
})

describe('work that is somewhere already', () => {
  const nodes = [nodeOf('Here', { orderCostCents: 300 }), nodeOf('There', { orderCostCents: 200 })]
  const stock = { A: { Here: 0, There: 5 } }
  const from = { nodeId: 'Here', carrier: 'carrier ground' }
  const order = orderOf({ A: 2 }, { from, held: (nodeId) => (nodeId === 'Here' ? 2 : 0) })

  test('moves where that is cheaper in all, and tells what that costs more in money paid', () => {
    const plan = sourceOrder(order, worldWith(nodes, { stock }), ids)
    expect(plan.work).toMatchObject([{ nodeId: 'There', lines: [{ lineId: 'L1', quantity: 2 }] }])
    expect(plan.decision).toMatchObject({
      ...{
        kind: 'reroute',
        status: 'done',
        fromNodeId: 'Here',
        toNodeId: 'There',
        costCents: -100,
        hoursSaved: 0,
      },
    })
    expect(plan.decision.candidates.map(({ nodeId }) => nodeId)).toContain('Here')
  })

  test('stays where that is best, and says what the other would have to cost less', () => {
    const dear = [nodeOf('Here', { orderCostCents: 100 }), nodeOf('There', { orderCostCents: 200 })]
    const plan = sourceOrder(order, worldWith(dear, { stock }), ids)
    expect(plan.work).toEqual([])
    expect(plan.decision).toMatchObject({
      status: 'refused',
      reason: 'it is best where it is',
      toNodeId: null,
    })
    expect(plan.decision.counterfactuals).toMatchObject([{ nodeId: 'There', kind: 'cost', amount: 101 }])
  })

  test('an incident at its node makes staying dearer, and its carrier is not taken elsewhere', () => {
    const learned: WorldParts['learned'] = { stretch: (dimension) => (dimension === 'carrier' ? 4 : 1) }
    const services = [serviceOf('ground', [bandOf()]), serviceOf('air', [bandOf({ baseCents: 900 })])]
    const only = {
      stretch: (dimension: string, id: string) => (dimension === 'carrier' && id === from.carrier ? 4 : 1),
    }
    const strategy = { prices: { ...prices, hourCents: 50 } }
    const plan = sourceOrder(order, worldWith(nodes, { stock, strategy, learned: only }, services), ids)
    expect(plan.work[0]).toMatchObject({ carrierId: 'carrier air' })
    expect(plan.decision.hoursSaved).toBe(72)
    const none = sourceOrder(order, worldWith(nodes, { stock, strategy, learned }), ids)
    expect(none.decision).toMatchObject({ status: 'refused', reason: 'no other node can take it' })
  })

  test('does not move beyond the limit of cost, unless a person says where to', () => {
    const dear = [
      nodeOf('Here', { processing: { medianHours: 90, p90Hours: 90 } }),
      nodeOf('There', { orderCostCents: 700 }),
    ]
    const world = worldWith(dear, { stock, strategy: { prices: { ...prices, hourCents: 50 } } })
    expect(sourceOrder(order, world, { ...ids, maxExtraCents: 699 }).decision.reason).toBe(
      'it would cost more than the limit',
    )
    expect(sourceOrder(order, world, { ...ids, maxExtraCents: 700 }).work).toHaveLength(1)
    const cheap = worldWith([nodeOf('Here'), nodeOf('There', { orderCostCents: 700 })], { stock })
    const byHand = { ...ids, maxExtraCents: 0, toNodeId: 'There' }
    expect(sourceOrder(order, cheap, byHand).decision).toMatchObject({ status: 'done', costCents: 700 })
  })

  test('does not stand in its own way: the place that it has on a full day is free for another carrier', () => {
    const capacity = { ordersPerDay: 1, linesPerDay: null, unitsPerDay: null, ordersPerHour: null }
    const services = [serviceOf('slow', [bandOf()]), serviceOf('fast', [bandOf({ baseCents: 600 })])]
    const network = networkOf(documentOf([nodeOf('A', { capacity })], services))
    const world = worldOf(network, {
      stock: { X: { A: 0 } },
      booked: { A: { orders: 1, lines: 1, units: 1 } },
      strategy: {
        constraints: [rule('capacity', 'hard')],
        prices: { ...strategyOf().prices, lateDayCents: 5_000 },
      },
      learned: { stretch: (_, id) => (id === 'carrier slow' ? 8 : 1) },
    })
    const moved = (bookedAt: number) => {
      const from = { nodeId: 'A', carrier: 'carrier slow', bookedAt }
      const order = orderOf({ X: 1 }, { from, held: () => 1, promisedAt: monday + 48 * hourMs })
      return sourceOrder(order, world, { decisionId: 'd' }).work.map(({ carrierId }) => carrierId)
    }
    expect(moved(monday - 48 * hourMs)).toEqual(['carrier fast'])
    expect(moved(monday + 24 * hourMs)).toEqual([])
  })

  test('moves whole or not at all', () => {
    const plan = sourceOrder(order, worldWith(nodes, { stock: { A: { Here: 0, There: 1 } } }), ids)
    expect(plan.decision).toMatchObject({ status: 'refused', reason: 'no other node can take it' })
    const asked = { ...ids, toNodeId: 'There' }
    expect(sourceOrder(order, worldWith(nodes, { stock: { A: { There: 1 } } }), asked).decision.reason).toBe(
      'that node has 1 of 2 A',
    )
  })
})
