// What the stock of a SKU at a node is, and what of it can be promised. Values are never changed in place.

import { joint } from '../persistent/trie.ts'

/** Stock of a SKU at a node. A pair that is not in the state, at a node without any, is untracked. */
export interface Stock {
  sku: string
  nodeId: string
  /** Units on the shelf, as the sources tell and what moved since says. */
  onHand: number
  /** Hard allocated to orders. */
  allocated: number
  /** Softly reserved, also what has expired and was not ended yet, see `dueUnits`. */
  reserved: number
  safetyStock: number
  /** Units set apart for channels that nobody took yet; those of each channel are in `more`. */
  ringFenced: number
  /** On the way without a day, as a count told. */
  inbound: number
  /** Epoch ms of the last count. */
  countedAt: number
  /** What moved since that count: time and units in turn, oldest first, see moves.ts; null = nothing. */
  moved: readonly number[] | null
  /** What few positions have; null = none of it. */
  more: StockMore | null
  updatedAt: number
  /** `CoreState.changes` at its last change. */
  version: number
}

/** What few positions have. */
export interface StockMore {
  /** Units set apart and left, by channel; those with none are not in it. */
  channels: Readonly<Record<string, number>>
  /** What each source tells, in the order of their names; empty while only Detour itself tells of the position. */
  sources: readonly SourceFigures[]
  /** Whether the safety stock was set here: counts from files leave it as it is then. */
  hasOwnSafetyStock: boolean
}

/** What a source system tells of a position. */
export interface SourceFigures {
  source: string
  /** By the source's own names, with what moved since its count. */
  measures: Readonly<Record<string, number>>
  /** Epoch ms of its last count. */
  countedAt: number
  /** What moved of its units since, see moves.ts. */
  moved: readonly number[] | null
}

/** A stock count: what the shelf held at a time. */
export interface StockCount {
  sku: string
  nodeId: string
  onHand: number
  safetyStock: number
  inbound: number
  countedAt: number
}

/** A position without anything on its shelf. */
export function emptyStock(sku: string, nodeId: string): Stock {
  return {
    sku,
    nodeId,
    onHand: 0,
    allocated: 0,
    reserved: 0,
    safetyStock: 0,
    ringFenced: 0,
    inbound: 0,
    countedAt: 0,
    moved: null,
    more: null,
    updatedAt: 0,
    version: 0,
  }
}

/** Key of a stock position; `getPair` of a map finds what stands at it without making it. */
export function stockKey(sku: string, nodeId: string): string {
  return sku + joint + nodeId
}

/** SKU and node of a key. */
export function partsOfKey(key: string): { sku: string; nodeId: string } {
  const at = key.indexOf(joint)
  return { sku: key.slice(0, at), nodeId: key.slice(at + 1) }
}

/** Units that anybody can be promised; what soft reservations hold beyond their time still counts as held. */
export function availableOf(stock: Stock): number {
  return stock.onHand - stock.allocated - stock.reserved - stock.safetyStock - stock.ringFenced
}

/** Units set apart for a channel that nobody took yet. */
export function ringFenceOf(stock: Stock, channel: string | null): number {
  if (channel === null || stock.more === null) return 0
  return Object.hasOwn(stock.more.channels, channel) ? (stock.more.channels[channel] ?? 0) : 0
}

/** Units that a channel can be promised: those of everybody and its own. */
export function availableFor(stock: Stock, channel: string | null): number {
  return availableOf(stock) + ringFenceOf(stock, channel)
}

/** Units held for a while for somebody who has not ordered yet. */
export interface Reservation {
  reservationId: string
  lines: readonly ReservationLine[]
  /** Epoch ms of the market. */
  createdAt: number
  expiresAt: number
  channel: string | null
  reference: string | null
}

/** A reservation that is over, with what it held at its end. */
export interface EndedReservation extends Reservation {
  how: 'released' | 'expired' | 'consumed'
  endedAt: number
}

/** Units of a reservation at one position. */
export interface ReservationLine {
  sku: string
  nodeId: string
  quantity: number
  /** Of these, units out of the channel's ring fence. */
  ringFenced: number
  /** Whether the position had a stock feed when it was reserved. */
  isTracked: boolean
}

/** Supply or demand that is expected. */
export interface ScheduleEntry {
  scheduleId: string
  kind: 'supply' | 'demand'
  sku: string
  nodeId: string
  /** Units, 0 = taken away. */
  quantity: number
  /** Epoch ms of the market. */
  dueAt: number
}

/** How far a position may be promised below what is there; null = every SKU, every node. The closest match holds. */
export interface StockRule {
  sku: string | null
  nodeId: string | null
  /** Units that may be promised without stock, 0 = none. */
  backorderLimit: number
}
