// Where facts come from: the state of a market, its time, and what models and detection say. Shapes, and how a running
// market gives them; facts themselves are elsewhere.

import type { CoreState, FulfillmentOrder, Incident, Order } from '#orchestrator/core'
import { riskOfStaying, type Worlds } from '#orchestrator/sourcing'
import { Customers } from './customers.ts'

/** What facts are made of. */
export interface FactsContext {
  state: CoreState
  /** Epoch ms of the market. */
  now: number
  /** Probability that work misses its promise, 0 to 1; 0 = not known. */
  riskOf(order: Order, work: FulfillmentOrder): number
  /** How odd a model finds the order, 0 to 1; 0 = not scored. */
  oddnessOf(orderId: string): number
  /** Orders that a customer placed in the last seven days; absent = not known. */
  recentOrders?(customerRef: string): number
  /** The open incident about a value of a dimension. */
  incidentAt(dimension: string, value: string): Incident | undefined
}

/** What is counted of customers, by the worlds of their market. */
const counted = new WeakMap<Worlds, Customers>()

function customersOf(worlds: Worlds): Customers {
  const known = counted.get(worlds) ?? new Customers()
  counted.set(worlds, known)
  return known
}

/** Facts of a market as it is. */
export function factsHere(worlds: Worlds, state: CoreState, now: number): FactsContext {
  return {
    state,
    now,
    riskOf: (order, work) => riskOfStaying(order, work, { worlds, state, now }) ?? 0,
    oddnessOf: (orderId) => worlds.oddness.get(orderId) ?? 0,
    recentOrders: (customerRef) => customersOf(worlds).placedLately(state, customerRef, now),
    incidentAt: (dimension, value) => {
      const incidentId = state.openIncidents.get(`${dimension}/${value}`)
      return incidentId === undefined ? undefined : state.incidents.get(incidentId)
    },
  }
}
