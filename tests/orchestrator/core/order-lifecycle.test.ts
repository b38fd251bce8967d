// What always holds in the life of orders: the table of transitions, the units, the stock, and the log.

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { orderStatuses } from '#data/contracts'
import {
  type CoreEvent,
  type CoreState,
  coreDefinition,
  type EventType,
  emptyState,
  historySteps,
  isTransition,
  type OrderStatus,
  terminalStates,
  transitions,
} from '#orchestrator/core'
import { violationsOf, violationsOfStep } from '#orchestrator/verify'
import { ownStates, perform, unitsByState, wish } from './order-wishes.ts'
import { Sandbox } from './setting.ts'

const { evolve } = coreDefinition('main')

const wishes = fc.array(wish, { minLength: 20, maxLength: 90, size: 'max' })

function newBox(): Sandbox {
  const box = Sandbox.withStock(6)
  box.run('DefineNodes', { nodes: [...box.state.nodes.values()].map((node) => ({ ...node, type: 'store' })) })
  box.run('DefineOwnStates', { states: ownStates })
  box.create('o1', { x: 3, y: 2 })
  box.method = 'pickup'
  box.create('o2', { x: 2 })
  return box
}

interface Step {
  from: string | null
  to: string | null
  by: EventType
}

/** Steps that an event made: states of a line that gained units, each with those that lost some. */
function stepsOf(
  before: CoreState,
  after: CoreState,
  event: CoreEvent,
): { lost: string[]; gained: string[] }[] {
  const { orderId, order } = event.data as { orderId?: string; order?: { orderId: string } }
  const id = orderId ?? order?.orderId ?? ''
  const [was, is] = [unitsByState(before.orders.get(id)), unitsByState(after.orders.get(id))]
  return [...new Set([...was.keys(), ...is.keys()])].map((lineId) => {
    const states = new Set([...(was.get(lineId)?.keys() ?? []), ...(is.get(lineId)?.keys() ?? [])])
    const change = (state: string) => (is.get(lineId)?.get(state) ?? 0) - (was.get(lineId)?.get(state) ?? 0)
    return {
      lost: [...states].filter((state) => change(state) < 0),
      gained: [...states].filter((state) => change(state) > 0),
    }
  })
}

/** Steps outside the table. */
function strangers(before: CoreState, after: CoreState, event: CoreEvent): Step[] {
  const by = event.type
  const allowed = (from: string | null, to: string | null) =>
    isTransition(from as OrderStatus | null, to as OrderStatus | null, by)
  return stepsOf(before, after, event).flatMap(({ lost, gained }) => [
    ...gained.flatMap((to) =>
      [...lost, null].some((from) => allowed(from, to)) ? [] : [{ from: null, to, by }],
    ),
    ...lost.flatMap((from) =>
      [...gained, null].some((to) => allowed(from, to)) ? [] : [{ from, to: null, by }],
    ),
  ])
}

test('no unit takes a step outside the table, nothing is lost, promised twice or without a reason', () => {
  fc.assert(
    fc.property(wishes, (asked) => {
      const box = newBox()
      let folded = box.events.reduce(evolve, emptyState('main'))
      let told = box.events.length
      for (const each of asked) {
        const before = box.state
        perform(box, each)
        for (const event of box.events.slice(told)) {
          const next = evolve(folded, event)
          expect(strangers(folded, next, event)).toEqual([])
          folded = next
        }
        told = box.events.length
        expect(violationsOf(box.state)).toEqual([])
        expect(violationsOfStep(before, box.state, box.state.stock.keys())).toEqual([])
      }
      for (const order of box.state.orders.values()) {
        expect(historySteps(order.history).filter((entry) => entry.reason === null)).toEqual([])
      }
    }),
    { numRuns: 150 },
  )
})

test('asking for the same again changes nothing more than the first time did', () => {
  fc.assert(
    fc.property(wishes, wish, (asked, last) => {
      const repeatable = ['hold', 'lift', 'cancel', 'launch', 'accept', 'reject', 'own', 'unsource']
      if (!repeatable.includes(last.kind)) return
      const box = newBox()
      for (const each of asked) perform(box, each)
      perform(box, last)
      const once = box.state.orders
      perform(box, last)
      if (last.kind !== 'reject' && last.kind !== 'accept') expect(box.state.orders).toBe(once)
    }),
    { numRuns: 150 },
  )
})

test('the log tells the same state again, also after it was written and read', () => {
  fc.assert(
    fc.property(wishes, (asked) => {
      const box = newBox()
      for (const each of asked) perform(box, each)
      const told = JSON.parse(JSON.stringify(box.events)) as typeof box.events
      const again = told.reduce(evolve, emptyState('main'))
      expect(Object.fromEntries(again.orders)).toEqual(Object.fromEntries(box.state.orders))
      expect(Object.fromEntries(again.stock)).toEqual(Object.fromEntries(box.state.stock))
      expect([...again.waiting].sort()).toEqual([...box.state.waiting].sort())
      expect([...again.preordered].sort()).toEqual([...box.state.preordered].sort())
      expect([...again.withOwnState].sort()).toEqual([...box.state.withOwnState].sort())
    }),
    { numRuns: 60 },
  )
})

test('every state is reached from nothing by the table, and nothing follows on a terminal one', () => {
  const reached = new Set<string | null>([null])
  for (let isNew = true; isNew; ) {
    const next = transitions.filter((each) => reached.has(each.from) && !reached.has(each.to))
    isNew = next.length > 0
    for (const { to } of next) reached.add(to)
  }
  expect(orderStatuses.filter((state) => !reached.has(state))).toEqual([])
  const ends = orderStatuses.filter((state) => transitions.every(({ from }) => from !== state))
  expect(ends).toEqual(terminalStates)
})

test('every state of the table is reached by commands', () => {
  const reached = new Set<string>()
  fc.assert(
    fc.property(wishes, (asked) => {
      const box = newBox()
      for (const each of asked) {
        perform(box, each)
        for (const order of box.state.orders.values()) {
          for (const units of unitsByState(order).values())
            for (const state of units.keys()) reached.add(state)
        }
      }
    }),
    { numRuns: 200, seed: 7 },
  )
  expect(orderStatuses.filter((state) => !reached.has(state))).toEqual([])
})
