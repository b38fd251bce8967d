// Queues of nodes: what waits there, and how fast they get through it. Made of orders as nodes told of them.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type FulfillmentOrder, type Incident, type Order, PersistentMap } from '#orchestrator/core'
import { Paces } from '../../../orchestrator/sourcing/views/pace.ts'
import {
  dayMs,
  history,
  hourMs,
  network,
  noon,
  orderOf,
  packed,
  stateOf,
  type Told,
  waiting,
  withoutOpen,
} from './told-orders.ts'

describe('the queue of a node', () => {
  const paceAt = (works: readonly Told[], now = noon, isTold = false, sinceHours = 3) => {
    const state = stateOf([...history, ...works])
    const incident = { incidentId: 'i', beganAt: now - sinceHours * hourMs } as Incident
    const told = {
      openIncidents: PersistentMap([['node/N', 'i']]),
      incidents: PersistentMap([['i', incident]]),
    }
    return new Paces().at(isTold ? { ...state, ...told } : state, now, network)
  }

  /** Packed as usual until two hours ago, and so many since then. */
  const lately = (count: number) => [
    ...waiting(30, noon - 5 * hourMs),
    ...packed(30, noon - 5 * hourMs, noon - 2 * hourMs),
    ...packed(count, noon - 2 * hourMs, noon),
  ]

  test('takes as long as what is before it, at the speed of the last hours where an incident is open there', () => {
    const [slow, quick] = [6, 20].map((count) => paceAt(lately(count), noon, true))
    expect(quick?.of('N')?.perHour).toBeCloseTo(10, 0)
    expect(slow?.of('N')?.perHour).toBeLessThan(5)
    expect(slow?.hours('N')?.medianHours ?? 0).toBeGreaterThan(1.8 * (quick?.hours('N')?.medianHours ?? 99))
  })

  test('is no slower by much for two slow hours of which nobody was told, but for a slow day', () => {
    expect(paceAt(lately(20)).of('N')?.perHour).toBeCloseTo(10, 0)
    expect(paceAt(lately(6)).of('N')?.perHour).toBeGreaterThan(5.5)
    const since = noon - 6 * hourMs
    const day = [...waiting(40, since - dayMs), ...packed(56, since - dayMs, noon)]
    expect(paceAt(day).of('N')?.perHour).toBeLessThan(5)
  })

  test('is slow on the days to come as likely as it has been slow for long', () => {
    const works = [...lately(6), ...waiting(120, noon - hourMs)]
    const hoursAfter = (sinceHours: number) =>
      paceAt(works, noon, true, sinceHours).hours('N')?.medianHours ?? 0
    const [hours, days, weeks] = [2, 48, 1_000].map(hoursAfter)
    const asNow =
      (paceAt(works, noon, true).of('N')?.waiting ?? 0) / (paceAt(works, noon, true).of('N')?.perHour ?? 1)
    expect(hours).toBeLessThan(0.75 * asNow)
    expect(days).toBeGreaterThan(1.15 * (hours ?? 0))
    expect(weeks).toBeGreaterThan(1.1 * (days ?? 0))
    expect(weeks).toBeLessThanOrEqual(asNow * 1.01)
  })

  test('goes on the next day as is usual then, faster or slower by as much as today', () => {
    const sunday = Date.UTC(2026, 4, 10, 20)
    // On Sundays there are half as many hands, and work waits all day.
    const sundays = [1, 2, 3].flatMap((week) =>
      Array.from({ length: 80 }, (_, i): Told => {
        const packedAt = sunday - 7 * week * dayMs - 14 * hourMs + (i + 0.5) * 720_000
        return { status: 'packed', releasedAt: packedAt - 5 * hourMs, packedAt }
      }),
    )
    const hoursWith = (done: number) =>
      paceAt(
        [...sundays, ...waiting(40, sunday - 6 * hourMs), ...packed(done, sunday - 6 * hourMs, sunday)],
        sunday,
      ).hours('N')?.medianHours ?? 0
    // Ten pieces until ten o'clock, 31 on Monday at ten an hour.
    expect(hoursWith(30)).toBeCloseTo(2 + 3.1, 0)
    // Half as fast as on other Sundays: about five, and 36 at five or six an hour.
    expect(hoursWith(15)).toBeGreaterThan(2 + 5)
    expect(hoursWith(15)).toBeLessThan(2 + 7.5)
    expect(paceAt([...sundays, ...waiting(5, sunday)], sunday).of('N')?.usualPerHour).toBeCloseTo(5, 0)
    expect(paceAt([...sundays, ...waiting(5, sunday)], sunday + dayMs).of('N')?.usualPerHour).toBeCloseTo(10)
  })

  test('is no slower for weeks of which little is remembered, nor by much for a few slow hours', () => {
    const packedAgo = (days: number, count: number, hours: number) =>
      packed(count, noon - days * dayMs - hours * hourMs, noon - days * dayMs)
    const atOnce = (days: number) =>
      packedAgo(days, 60, 6).map((work) => ({ ...work, releasedAt: (work.packedAt ?? 0) - 60_000 }))
    const usual = (works: readonly Told[]) =>
      paceAt([...atOnce(8), ...atOnce(9), ...works, ...waiting(5, noon)]).of('N')?.usualPerHour
    expect(usual([21, 28, 35].flatMap((days) => packedAgo(days, 8, 5)))).toBeCloseTo(10)
    expect(usual([...atOnce(7), ...packedAgo(7, 15, 3)])).toBeGreaterThan(7.5)
    expect(usual([7, 14].flatMap((days) => packedAgo(days, 40, 8)))).toBeLessThan(7.5)
  })

  test('stands still where nothing is packed that should have been, and may do so as long again', () => {
    const still = paceAt(waiting(10, noon - 3 * hourMs)).of('N')
    expect(still?.idleHours).toBeCloseTo(3, 1)
    expect(still?.perHour).toBeCloseTo(10)
  })

  test('is not taken to stand still at the begin of a shift because it did in the last', () => {
    const early = Date.UTC(2026, 4, 7, 6, 15)
    expect(paceAt(waiting(10, noon), early).of('N')?.idleHours).toBe(0)
  })

  test('is not known of a node that never told what it packed', () => {
    expect(new Paces().at(stateOf(waiting(5, noon - hourMs)), noon, network).of('N')).toBeNull()
  })

  test('is the same whether it was looked at before or not, whatever changed meanwhile', () => {
    const change = fc.record({
      i: fc.nat({ max: 11 }),
      to: fc.constantFrom<Told>(
        { packedAt: noon - 60_000, status: 'packed' },
        { packedAt: noon - hourMs, status: 'shipped', shippedAt: noon - hourMs },
        { status: 'cancelled' },
        { releasedAt: null },
        { nodeId: 'M' },
      ),
      isLate: fc.boolean(),
    })
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 8 }), (changes) => {
        const kept = new Paces()
        const works = [...history, ...waiting(12, noon - 2 * hourMs)]
        let state = stateOf(works)
        let before = kept.at(state, noon, network)
        for (const { i, to, isLate } of changes) {
          if (!isLate) before.hours('N')
          const at = history.length + i
          const order = orderOf(at, { ...works[at], ...to })
          const open = to.shippedAt === undefined ? state.openByNode : withoutOpen(state, order.orderId)
          state = { ...state, orders: state.orders.set(order.orderId, order), openByNode: open }
          const view = kept.at(state, noon, network)
          // A view of what was before may be asked later on, and leaves nothing behind.
          if (isLate) expect(before.hours('N')?.medianHours).toBeGreaterThanOrEqual(0)
          expect(view.hours('N')).toEqual(new Paces().at(state, noon, network).hours('N'))
          expect(view.of('N')).toEqual(new Paces().at(state, noon, network).of('N'))
          before = view
        }
      }),
      { numRuns: 25 },
    )
  })

  test('is shorter for what came first', () => {
    const works = waiting(20, noon - 2 * hourMs)
    const state = stateOf([...history, ...works])
    const paces = new Paces().at(state, noon, network)
    const hoursOf = (i: number) => {
      const order = state.orders.get(`o${history.length + i}`) as Order
      return paces.hours('N', { order, work: order.work[0] as FulfillmentOrder })?.medianHours ?? 0
    }
    expect(hoursOf(0)).toBeLessThan(hoursOf(10))
    expect(hoursOf(10)).toBeLessThan(hoursOf(19))
  })
})
