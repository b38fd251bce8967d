// What sourcing is told of a running market: load that keeps in step with the state, stock by channel, history that is
// mixed with the wider level where it is thin.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type CoreState, isOpenWork, unitsOf } from '#orchestrator/core'
import { askedFor, askedForMove, type History, noHistory, Worlds } from '#orchestrator/sourcing'
import { pairKey } from '../../../orchestrator/sourcing/views/history.ts'
import { LoadIndex } from '../../../orchestrator/sourcing/views/load.ts'
import { stockView } from '../../../orchestrator/sourcing/views/stock.ts'
import { perform, wish } from '../core/order-wishes.ts'
import { node, Sandbox, start } from '../core/setting.ts'

const day = 86_400_000
const zone = () => 'America/Los_Angeles'
const localDays = Array.from({ length: 12 }, (_, i) =>
  new Date(start + (i - 5) * day).toISOString().slice(0, 10),
)

function seen(index: LoadIndex, state: CoreState, now: number) {
  const view = index.at(state, now, zone)
  return ['fab:A', 'fab:B', 'fab:C'].map((nodeId) => ({
    open: view.open(nodeId),
    refused: view.refused(nodeId),
    days: localDays.map((each) => view.booked(nodeId, each)),
  }))
}

describe('load', () => {
  test('follows the state step by step as it would be counted anew, forwards and backwards', () => {
    let booked = 0
    fc.assert(
      fc.property(fc.array(wish, { minLength: 20, maxLength: 60 }), (wishes) => {
        const box = Sandbox.withStock(20)
        const index = new LoadIndex()
        const states: CoreState[] = []
        for (const each of wishes) {
          perform(box, each)
          expect(seen(index, box.state, box.at)).toEqual(seen(new LoadIndex(), box.state, box.at))
          states.push(box.state)
        }
        const early = states[Math.floor(states.length / 2)] ?? box.state
        expect(seen(index, early, box.at)).toEqual(seen(new LoadIndex(), early, box.at))
        const open = [...box.state.orders.values()].flatMap(({ work }) => work.filter(isOpenWork))
        const units = open.reduce(
          (sum, { lines }) => sum + lines.reduce((n, line) => n + unitsOf(line), 0),
          0,
        )
        const counted = new LoadIndex().at(box.state, box.at, zone)
        // Work that is due or overdue counts today, the rest on its day.
        const days = localDays.slice(localDays.indexOf(localDayOf(box.at)))
        let sum = 0
        for (const nodeId of ['fab:A', 'fab:B', 'fab:C']) {
          for (const each of days) sum += counted.booked(nodeId, each).units
        }
        expect(sum).toBeGreaterThanOrEqual(units)
        booked += units
      }),
      { numRuns: 60 },
    )
    expect(booked).toBeGreaterThan(0)
  })

  test('counts what is about to be planned, until it is told to forget it', () => {
    const box = Sandbox.withStock()
    const index = new LoadIndex()
    const forget = index.claim([{ nodeId: 'fab:A', dispatchAt: box.at, lines: 2, units: 5 }])
    const booked = () => index.at(box.state, box.at, zone).booked('fab:A', localDayOf(box.at))
    expect(booked()).toEqual({ orders: 1, lines: 2, units: 5 })
    box.run('DefineNodes', { nodes: [node('D')] })
    expect(booked()).toEqual({ orders: 1, lines: 2, units: 5 })
    forget()
    forget()
    expect(booked()).toEqual({ orders: 0, lines: 0, units: 0 })
  })

  test('counts refusals of the last seven days', () => {
    const box = Sandbox.withStock()
    box.release('o1', { x: 1 }, 'A')
    const fulfillmentOrderId = box.order('o1').work[0]?.fulfillmentOrderId ?? ''
    box.run('RejectWork', { orderId: 'o1', fulfillmentOrderId, reason: 'no hands' })
    const index = new LoadIndex()
    expect(index.at(box.state, box.at, zone).refused('fab:A')).toBe(1)
    expect(index.at(box.state, box.at + 6 * day, zone).refused('fab:A')).toBe(1)
    expect(index.at(box.state, box.at + 8 * day, zone).refused('fab:A')).toBe(0)
  })
})

function localDayOf(at: number): string {
  return new Intl.DateTimeFormat('en-CA', { timeZone: zone() }).format(at)
}

describe('stock', () => {
  test('is what a channel can have with backorder and without what has expired', () => {
    const box = Sandbox.withStock()
    const at = { sku: 'x', nodeId: 'fab:A' }
    box.run('AllocateChannel', { items: [{ ...at, channel: 'web', quantity: 4 }], reason: 'promotion' })
    box.run('SetStockRules', { rules: [{ ...at, backorderLimit: 3 }] })
    const held = { reservationId: 'r1', lines: [{ ...at, quantity: 2 }], channel: null, reference: null }
    box.run('ReserveStock', { ...held, ttlMs: 60_000 })
    const now = stockView(box.state, noHistory, box.at)
    expect(now.available('x', 'fab:A', 'web')).toBe(11)
    expect(now.available('x', 'fab:A', 'shop')).toBe(7)
    expect(now.onHand('x', 'fab:A')).toBe(10)
    expect(stockView(box.state, noHistory, box.at + 61_000).available('x', 'fab:A', 'shop')).toBe(9)
  })

  test('is not there where a feed does not list it, and not tracked where there is no feed', () => {
    const box = Sandbox.withStock()
    box.run('DefineNodes', { nodes: [node('D'), node('E')] })
    const history = { ...noHistory, soldBy: new Map([['z', new Set(['fab:D', 'fab:A'])]]) }
    const view = stockView(box.state, history, box.at)
    expect(view.available('z', 'fab:A', null)).toBeUndefined()
    expect(view.available('z', 'fab:D', null)).toBeNull()
    expect(view.nodesOf('z')).toEqual(['fab:D'])
    expect(view.nodesOf('never sold')?.toSorted()).toEqual(['fab:D', 'fab:E'])
    expect(view.nodesOf('x')?.toSorted()).toEqual(['fab:A', 'fab:B', 'fab:C'])
  })

  test('that is held for an order counts for it, by its reservation and by its own work', () => {
    const box = Sandbox.withStock()
    box.release('o1', { x: 3 }, 'A')
    const order = box.order('o1')
    const [work] = order.work
    if (work === undefined) throw new Error('no work')
    const moved = askedForMove(box.state, order, work, box.at)
    expect(moved.from).toEqual({
      nodeId: 'fab:A',
      carrier: work.carrier,
      bookedAt: work.shipBy ?? work.sourcedAt,
      since: work.releasedAt ?? work.sourcedAt,
    })
    expect([moved.held('fab:A', 'x'), moved.held('fab:B', 'x')]).toEqual([3, 0])
    const lines = [{ sku: 'x', nodeId: 'fab:B', quantity: 2 }]
    const held = { reservationId: 'r1', ttlMs: 60_000, channel: 'shop', reference: null }
    box.run('ReserveStock', { ...held, lines })
    const reserving = { ...order, reservationId: 'r1' }
    const wants = [{ lineId: '1', sku: 'x', quantity: 2 }]
    const asked = askedFor(box.state, reserving, wants, box.at)
    expect([asked.held('fab:B', 'x'), asked.channel]).toEqual([2, 'shop'])
    const late = askedFor(box.state, reserving, wants, box.at + 61_000)
    expect([late.held('fab:B', 'x'), late.channel]).toEqual([0, 'web'])
  })
})

const passage = (count: number, hours: number, cents: number | null = null) => ({
  count,
  processing: { medianHours: hours, p90Hours: 2 * hours },
  transit: { medianHours: hours, p90Hours: 2 * hours },
  freightCents: cents,
})

describe('what history says', () => {
  const history: History = {
    ...noHistory,
    all: passage(10_000, 20, 900),
    nodes: new Map([['fab:A', passage(1_000, 40, 500)]]),
    lanes: new Map([
      [pairKey('fab:A', 'CA'), passage(1_000_000, 10, 300)],
      [pairKey('fab:A', 'TX'), passage(0, 90, 3_000)],
    ]),
    carriers: new Map([['slow', passage(1_000_000, 40)]]),
    nodeCarriers: new Map(),
  }
  const worlds = new Worlds()
  worlds.history = history
  const box = Sandbox.withStock()

  test('is that of the narrow level with many shipments, and of the wider one with few', () => {
    const learned = worlds.learned(box.state)
    expect(learned.transit('fab:A', null, 'CA')?.medianHours).toBeCloseTo(10, 1)
    const node = learned.transit('fab:A', null, null)?.medianHours ?? 0
    expect(node).toBeCloseTo(40, 0)
    expect(learned.transit('fab:A', null, 'TX')?.medianHours).toBeCloseTo(node, 5)
    expect(learned.transit('fab:unknown', null, 'CA')?.medianHours).toBeCloseTo(20, 0)
    expect(learned.processing('fab:unknown')?.p90Hours).toBeCloseTo(40, 0)
    expect(learned.carriageCents('fab:A', 'CA')).toBe(300)
    expect(learned.carriageCents('fab:B', 'CA')).toBe(900)
    expect(new Worlds().learned(box.state).transit('fab:A', null, null)).toBeNull()
  })

  test('counts little while a market has sent a handful of parcels', () => {
    const tried = new Worlds()
    tried.history = { ...noHistory, all: passage(2, 0.001), nodes: new Map([['fab:A', passage(2, 0.001)]]) }
    const learned = tried.learned(box.state)
    expect(learned.processing('fab:A')?.medianHours).toBeGreaterThan(12)
    expect(learned.transit('fab:A', null, null)?.medianHours).toBeGreaterThan(36)
  })

  test('of a carrier stretches the lane as far as the carrier is slower than others', () => {
    const learned = worlds.learned(box.state)
    const lane = learned.transit('fab:A', null, 'CA')?.medianHours ?? 0
    expect(learned.transit('fab:A', 'slow', 'CA')?.medianHours).toBeCloseTo(2 * lane, 1)
    expect(learned.transit('fab:A', 'unknown', 'CA')?.medianHours).toBeCloseTo(lane, 5)
  })

  test('never says that nine of ten take less than half of them', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(100), { minLength: 4, maxLength: 4 }),
        fc.array(fc.nat(300), { minLength: 4, maxLength: 4 }),
        (counts, hours) => {
          const at = (i: number) => passage(counts[i] ?? 0, hours[i] ?? 0)
          const made = new Worlds()
          made.history = {
            ...noHistory,
            all: at(0),
            nodes: new Map([['n', at(1)]]),
            carriers: new Map([['c', at(2)]]),
            nodeCarriers: new Map([[pairKey('n', 'c'), at(3)]]),
            lanes: new Map([[pairKey('n', 'R'), at(1)]]),
          }
          const spread = made.learned(box.state).transit('n', 'c', 'R')
          expect(spread?.p90Hours).toBeGreaterThanOrEqual(spread?.medianHours ?? Number.NaN)
        },
      ),
    )
  })
})

test('the network is made ready once until it or a node changes', () => {
  const box = Sandbox.withStock()
  const worlds = new Worlds()
  const first = worlds.network(box.state)
  box.create('o1', { x: 1 })
  expect(worlds.network(box.state)).toBe(first)
  box.run('DefineNodes', { nodes: [node('D')] })
  const second = worlds.network(box.state)
  expect([...second.nodes.keys()]).toContain('fab:D')
  expect(worlds.network(box.state)).toBe(second)
})
