// Which orders, positions and incidents events of the core are about. It does not know what happened to them.

import { isControlEvent, type StoredEvent } from '#data/log'
import { type CoreEvent, coreEvent, stockKey } from '#orchestrator/core'

/** What a batch of events touched. */
export interface Touched {
  /** Order ids. */
  orders: Set<string>
  /** Keys of stock positions, see `stockKey`. */
  stock: Set<string>
  /** Whether every position of which several sources tell may be another. */
  sources: boolean
  /** Incident ids. */
  incidents: Set<string>
}

/** Fields by which events name what they are about; also those of events that only a newer Detour knows. */
interface Names {
  orderId?: string
  order?: { orderId: string }
  incidentId?: string
  decision?: { incidentId: string | null } | null
  items?: readonly { sku: string; nodeId?: string }[]
  lines?: readonly unknown[]
  reservation?: { lines: readonly Place[] }
  sku?: string
  nodeId?: string
}

interface Place {
  sku: string
  nodeId: string
}

/** Events that change stock alone, whatever they name. */
const ofStock = /^(Stock|SafetyStock|Channel|Reservation|Source|Cycle|Supply|Measures|Products)/

/** Events of flows that change no row of the order they name. */
const ofFlows = /^(FlowRun|FlowStep|FlowMessage|FlowShadowed|ProviderAction)/

/** The events of the core among the stored ones: without those that a writer adds by itself. */
export function coreEvents(events: readonly StoredEvent[]): CoreEvent[] {
  return events.filter((event) => !isControlEvent(event.type)).map(coreEvent)
}

/** What the events touched. Events of stock change stock alone, also where they name an order. */
export function touchedBy(events: readonly CoreEvent[]): Touched {
  const touched: Touched = { orders: new Set(), stock: new Set(), sources: false, incidents: new Set() }
  for (const event of events) {
    const names = event.data as Names
    if (ofStock.test(event.type)) {
      for (const { sku, nodeId } of placesOf(names)) touched.stock.add(stockKey(sku, nodeId))
      if (event.type === 'MeasuresDefined') touched.sources = true
      continue
    }
    if (ofFlows.test(event.type)) continue
    const orderId = names.orderId ?? names.order?.orderId
    if (orderId !== undefined) touched.orders.add(orderId)
    const incidentId = names.incidentId ?? names.decision?.incidentId
    if (typeof incidentId === 'string') touched.incidents.add(incidentId)
  }
  return touched
}

/** Positions that an event of stock names: its items, the lines of its reservation, or itself. */
function placesOf({ items = [], lines = [], reservation, sku, nodeId = '' }: Names): Place[] {
  const places: Place[] = items.map((item) => ({ sku: item.sku, nodeId: item.nodeId ?? nodeId }))
  places.push(...(lines as readonly Place[]), ...(reservation?.lines ?? []))
  if (sku !== undefined) places.push({ sku, nodeId })
  return places
}
