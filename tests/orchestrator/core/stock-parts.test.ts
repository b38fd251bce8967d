// The small parts that stock is made of: reservations by their end and as orders take their place, and what moved since
// a count.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  dueBy,
  type Expiries,
  expiringAfter,
  nextExpiry,
  withExpiry,
  withoutExpiry,
} from '../../../orchestrator/core/stock/expiries.ts'
import { type Moves, movesAfter, sumOf, withMove } from '../../../orchestrator/core/stock/moves.ts'
import { takeStock } from '../../../orchestrator/core/stock/take.ts'
import { StockBox } from './stock-box.ts'

const entry = fc.tuple(fc.integer({ min: 0, max: 30 }), fc.constantFrom('a', 'b', 'c', 'd'))

describe('reservations by their end', () => {
  test('are as a sorted list, whatever is put in and taken out', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.boolean(), entry), { maxLength: 200, size: 'max' }), (steps) => {
        let tree: Expiries = null
        const list = new Map<string, [number, string]>()
        for (const [isIn, [at, id]] of steps) {
          const key = `${String(at).padStart(3, '0')}${id}`
          const before = tree
          const seen = [...dueBy(before, 100)]
          tree = isIn ? withExpiry(tree, at, id) : withoutExpiry(tree, at, id)
          if (isIn) list.set(key, [at, id])
          else list.delete(key)
          expect([...dueBy(before, 100)]).toEqual(seen)
        }
        const sorted = [...list].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, each]) => each)
        expect([...dueBy(tree, 100)]).toEqual(sorted.map(([, id]) => id))
        expect([...dueBy(tree, 15)]).toEqual(sorted.filter(([at]) => at <= 15).map(([, id]) => id))
        expect(nextExpiry(tree)).toBe(sorted[0]?.[0] ?? null)
        const later = sorted.filter(([at, id]) => at > 15 || (at === 15 && id > 'b'))
        expect([...expiringAfter(tree, 15, 'b')]).toEqual(later.map(([, id]) => id))
      }),
    )
  })

  test('stay flat: 10,000 in the order of their ends are 14 or 15 steps deep', () => {
    let tree: Expiries = null
    for (let i = 0; i < 10_000; i++) tree = withExpiry(tree, i, 'r')
    expect((tree as { height: number } | null)?.height).toBeLessThan(16)
  })
})

describe('what moved since a count', () => {
  const move = fc.tuple(fc.integer({ min: 0, max: 20 * 86_400_000 }), fc.integer({ min: -5, max: 5 }))

  test('is exact for the few moves that most positions have', () => {
    fc.assert(
      fc.property(
        fc.array(move, { maxLength: 16 }),
        fc.integer({ min: 0, max: 20 * 86_400_000 }),
        (moves, at) => {
          const kept = moves.reduce<Moves>((all, [when, delta]) => withMove(all, when, delta), null)
          const after = moves.filter(([when]) => when > at).reduce((sum, [, delta]) => sum + delta, 0)
          expect(sumOf(movesAfter(kept, at))).toBe(after)
        },
      ),
    )
  })

  test('stays small and whole, and knows the last minutes by the minute', () => {
    let kept: Moves = null
    const all: number[] = []
    for (let i = 0; i < 5_000; i++) {
      const at = i * 20_000
      kept = withMove(kept, at, -1)
      all.push(at)
    }
    expect(sumOf(kept)).toBe(-5_000)
    expect((kept ?? []).length).toBeLessThanOrEqual(120)
    const last = all.at(-1) ?? 0
    for (const minutes of [1, 2, 5, 8]) {
      const since = last - minutes * 60_000
      const exact = all.filter((at) => at > since).length
      expect(Math.abs(sumOf(movesAfter(kept, since)) + exact)).toBeLessThanOrEqual(3)
    }
  })
})

describe('stock that is counted after units left', () => {
  test('keeps what moved since the count was taken, of each source its own', () => {
    const box = new StockBox(10)
    const counted = box.at
    box.at += 60_000
    box.run('AdjustStock', { items: [{ ...box.place('x', 'A'), delta: -4, onHand: null, reason: 'sold' }] })
    box.at += 60_000
    const count = { ...box.place('x', 'A'), onHand: 9, safetyStock: 0, inbound: 0, countedAt: counted + 1 }
    box.run('CountStock', { items: [count] })
    expect(box.stock('x', 'A')).toMatchObject({ onHand: 5 })
    box.run('CountStock', { items: [{ ...count, onHand: 6, countedAt: box.at }] })
    expect(box.stock('x', 'A')).toMatchObject({ onHand: 6, moved: null })
  })

  test('may be less than what is promised: then nothing more is promised, and nothing is taken back', () => {
    const box = new StockBox(10)
    expect(box.reserve('r', { 'x@A': 8 }).refused).toBe(null)
    box.at += 1_000
    const count = { ...box.place('x', 'A'), onHand: 5, safetyStock: 0, inbound: 0, countedAt: box.at }
    box.run('CountStock', { items: [count] })
    expect(box.stock('x', 'A')).toMatchObject({ onHand: 5, reserved: 8 })
    expect(box.reserve('s', { 'x@A': 1 })).toMatchObject({ refused: 'stock_short', events: [] })
  })

  test('knows what was reserved of it before it was tracked', () => {
    const box = new StockBox(10)
    expect(box.reserve('r', { 'x@C': 3 }).refused).toBe(null)
    const count = { ...box.place('x', 'C'), onHand: 5, safetyStock: 0, inbound: 0, countedAt: box.at }
    box.run('CountStock', { items: [count] })
    expect(box.stock('x', 'C')).toMatchObject({ onHand: 5, reserved: 3 })
    box.run('ReleaseReservation', { reservationId: 'r', reason: 'test' })
    expect(box.stock('x', 'C')).toMatchObject({ reserved: 0 })
    expect(box.state.untrackedReserved.size).toBe(0)
  })

  test('keeps the safety stock that a person set', () => {
    const box = new StockBox(10)
    box.run('SetSafetyStock', { items: [{ ...box.place('x', 'A'), quantity: 3 }], reason: 'test' })
    box.at += 1_000
    const count = { ...box.place('x', 'A'), onHand: 5, safetyStock: 1, inbound: 0, countedAt: box.at }
    box.run('CountStock', { items: [count] })
    expect(box.stock('x', 'A')).toMatchObject({ onHand: 5, safetyStock: 3 })
  })
})

describe('a shelf that the books have below zero', () => {
  /** Sources that contradict each other: 1 on the shelf, 3 of it in quarantine. */
  function contradicted() {
    const box = new StockBox()
    const terms = [
      { source: 'wms', measure: 'on_hand', factor: 1 },
      { source: 'wms', measure: 'quarantine', factor: -1 },
    ]
    box.run('DefineMeasures', { measures: [{ name: 'on_hand', terms }] })
    const measures = { on_hand: 1, quarantine: 3 }
    box.run('SetOnHand', { source: 'wms', items: [{ ...box.place('z', 'A'), measures, countedAt: box.at }] })
    expect(box.stock('z', 'A')).toMatchObject({ onHand: 0 })
    return box
  }

  test('has what a person sets or counts', () => {
    const set = contradicted()
    set.run('AdjustStock', { items: [{ ...set.place('z', 'A'), delta: null, onHand: 5, reason: 'seen' }] })
    expect(set.stock('z', 'A')).toMatchObject({ onHand: 5 })
    const counted = contradicted()
    const items = [{ sku: 'z', quantity: 9 }]
    counted.run('CountCycle', {
      countId: 'c',
      nodeId: counted.place('z', 'A').nodeId,
      items,
      countedAt: null,
      by: 'me',
    })
    expect(counted.stock('z', 'A')).toMatchObject({ onHand: 9 })
  })
})

test('an order takes the place of several reservations by its units, those at its node first', () => {
  const box = new StockBox(4)
  box.reserve('far', { 'x@A': 2 })
  box.reserve('near', { 'x@B': 2 })
  box.reserve('other', { 'y@B': 1 })
  const taker = { orderId: 'o1', channel: null, reservationIds: ['far', 'near', 'other', 'unknown'] }
  const taken = takeStock(box.state, taker, [{ ...box.place('x', 'B'), quantity: 3 }], box.at)
  if (!('events' in taken)) throw new Error('it is short')
  box.apply(taken.events)
  const left = [...box.state.reservations.values()].map(({ reservationId, lines }) =>
    [reservationId, ...lines.map(({ quantity }) => quantity)].join(' '),
  )
  expect(left.toSorted()).toEqual(['far 1', 'other 1'])
  expect(box.stock('x', 'B')).toMatchObject({ allocated: 3, reserved: 0 })
})
