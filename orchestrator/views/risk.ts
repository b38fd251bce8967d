// Which open orders an open incident holds. It follows from the core alone; what a model says comes along.

import { type CoreState, type Incident, isOpenWork, type Order } from '#orchestrator/core'
import type { Outlook } from '#orchestrator/sourcing'

/** Nodes and carriers with an open incident, and what is behind them. */
export interface Risk {
  incidents: readonly Incident[]
  nodes: ReadonlySet<string>
  carriers: ReadonlySet<string>
  /** What a model of lateness says; null without one. */
  outlook: Outlook | null
}

/** The risk of this state. @param outlook what a model of lateness says */
export function riskOf(state: CoreState, outlook: Outlook | null = null): Risk {
  const incidents = [...state.incidents.values()].filter((incident) => incident.status !== 'resolved')
  const valuesOf = (dimension: string) =>
    new Set(incidents.filter((one) => one.dimension === dimension).map((one) => one.dimensionValue))
  return { incidents, nodes: valuesOf('node'), carriers: valuesOf('carrier'), outlook }
}

/** Whether open work of the order is at a node or with a carrier that has an open incident. */
export function isAtRisk(order: Order, risk: Risk): boolean {
  return order.work.some(
    (work) =>
      isOpenWork(work) &&
      (risk.nodes.has(work.nodeId) || (work.carrier !== null && risk.carriers.has(work.carrier))),
  )
}

/** Whether open work of the order is at the node or with the carrier of the incident. */
export function isHeldBy(order: Order, incident: Pick<Incident, 'dimension' | 'dimensionValue'>): boolean {
  const { dimension, dimensionValue } = incident
  return order.work.some(
    (work) =>
      isOpenWork(work) &&
      (dimension === 'node'
        ? work.nodeId === dimensionValue
        : dimension === 'carrier' && work.carrier === dimensionValue),
  )
}

/** Open orders that the incident holds. */
export function heldBy(state: CoreState, incident: Pick<Incident, 'dimension' | 'dimensionValue'>): Order[] {
  const { dimension, dimensionValue } = incident
  const nodes =
    dimension === 'node' ? [dimensionValue] : dimension === 'carrier' ? state.openByNode.keys() : []
  const found = new Map<string, Order>()
  for (const nodeId of nodes) {
    for (const orderId of state.openByNode.get(nodeId) ?? []) {
      const order = state.orders.get(orderId)
      if (order !== undefined && isHeldBy(order, incident)) found.set(orderId, order)
    }
  }
  return [...found.values()]
}

/** Open orders that any open incident holds. */
export function ordersAtRisk(state: CoreState): Map<string, Order> {
  const found = new Map<string, Order>()
  for (const incident of riskOf(state).incidents) {
    for (const order of heldBy(state, incident)) found.set(order.orderId, order)
  }
  return found
}

/** Value of the goods of an order, in cents. */
export function worthOf(order: Order): number {
  if (order.totalCents !== null) return order.totalCents
  return order.lines.reduce((sum, line) => sum + line.unitPriceCents * line.quantity - line.discountCents, 0)
}
