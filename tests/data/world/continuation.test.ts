// What comes after a history: the same whenever and in whatever order it is asked for, and like what was before.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { answerKey, continueWorld, generateWorld } from '#data/world'
import { withFolder } from './history.ts'

const options = { seed: 'after', days: 28, orders: 8_000, end: Date.UTC(2026, 9, 14, 15) }
const hour = 3_600_000
const day = 24 * hour
const slot = 900_000
const first = options.end / slot

describe('the orders after a history', () => {
  it('are the same in whatever order and from whatever point the slots are asked for', () => {
    const whole = continueWorld(options)
    const slots = Array.from({ length: 96 }, (_, i) => whole.orders(first + i))
    fc.assert(
      fc.property(fc.shuffledSubarray([...slots.keys()], { minLength: 5 }), (asked) => {
        const other = continueWorld(options)
        for (const i of asked) expect(other.orders(first + i)).toEqual(slots[i])
      }),
      { numRuns: 10 },
    )
  })

  it('lie in their slot, in order of time, with a promise that can be kept', () => {
    const world = continueWorld(options)
    for (let i = 0; i < 192; i++) {
      const orders = world.orders(first + i)
      const placed = orders.map((order) => order.placedAt)
      expect(placed).toEqual([...placed].sort((a, b) => a - b))
      for (const order of orders) {
        expect(order.placedAt).toBeGreaterThanOrEqual((first + i) * slot)
        expect(order.placedAt).toBeLessThan((first + i + 1) * slot)
        expect(order.releaseAt).toBeGreaterThan(order.placedAt)
        expect(order.promisedAt).toBeGreaterThan(order.releaseAt)
        expect(order.promisedAt - order.placedAt).toBeLessThan(20 * day)
      }
    }
  })

  it('have ids of their own, which no history can have', () => {
    const world = continueWorld(options)
    const ids = Array.from({ length: 7 * 96 }, (_, i) => world.orders(first + i)).flatMap((orders) =>
      orders.map((order) => order.externalId),
    )
    expect(new Set(ids).size).toBe(ids.length)
    for (const id of ids) expect(id).toMatch(/^FB-\d{11,}$/)
  })

  it('come at the rate of the history, with its channels, methods and baskets', async () => {
    const before = await withFolder((folder) => generateWorld(folder, options))
    const world = continueWorld(options)
    const days = 14
    const orders = Array.from({ length: days * 96 }, (_, i) => world.orders(first + i)).flat()
    const perDay = orders.length / days
    const usual = before.rows.orders / options.days
    expect(perDay / usual).toBeGreaterThan(0.85)
    expect(perDay / usual).toBeLessThan(1.35)
    const lines = orders.reduce((sum, order) => sum + order.lines.length, 0)
    expect(lines / orders.length).toBeCloseTo(before.rows.order_lines / before.rows.orders, 1)
    const share = (has: (order: (typeof orders)[number]) => boolean) =>
      orders.filter(has).length / orders.length
    expect(share((order) => order.channel === 'web')).toBeCloseTo(0.44, 1)
    expect(share((order) => order.method === 'delivery')).toBeGreaterThan(0.6)
    expect(share((order) => order.cancelAt !== null)).toBeLessThan(0.06)
  })

  it('do not reach back into the history', () => {
    const odd = continueWorld({ ...options, end: options.end + 400_000 })
    expect(odd.orders(first - 1)).toEqual([])
    for (const order of odd.orders(first))
      expect(order.placedAt).toBeGreaterThanOrEqual(options.end + 400_000)
  })

  it('go on for years', () => {
    const world = continueWorld(options)
    for (const years of [1, 3, 8]) {
      const from = first + Math.floor((years * 365 * day) / slot)
      const count = Array.from({ length: 96 }, (_, i) => world.orders(from + i).length).reduce(
        (a, b) => a + b,
      )
      expect(count).toBeGreaterThan(100)
      expect(count).toBeLessThan(2_000)
    }
  })
})

describe('the faults after a history', () => {
  const { end } = options

  it('begin with the one under way, which ends as planned', () => {
    const last = answerKey(options).at(-1)
    const [under] = continueWorld(options, 6).faults(end, end + hour)
    expect(under).toEqual({ ...last, to: new Date(end + 6 * hour).toISOString().replace('.000Z', 'Z') })
  })

  it('come every nine to thirteen hours, each with its end, and bear different ids', () => {
    const faults = continueWorld(options).faults(end + day, end + 60 * day)
    const starts = faults.map((fault) => Date.parse(fault.from))
    const gaps = starts.slice(1).map((start, i) => (start - (starts[i] as number)) / hour)
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(9)
    expect(Math.max(...gaps)).toBeLessThanOrEqual(13)
    expect(new Set(faults.map((fault) => fault.id)).size).toBe(faults.length)
    expect(new Set(faults.map((fault) => fault.kind)).size).toBe(6)
    for (const fault of faults) expect(Date.parse(fault.to ?? '')).toBeGreaterThan(Date.parse(fault.from))
  })

  it('are the same whatever span is asked for', () => {
    const all = continueWorld(options).faults(end, end + 90 * day)
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 80 * 24 }), fc.integer({ min: 1, max: 240 }), (from, length) => {
        const [a, b] = [end + from * hour, end + (from + length) * hour]
        const wanted = all.filter((fault) => Date.parse(fault.from) < b && Date.parse(fault.to ?? '') > a)
        expect(continueWorld(options).faults(a, b)).toEqual(wanted)
      }),
      { numRuns: 12 },
    )
  })

  it('take capacity away from the node they name, and give it back', () => {
    const world = continueWorld(options, 8)
    const [under] = world.faults(end, end + hour)
    const node = world.node(under?.nodeId ?? '')
    const during = world.finish(node, 'packing', end, 5) - end
    const after = world.finish(node, 'packing', end + 8 * hour, 5) - (end + 8 * hour)
    expect(during).toBeGreaterThan(4 * after)
  })
})
