// Reservations, allocations and ring fences against a simple model, with a clock that jumps.

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { availableOf, ringFenceOf, stockKey } from '#orchestrator/core'
import { violationsOf, violationsOfStep } from '#orchestrator/verify'
import { giveBack, sendOff, takeStock } from '../../../orchestrator/core/stock/take.ts'
import { StockBox } from './stock-box.ts'

const places = ['A', 'B'] as const
type Place = (typeof places)[number]
const channels = ['web', 'shop'] as const
type Channel = (typeof channels)[number]

const place = fc.constantFrom(...places)
const channel = fc.constantFrom(...channels, null)
const units = fc.integer({ min: 1, max: 6 })
const id = fc.constantFrom('r1', 'r2', 'r3', 'r4')
const order = fc.constantFrom('o1', 'o2')
const act = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('reserve' as const),
      id,
      a: units,
      b: fc.integer({ min: 0, max: 4 }),
      channel,
      ttl: fc.integer({ min: 1, max: 60 }),
    }),
  },
  fc.record({ do: fc.constant('renew' as const), id, ttl: fc.integer({ min: 1, max: 60 }) }),
  fc.record({ do: fc.constant('release' as const), id }),
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('take' as const),
      order,
      place,
      units,
      channel,
      by: fc.option(id),
    }),
  },
  fc.record({ do: fc.constant('give' as const), order, place, units, isSent: fc.boolean() }),
  fc.record({
    do: fc.constant('fence' as const),
    place,
    units,
    channel: fc.constantFrom(...channels),
    isBack: fc.boolean(),
  }),
  fc.record({ do: fc.constant('adjust' as const), place, delta: fc.integer({ min: -4, max: 4 }) }),
  fc.record({ do: fc.constant('sweep' as const) }),
  fc.record({ do: fc.constant('jump' as const), seconds: fc.integer({ min: -40, max: 90 }) }),
)
type Act = typeof act extends fc.Arbitrary<infer T> ? T : never

interface Held {
  units: Record<Place, number>
  fenced: Record<Place, number>
  channel: Channel | null
  expiresAt: number
}

class Model {
  onHand: Record<Place, number> = { A: 10, B: 10 }
  fences: Record<Place, Record<Channel, number>> = { A: { web: 0, shop: 0 }, B: { web: 0, shop: 0 } }
  held = new Map<string, Held>()
  used = new Set<string>()
  // By order, place and channel of the ring fence, '' = out of the units of everybody.
  taken = new Map<string, number>()
  readonly limit: number

  constructor(limit: number) {
    this.limit = limit
  }

  live(at: number): Held[] {
    return [...this.held.values()].filter((each) => each.expiresAt > at)
  }
  fence(p: Place, c: Channel | null, at: number): number {
    if (c === null) return 0
    const back = [...this.held.values()].filter((each) => each.expiresAt <= at && each.channel === c)
    return this.fences[p][c] + back.reduce((sum, each) => sum + each.fenced[p], 0)
  }
  allocated(p: Place): number {
    let sum = 0
    for (const [key, n] of this.taken) if (key.split('/')[1] === p) sum += n
    return sum
  }
  reserved(p: Place, at: number): number {
    return this.live(at).reduce((sum, each) => sum + each.units[p], 0)
  }
  general(p: Place, at: number): number {
    const fenced = this.fence(p, 'web', at) + this.fence(p, 'shop', at)
    return this.onHand[p] - this.allocated(p) - this.reserved(p, at) - fenced
  }
  can(p: Place, c: Channel | null, n: number, at: number): boolean {
    return n === 0 || this.general(p, at) + this.fence(p, c, at) + this.limit >= n
  }
}

function follow(model: Model, events: readonly { type: string; data: object }[], at: number): void {
  for (const { type, data } of events) {
    const ended = data as { reservationId: string; how?: string }
    if (type !== 'ReservationEnded' || ended.how !== 'expired') continue
    const held = model.held.get(ended.reservationId)
    expect(held?.expiresAt).toBeLessThanOrEqual(at)
    end(model, ended.reservationId)
  }
}

function end(model: Model, reservationId: string): void {
  const held = model.held.get(reservationId)
  if (held === undefined) return
  if (held.channel !== null) for (const p of places) model.fences[p][held.channel] += held.fenced[p]
  model.held.delete(reservationId)
}

function perform(box: StockBox, model: Model, step: Act): void {
  const { at } = box
  switch (step.do) {
    case 'jump':
      box.at += step.seconds * 1_000
      return
    case 'sweep':
      follow(model, box.run('ExpireReservations', {}).events, at)
      return
    case 'reserve':
      reserve(box, model, step)
      return
    case 'renew': {
      const held = model.held.get(step.id)
      const isFine = held !== undefined && held.expiresAt > at
      const { refused } = box.run('RenewReservation', { reservationId: step.id, ttlMs: step.ttl * 1_000 })
      expect(refused === null).toBe(isFine)
      if (isFine) held.expiresAt = at + step.ttl * 1_000
      return
    }
    case 'release': {
      const { refused, events } = box.run('ReleaseReservation', { reservationId: step.id, reason: 'test' })
      expect(refused === null).toBe(model.used.has(step.id))
      follow(model, events, at)
      end(model, step.id)
      return
    }
    case 'take':
      take(box, model, step)
      return
    case 'give':
      give(box, model, step)
      return
    case 'fence': {
      const items = [{ ...box.place('x', step.place), channel: step.channel, quantity: step.units }]
      const { refused, events } = step.isBack
        ? box.run('UnallocateChannel', { items, reason: 'test' })
        : box.run('AllocateChannel', { items, reason: 'test' })
      const isFine = step.isBack
        ? model.fence(step.place, step.channel, at) >= step.units
        : model.general(step.place, at) >= step.units
      expect(refused === null).toBe(isFine)
      follow(model, events, at)
      if (isFine) model.fences[step.place][step.channel] += step.isBack ? -step.units : step.units
      return
    }
    case 'adjust': {
      const change = { ...box.place('x', step.place), delta: step.delta, onHand: null, reason: 'test' }
      const { refused } = box.run('AdjustStock', { items: [change] })
      // Sent backorders leave it below zero: it may come up from there.
      const isFine = step.delta >= 0 || model.onHand[step.place] + step.delta >= 0
      expect(refused).toBe(isFine ? null : 'stock_negative')
      if (isFine) model.onHand[step.place] += step.delta
    }
  }
}

function reserve(box: StockBox, model: Model, step: Extract<Act, { do: 'reserve' }>): void {
  const { at } = box
  if (model.used.has(step.id)) return
  const lines = { 'x@A': step.a, ...(step.b === 0 ? {} : { 'x@B': step.b }) }
  const wanted = { A: step.a, B: step.b }
  const isFine = places.every((p) => model.can(p, step.channel, wanted[p], at))
  const { refused, events } = box.reserve(step.id, lines, {
    channel: step.channel,
    ttlMs: step.ttl * 1_000,
  })
  expect(refused).toBe(isFine ? null : 'stock_short')
  follow(model, events, at)
  if (!isFine) return
  model.used.add(step.id)
  const fenced = { A: 0, B: 0 }
  for (const p of step.channel === null ? [] : places) {
    fenced[p] = Math.min(wanted[p], model.fences[p][step.channel as Channel])
    model.fences[p][step.channel as Channel] -= fenced[p]
  }
  model.held.set(step.id, {
    units: wanted,
    fenced,
    channel: step.channel,
    expiresAt: at + step.ttl * 1_000,
  })
}

function give(box: StockBox, model: Model, step: Extract<Act, { do: 'give' }>): void {
  const { at } = box
  const mine = [...model.taken].filter(([key]) => key.startsWith(`${step.order}/${step.place}/`))
  const most = mine.reduce((sum, [, n]) => sum + n, 0)
  const quantity = Math.min(step.units, most)
  if (quantity === 0) return
  const moves = [{ ...box.place('x', step.place), quantity }]
  box.apply(step.isSent ? sendOff(step.order, moves, at) : giveBack(step.order, moves, at))
  if (step.isSent) model.onHand[step.place] -= quantity
  let left = quantity
  for (const [key, n] of mine.toSorted(([a], [b]) => Number(a.endsWith('/')) - Number(b.endsWith('/')))) {
    const gone = Math.min(n, left)
    left -= gone
    model.taken.set(key, n - gone)
    const c = key.split('/')[2] as Channel | ''
    if (!step.isSent && c !== '') model.fences[step.place][c] += gone
  }
}

function take(box: StockBox, model: Model, step: Extract<Act, { do: 'take' }>): void {
  const { at } = box
  const { place: p, units: n } = step
  // One channel for each order, as orders have one.
  const c: Channel = step.order === 'o1' ? 'web' : 'shop'
  const known = step.by === null ? undefined : model.held.get(step.by)
  const own =
    known !== undefined && known.expiresAt > at && known.channel !== (c === 'web' ? 'shop' : 'web')
      ? known
      : undefined
  const by = own === undefined || step.by === null ? [] : [step.by]
  const move = { ...box.place('x', p), quantity: n }
  const free = own === undefined ? 0 : Math.min(own.units[p], n)
  const backFenced = own === undefined ? 0 : Math.min(own.fenced[p], free)
  const taker = own === undefined ? c : (own.channel ?? c)
  const isFine = model.general(p, at) + model.fence(p, taker, at) + free + model.limit >= n
  const outcome = takeStock(box.state, { orderId: step.order, channel: c, reservationIds: by }, [move], at)
  expect('events' in outcome).toBe(isFine)
  if (!('events' in outcome)) return
  const before = box.state
  box.apply(outcome.events)
  expect(violationsOfStep(before, box.state, [stockKey('x', `fab:${p}`)])).toEqual([])
  follow(model, outcome.events, at)
  if (own !== undefined) {
    own.units[p] -= free
    own.fenced[p] -= backFenced
    if (own.channel !== null) model.fences[p][own.channel] += backFenced
    const other = p === 'A' ? 'B' : 'A'
    const elsewhere = Math.min(own.units[other], n - free)
    own.units[other] -= elsewhere
    const back = Math.min(own.fenced[other], elsewhere)
    own.fenced[other] -= back
    if (own.channel !== null) model.fences[other][own.channel] += back
    if (own.units.A + own.units.B === 0) for (const id of by) model.held.delete(id)
  }
  const fenced = Math.min(n, model.fences[p][taker])
  model.fences[p][taker] -= fenced
  const add = (key: string, more: number) => model.taken.set(key, (model.taken.get(key) ?? 0) + more)
  add(`${step.order}/${p}/${taker}`, fenced)
  add(`${step.order}/${p}/`, n - fenced)
}

test.each([0, 3])('stock is as a model says, with a backorder limit of %i', (limit) => {
  fc.assert(
    fc.property(fc.array(act, { minLength: 4, maxLength: 60, size: 'max' }), (acts) => {
      const box = new StockBox()
      const model = new Model(limit)
      if (limit > 0) box.run('SetStockRules', { rules: [{ sku: null, nodeId: null, backorderLimit: limit }] })
      for (const step of acts) {
        perform(box, model, step)
        for (const p of places) {
          const stock = box.stock('x', p)
          if (stock === undefined) throw new Error('no stock')
          const seen = {
            onHand: stock.onHand,
            allocated: stock.allocated,
            reserved: stock.reserved,
            general: availableOf(stock),
            web: ringFenceOf(stock, 'web'),
            shop: ringFenceOf(stock, 'shop'),
          }
          expect(seen).toEqual({
            onHand: model.onHand[p],
            allocated: model.allocated(p),
            reserved: model.reserved(p, box.at),
            general: model.general(p, box.at),
            web: model.fence(p, 'web', box.at),
            shop: model.fence(p, 'shop', box.at),
          })
        }
        const odd = violationsOf(box.state).filter((each) => each.invariant !== 'allocated_is_reserved_work')
        expect(odd).toEqual([])
      }
    }),
    { numRuns: 150 },
  )
})
