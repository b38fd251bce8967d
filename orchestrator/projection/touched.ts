// Which orders, positions and incidents events of the core are about. It does not know what happened to them.

import { isControlEvent, type StoredEvent } from '#data/log'
import { type CoreEvent, coreEvent, stockKey } from '#orchestrator/core'

/** What a batch of events touched. */
export interface Touched {
  /** Order ids. */
  orders: Set<string>
  /** Keys of stock positions, see `stockKey`. */
  stock: Set<string>
  /** Incident ids. */
  incidents: Set<string>
}

/** Fields by which events name what they are about; also those of events that only a newer Detour knows. */
interface Names {
  orderId?: string
  order?: { orderId: string }
  incidentId?: string
  decision?: { incidentId: string | null } | null
  items?: readonly { sku: string; nodeId: string }[]
}

/** The events of the core among the stored ones: without those that a writer adds by itself. */
export function coreEvents(events: readonly StoredEvent[]): CoreEvent[] {
  return events.filter((event) => !isControlEvent(event.type)).map(coreEvent)
}

/** What the events touched. Events named Stock change stock alone, also where they name an order. */
export function touchedBy(events: readonly CoreEvent[]): Touched {
  const touched: Touched = { orders: new Set(), stock: new Set(), incidents: new Set() }
  for (const event of events) {
    const names = event.data as Names
    if (event.type.startsWith('Stock')) {
      for (const item of names.items ?? []) touched.stock.add(stockKey(item.sku, item.nodeId))
      continue
    }
    const orderId = names.orderId ?? names.order?.orderId
    if (orderId !== undefined) touched.orders.add(orderId)
    const incidentId = names.incidentId ?? names.decision?.incidentId
    if (typeof incidentId === 'string') touched.incidents.add(incidentId)
  }
  return touched
}
