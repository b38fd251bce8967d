// What of an order a token is about: its lines, their work, and what still wants a node. It changes nothing.

import type { FlowToken } from '#orchestrator/core'
import {
  blockOfWork,
  type CoreState,
  type FulfillmentOrder,
  isOpenWork,
  type Order,
  restOf,
} from '#orchestrator/core'

type Lines = FlowToken['lineIds']

/** Lines that are meant. */
export function linesIn(order: Order, lineIds: Lines): Order['lines'] {
  return lineIds === null ? order.lines : order.lines.filter(({ lineId }) => lineIds.includes(lineId))
}

/** Why lines of an order are held, by their ids. */
export function lineHoldsOf({ lines }: Pick<Order, 'lines'>): Map<string, string> {
  return new Map(lines.flatMap(({ lineId, hold }) => (hold === null ? [] : [[lineId, hold]])))
}

/** Whether units of the lines have no work: they want a node, wait for stock or a day, or are held. */
export function isUnplaced(order: Order, lineIds: Lines): boolean {
  return linesIn(order, lineIds).some((line) => {
    const { fresh, backordered, kept } = restOf(order, line)
    return fresh + backordered + kept > 0
  })
}

/** Work of the lines that no node has yet. */
export function plannedIn(order: Order, lineIds: Lines): FulfillmentOrder[] {
  return order.work.filter(
    (work) =>
      isOpenWork(work) &&
      work.releasedAt === null &&
      (lineIds === null || work.lines.some(({ lineId }) => lineIds.includes(lineId))),
  )
}

/** Ids of work, as commands want them: absent where the whole order is meant. */
export function workIds(work: readonly FulfillmentOrder[], lineIds: Lines): { workIds?: readonly string[] } {
  return lineIds === null ? {} : { workIds: work.map(({ fulfillmentOrderId }) => fulfillmentOrderId) }
}

/** Own state that holds any of the work back, null = none does. */
export function blockIn(state: CoreState, work: readonly FulfillmentOrder[]): string | null {
  return work.map((each) => blockOfWork(state, each)).find((block) => block !== null) ?? null
}
