// What an event did to stock, as rows of the ledger: the difference of two states, position by position. Pure.

import type { logTables, RowOf } from '#data/contracts'
import {
  type CoreEvent,
  type CoreState,
  partsOfKey,
  type Reservation,
  type Stock,
  stockKey,
} from '#orchestrator/core'

type LedgerRow = RowOf<typeof logTables.rawLogStockLedger>
type ScheduleRow = RowOf<typeof logTables.rawLogStockSchedule>

/** An event with its place, and the states around it. */
export interface Step {
  seq: number
  event: CoreEvent
  before: CoreState
  after: CoreState
}

interface Names {
  items?: readonly { sku: string; nodeId?: string }[]
  sku?: string
  nodeId?: string
  orderId?: string
  reason?: string
  reservationId?: string
  reservation?: Reservation
  entries?: readonly { scheduleId: string }[]
  scheduleId?: string
}

const instant = (ms: number) => new Date(ms).toISOString()

/** Whether the event may have changed stock, reservations or the schedule. */
export function concernsStock({ before, after }: Step): boolean {
  return (
    before.stock !== after.stock ||
    before.reservations !== after.reservations ||
    before.schedule !== after.schedule
  )
}

/** Rows of the entries of the schedule that the event changed. */
export function scheduleRows({ seq, event, before, after }: Step): ScheduleRow[] {
  if (before.schedule === after.schedule) return []
  const { entries, scheduleId } = event.data as Names
  const ids = entries?.map((entry) => entry.scheduleId) ?? (scheduleId === undefined ? [] : [scheduleId])
  return ids.flatMap((id) => {
    const entry = after.schedule.get(id)
    const known = before.schedule.get(id)
    const shown = entry ?? known
    if (shown === undefined || entry === known) return []
    return {
      market: after.market,
      seq,
      knownAt: instant(after.latestAt),
      scheduleId: id,
      kind: shown.kind,
      sku: shown.sku,
      nodeId: shown.nodeId,
      quantity: entry?.quantity ?? 0,
      dueAt: instant(shown.dueAt),
    }
  })
}

/** Rows of the positions whose figures the event changed, or at which it changed what a reservation holds. */
export function ledgerRows(step: Step): LedgerRow[] {
  const { seq, event, before, after } = step
  const names = event.data as Names
  const base = {
    market: after.market,
    seq,
    knownAt: instant(after.latestAt),
    occurredAt: instant(event.data.at),
    kind: event.type,
    orderId: names.orderId ?? null,
    reason: names.reason ?? null,
  }
  const holds = holdsOf(step)
  const rows: Omit<LedgerRow, 'entry'>[] = []
  for (const key of positionsOf(step, holds)) {
    const { sku, nodeId } = partsOfKey(key)
    const [was, is] = [before.stock.get(key), after.stock.get(key)]
    const hold = holds.get(key) ?? null
    if (was === is && hold === null) continue
    const change = { ...base, sku, nodeId, isTracked: is !== undefined, ...figures(was, is), ...heldBy(hold) }
    const fences = fencesOf(was, is)
    const first = hold === null ? fences[0] : fences.find(([channel]) => channel === hold.channel)
    const [channel = hold?.channel ?? null, ringFenced = 0] = first ?? []
    rows.push({ ...change, channel, ringFenced })
    for (const [other, units] of fences.filter((each) => each !== first)) {
      rows.push({ ...change, ...figures(is, is), ...heldBy(null), channel: other, ringFenced: units })
    }
  }
  return rows.map((row, entry) => ({ ...row, entry }))
}

/** Keys of the positions that the event may have changed: those it names, else whatever differs. */
function positionsOf({ event, before, after }: Step, holds: ReadonlyMap<string, Hold>): Iterable<string> {
  const { items, sku, nodeId } = event.data as Names
  const keys = new Set(holds.keys())
  if (before.stock === after.stock) return keys
  for (const item of items ?? []) keys.add(stockKey(item.sku, item.nodeId ?? nodeId ?? ''))
  if (sku !== undefined && nodeId !== undefined) keys.add(stockKey(sku, nodeId))
  if (keys.size > 0) return keys
  for (const key of after.stock.keys()) if (before.stock.get(key) !== after.stock.get(key)) keys.add(key)
  return keys
}

function figures(was: Stock | undefined, is: Stock | undefined) {
  const by = (name: 'onHand' | 'allocated' | 'reserved' | 'safetyStock' | 'inbound') =>
    (is?.[name] ?? 0) - (was?.[name] ?? 0)
  return {
    onHand: by('onHand'),
    allocated: by('allocated'),
    reserved: by('reserved'),
    safetyStock: by('safetyStock'),
    inbound: by('inbound'),
  }
}

/** Channels whose ring fence changed, with the units. */
function fencesOf(was: Stock | undefined, is: Stock | undefined): [channel: string, units: number][] {
  const [before, after] = [was?.more?.channels ?? {}, is?.more?.channels ?? {}]
  if (before === after) return []
  const names = new Set([...Object.keys(before), ...Object.keys(after)])
  return [...names]
    .map((name): [string, number] => [name, (after[name] ?? 0) - (before[name] ?? 0)])
    .filter(([, units]) => units !== 0)
}

/** What an event changed of what a reservation holds at a position. */
interface Hold {
  reservationId: string
  channel: string | null
  expiresAt: number
  held: number
  heldRingFenced: number
}

function holdsOf({ event, before, after }: Step): Map<string, Hold> {
  const names = event.data as Names
  const reservationId = names.reservation?.reservationId ?? names.reservationId
  const holds = new Map<string, Hold>()
  if (reservationId === undefined || before.reservations === after.reservations) return holds
  const [was, is] = [before.reservations.get(reservationId), after.reservations.get(reservationId)]
  const known = is ?? was
  if (known === undefined) return holds
  const { channel, expiresAt } = known
  const add = (reservation: Reservation | undefined, sign: 1 | -1) => {
    for (const { sku, nodeId, quantity, ringFenced } of reservation?.lines ?? []) {
      const key = stockKey(sku, nodeId)
      const hold = holds.get(key) ?? { reservationId, channel, expiresAt, held: 0, heldRingFenced: 0 }
      hold.held += sign * quantity
      hold.heldRingFenced += sign * ringFenced
      holds.set(key, hold)
    }
  }
  add(was, -1)
  add(is, 1)
  return holds
}

function heldBy(hold: Hold | null) {
  return {
    reservationId: hold?.reservationId ?? null,
    held: hold?.held ?? 0,
    heldRingFenced: hold?.heldRingFenced ?? 0,
    expiresAt: hold === null ? null : instant(hold.expiresAt),
  }
}
