// What commands on own states lead to: their definition, and which part of an order goes into which. Pure.

import type { CommandData } from '../commands.ts'
import { done, event, refused, type Verdict } from '../decision.ts'
import type { CoreState } from '../state.ts'
import { isLiveWork, type Order, type OrderStatus } from './order.ts'
import { problemOfOwnStates, problemOfOwnStep } from './own-states.ts'
import { stateOfRest, stateOfWork } from './parts.ts'
import { settled } from './settle.ts'

/** The own states of the market from now on. */
export function defineOwnStates(state: CoreState, data: CommandData['DefineOwnStates'], at: number): Verdict {
  const { states } = data
  if (JSON.stringify(states) === JSON.stringify(state.ownStates)) return done([])
  const problem = problemOfOwnStates(states)
  if (problem !== null) return refused(problem.reason, problem.details)
  return done([event('OwnStatesDefined', { states, at })])
}

/** Something that can be in an own state. */
interface Place {
  lineId: string | null
  fulfillmentOrderId: string | null
  standard: OrderStatus
  ownState: string | null
}

function placesOf(order: Order): Place[] {
  const lines = order.lines.flatMap((line) => {
    const standard = stateOfRest(order, line)
    const { lineId, ownState } = line
    return standard === null ? [] : [{ lineId, fulfillmentOrderId: null, standard, ownState }]
  })
  const work = order.work.filter(isLiveWork).map((each) => ({
    lineId: null,
    fulfillmentOrderId: each.fulfillmentOrderId,
    standard: stateOfWork(each),
    ownState: each.ownState,
  }))
  return [...lines, ...work]
}

/** Parts of an order go into an own state, or out of theirs. */
export function setOwnState(
  order: Order,
  data: CommandData['SetOwnState'],
  at: number,
  state: CoreState,
): Verdict {
  const { orderId } = order
  const { lineId, fulfillmentOrderId, state: wanted, reason } = data
  const all = placesOf(order)
  if (lineId !== null && !order.lines.some((line) => line.lineId === lineId)) {
    return refused('line_unknown', { lineId }, order)
  }
  if (
    fulfillmentOrderId !== null &&
    !order.work.some((work) => work.fulfillmentOrderId === fulfillmentOrderId)
  ) {
    return refused('work_unknown', { fulfillmentOrderId }, order)
  }
  const isNamed = lineId !== null || fulfillmentOrderId !== null
  const within = state.ownStates.find((own) => own.name === wanted)?.within
  if (wanted !== null && within === undefined) return refused('own_state_unknown', { state: wanted }, order)
  const places = all.filter((place) =>
    isNamed
      ? place.lineId === lineId && place.fulfillmentOrderId === fulfillmentOrderId
      : wanted === null || place.standard === within,
  )
  if (places.length === 0)
    return refused('own_state_elsewhere', { state: wanted, within: within ?? null }, order)
  const changed = places.filter((place) => place.ownState !== wanted)
  for (const place of changed) {
    const problem = problemOfOwnStep(state.ownStates, place.standard, place.ownState, wanted)
    if (problem !== null) {
      return refused(
        problem,
        { state: wanted, from: place.ownState ?? place.standard, within: within ?? null },
        order,
      )
    }
  }
  const events = changed.map((place) =>
    event('OwnStateSet', {
      orderId,
      lineId: place.lineId,
      fulfillmentOrderId: place.fulfillmentOrderId,
      state: wanted,
      reason,
      at,
    }),
  )
  return settled(state, order, events, at)
}
