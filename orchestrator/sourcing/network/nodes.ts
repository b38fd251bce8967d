// Settles what is known of nodes: what files say, completed and overridden by the network, with defaults for the rest.

import type { api } from '#data/contracts'
import type { Node } from '#orchestrator/core'
import type { CompiledNode } from './compiled.ts'
import type { Findings } from './findings.ts'
import { minuteOf, zoneClock } from './zone-clock.ts'

/** Zone of a node whose own is not known. */
export const usualZone = 'UTC'

const everyMethod = ['delivery', 'pickup', 'curbside', 'ship_to_store']

/** What a type of node usually serves. */
export const usualMethods: Record<CompiledNode['type'], readonly string[]> = {
  warehouse: ['delivery', 'ship_to_store'],
  '3pl': ['delivery', 'ship_to_store'],
  dropship: ['delivery', 'ship_to_store'],
  store: everyMethod,
}

/** Nodes of files and network, those of files first, each in the order it came. */
export function settleNodes(
  files: Iterable<Node>,
  document: api.NetworkDocument,
  findings: Findings,
): CompiledNode[] {
  const calendars = new Map(document.calendars.map((calendar) => [calendar.calendarId, calendar]))
  const told = new Map(document.nodes.map((node) => [node.nodeId, node]))
  const settled: CompiledNode[] = []
  for (const file of files) {
    settled.push(settle(file, told.get(file.nodeId) ?? null, calendars, findings))
    told.delete(file.nodeId)
  }
  for (const node of told.values()) settled.push(settle(null, node, calendars, findings))
  return settled
}

function settle(
  file: Node | null,
  told: api.NetworkNode | null,
  calendars: ReadonlyMap<string, api.WorkCalendar>,
  findings: Findings,
): CompiledNode {
  const nodeId = told?.nodeId ?? file?.nodeId ?? ''
  const type = told?.type ?? file?.type ?? 'warehouse'
  const { latitude, longitude } = coordinatesOf(file, told)
  return {
    nodeId,
    name: told?.name ?? file?.name ?? nodeId,
    type,
    timeZone: zoneOf(nodeId, told?.timeZone ?? file?.timeZone ?? null, findings),
    country: told?.country ?? file?.country ?? null,
    region: told?.region ?? file?.region ?? null,
    city: told?.city ?? file?.city ?? null,
    postalCode: told?.postalCode ?? file?.postalCode ?? null,
    latitude,
    longitude,
    isActive: (told?.isActive ?? true) && (file?.isActive ?? true),
    activeFrom: told?.activeFrom ?? null,
    activeUntil: told?.activeUntil ?? null,
    groupIds: told?.groupIds ?? [],
    calendar: calendarOf(nodeId, told?.calendarId ?? null, calendars, findings),
    cutOff: cutOffOf(nodeId, told?.cutOff ?? file?.cutOff ?? null, findings),
    pickups: told?.pickups ?? [],
    processing: told?.processing ?? null,
    orderCostCents: told?.orderCostCents ?? file?.processingCostCents ?? 0,
    lineCostCents: told?.lineCostCents ?? 0,
    unitCostCents: told?.unitCostCents ?? 0,
    capacity: {
      ordersPerDay: told?.capacity.ordersPerDay ?? file?.dailyCapacity ?? null,
      linesPerDay: told?.capacity.linesPerDay ?? null,
      unitsPerDay: told?.capacity.unitsPerDay ?? null,
      ordersPerHour: told?.capacity.ordersPerHour ?? null,
    },
    methods: new Set(told !== null && told.methods.length > 0 ? told.methods : usualMethods[type]),
    priority: told?.priority ?? 0,
    safetyUnits: told?.safetyUnits ?? null,
    safetyPercent: told?.safetyPercent ?? null,
    onlyCustomers: someOf(told?.onlyCustomers),
    serviceIds: someOf(told?.serviceIds),
    carriers: file?.carriers ?? [],
  }
}

function someOf(ids: readonly string[] | undefined): ReadonlySet<string> | null {
  return ids === undefined || ids.length === 0 ? null : new Set(ids)
}

/** A half of a pair of coordinates is nowhere: both come from one source. */
function coordinatesOf(file: Node | null, told: api.NetworkNode | null) {
  for (const source of [told, file]) {
    if (source === null || source.latitude === null || source.longitude === null) continue
    if (Math.abs(source.latitude) <= 90 && Math.abs(source.longitude) <= 180) return source
  }
  return { latitude: null, longitude: null }
}

function zoneOf(nodeId: string, timeZone: string | null, findings: Findings): string {
  if (timeZone !== null && zoneClock(timeZone) !== null) return timeZone
  const why = timeZone === null ? 'names no time zone' : `names the time zone "${timeZone}", which is unknown`
  findings.add('node_zone_unknown', 'nodes', nodeId, `Node ${nodeId} ${why}: taken as ${usualZone}.`)
  return usualZone
}

function cutOffOf(nodeId: string, cutOff: string | null, findings: Findings): string | null {
  if (cutOff === null || minuteOf(cutOff) !== null) return cutOff
  const text = `Node ${nodeId} has the cut-off "${cutOff}", which is no time: taken as the end of its day.`
  findings.add('node_cut_off_unreadable', 'nodes', nodeId, text)
  return null
}

function calendarOf(
  nodeId: string,
  calendarId: string | null,
  calendars: ReadonlyMap<string, api.WorkCalendar>,
  findings: Findings,
): api.WorkCalendar | null {
  const calendar = calendarId === null ? undefined : calendars.get(calendarId)
  if (calendar !== undefined) return calendar
  const [code, why] =
    calendarId === null
      ? ['node_calendar_missing', 'has no calendar']
      : ['node_calendar_unknown', `names calendar ${calendarId}, which is not there`]
  findings.add(code, 'nodes', nodeId, `Node ${nodeId} ${why}: taken as open all day, every day.`)
  return null
}
