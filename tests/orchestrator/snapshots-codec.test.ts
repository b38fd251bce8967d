// States of the core written in pieces and read again: the same state, which goes on in the same way.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type CoreState,
  coreDefinition,
  isOpenWork,
  isPersistentMap,
  isPersistentSet,
  PersistentMap,
  PersistentSet,
} from '#orchestrator/core'
import { Sandbox, shipment } from './core/setting.ts'

const { codec, evolve } = coreDefinition('main')

/** The value after it was written as text and read again. */
function again<T>(value: T): T {
  if (codec === undefined) throw new Error('no codec')
  const { take, done } = bound(codec.thaw())
  for (const piece of codec.freeze(value as never)) take(JSON.parse(JSON.stringify(piece)))
  return done() as never
}

function bound(reader: { take(piece: unknown): void; done(): unknown }) {
  return { take: (piece: unknown) => reader.take(piece), done: () => reader.done() }
}

/** Plain data in which collections say what they are, to compare by. */
function told(value: unknown): unknown {
  if (isPersistentMap(value)) return { map: [...value].map(told).sort(byText) }
  if (isPersistentSet(value)) return { set: [...value].map(told).sort(byText) }
  if (Array.isArray(value)) return value.map(told)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, told(part)]))
}

const byText = (a: unknown, b: unknown) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)

describe('the codec of states', () => {
  test('gives a state that is the same and evolves in the same way', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(5), fc.nat(4), fc.constantFrom('A', 'B', 'C')), { maxLength: 25 }),
        (acts) => {
          const box = Sandbox.withStock(6)
          for (const act of acts) perform(box, act)
          const read = again(box.state)
          expect(told(read)).toEqual(told(box.state))
          const before = box.events.length
          box.release('last', { x: 1 }, 'A')
          const after = box.events.slice(before).reduce((state, event) => evolve(state, event), read)
          expect(told(after)).toEqual(told(box.state))
        },
      ),
      { numRuns: 40 },
    )
  })

  test('keeps what was read as unchangeable as what was written', () => {
    const box = Sandbox.withStock()
    box.release('o1', { x: 2 }, 'A')
    const read = again(box.state)
    const orders = read.orders
    const next = { ...read, orders: read.orders.delete('o1'), stock: read.stock.clear() }
    expect(read.orders).toBe(orders)
    expect(read.orders.size).toBe(1)
    expect(next.orders.size).toBe(0)
    expect(read.openByNode.get('fab:A')?.add('other').size).toBe(2)
    expect(read.openByNode.get('fab:A')?.size).toBe(1)
  })

  test('keeps maps and sets, nested and empty ones', () => {
    const value = {
      map: PersistentMap([['a', PersistentMap([['1', { deep: [{ x: PersistentSet(['s']) }] }]])]]),
      large: PersistentMap(
        Array.from({ length: 40 }, (_, i) => [`k${40 - i}`, PersistentSet([`${i}`, 'x'])]),
      ),
      empty: [PersistentMap(), PersistentSet()],
      plain: { text: 'a\u0000b\ud800 ü', none: null, yes: true, list: [[], {}] },
    }
    const read = again(value)
    expect([...(read.map.get('a')?.get('1')?.deep[0]?.x ?? [])]).toEqual(['s'])
    expect([...read.large.keys()]).toEqual([...value.large.keys()])
    expect(told(read)).toEqual(told(value))
  })

  test('writes large plain values and large entries in small pieces', () => {
    interface Tree {
      at: number
      left: Tree | null
      right: Tree | null
    }
    const grown = (from: number, to: number): Tree | null => {
      if (from > to) return null
      const at = (from + to) >> 1
      return { at, left: grown(from, at - 1), right: grown(at + 1, to) }
    }
    const order = {
      lines: Array.from({ length: 5_000 }, (_, i) => ({ lineId: `${i}`, quantity: i, parts: [i, i] })),
    }
    const value = {
      tree: grown(1, 20_000),
      orders: PersistentMap([['big', order]]),
      sets: PersistentMap([['n', PersistentSet(Array.from({ length: 5_000 }, (_, i) => `o${i}`))]]),
    }
    if (codec === undefined) throw new Error('no codec')
    const pieces = [...codec.freeze(value as never)].map((piece) => JSON.stringify(piece).length)
    expect(Math.max(...pieces)).toBeLessThan(400_000)
    expect(pieces.length).toBeGreaterThan(100)
    const read = again(value)
    expect(read.tree).toEqual(value.tree)
    expect(read.orders.get('big')).toEqual(order)
    expect(read.sets.get('n')?.size).toBe(5_000)
  })

  test.each([
    ['a date', { at: new Date(0) }],
    ['a map of the language', { map: new Map() }],
    ['no number', { x: Number.NaN }],
    ['a big whole number', { x: 1n }],
    ['a function', { x: () => 1 }],
    ['a hole', { x: [undefined] }],
  ])('refuses %s', (_, value) => {
    expect(() => again(value)).toThrow(/cannot be written/)
  })

  test('has a format that is the same at each start', () => {
    expect(coreDefinition('other').codec?.format).toBe(codec?.format)
    expect(codec?.format).toMatch(/^[\w-]{43}$/)
  })
})

function perform(box: Sandbox, [what, number, place]: [number, number, string]): void {
  const id = `o${number}`
  const order = box.state.orders.get(id) as ReturnType<CoreState['orders']['get']>
  if (order === undefined) {
    if (what > 1) box.release(id, { x: 1 + (number % 2), y: 1 }, place)
    else box.create(id, { x: 1 })
    return
  }
  const work = order.work.find(isOpenWork)
  if (work === undefined) return
  const ref = { orderId: id, fulfillmentOrderId: work.fulfillmentOrderId }
  if (what === 0) box.run('CancelOrder', { orderId: id, reason: 'test' })
  box.run('StartPicking', ref)
  box.run('PickWork', { ...ref, short: [] })
  box.run('PackWork', ref)
  if (what > 2) box.run('ShipWork', { ...ref, shipment: shipment(`${id}-s`) })
}
