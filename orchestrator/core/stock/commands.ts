// What can be asked of stock, reservations and ring-fenced units. Shapes only.

import type { ScheduleEntry, StockCount, StockRule } from './stock.ts'

/** A change of stock. `onHand` sets, `delta` adds; exactly one of them. */
export interface StockChange {
  sku: string
  nodeId: string
  delta: number | null
  onHand: number | null
  reason: string
  /** System that tells; absent = Detour itself. */
  source?: string
}

/** What a source system says it has; sets, never adds. */
export interface SourceCount {
  sku: string
  nodeId: string
  /** Units by the source's own measures, e.g. `{ on_hand: 12, quarantine: 1 }`. */
  measures: Readonly<Record<string, number>>
  /** When it was true, epoch ms of the market: what moved since still holds. */
  countedAt: number
}

/** The same as it is asked. @param countedAt null = at the time of the command */
export type SourceFigure = Omit<SourceCount, 'countedAt'> & { countedAt: number | null }

/** Units at a position for a channel. */
export interface ChannelUnits {
  sku: string
  nodeId: string
  channel: string
  quantity: number
}

/** Data of each command on stock, by its type. */
export interface StockCommands {
  /** Counts from a file; those older than what is known change nothing. */
  CountStock: { items: readonly StockCount[] }
  /** All or none. */
  AdjustStock: { items: readonly StockChange[] }
  /** Figures of a source system. All or none; those older than what is known of that source change nothing. */
  SetOnHand: { source: string; items: readonly SourceFigure[] }
  SetSafetyStock: { items: readonly { sku: string; nodeId: string; quantity: number }[]; reason: string }
  /** Backorder limits by SKU and node; null = every one. */
  SetStockRules: { rules: readonly StockRule[] }
  /** Expected supply and demand; the same id again replaces, quantity 0 takes away. */
  ScheduleStock: { entries: readonly ScheduleEntry[] }
  /** Scheduled supply that came: on the shelf, off the schedule. */
  ReceiveSupply: { scheduleId: string; quantity: number; reason: string }
  /** Sets units apart for channels. All or none. */
  AllocateChannel: { items: readonly ChannelUnits[]; reason: string }
  UnallocateChannel: { items: readonly ChannelUnits[]; reason: string }
  ReallocateChannel: {
    sku: string
    nodeId: string
    from: string
    to: string
    quantity: number
    reason: string
  }
  /** Ring-fenced units that left by another way than an order here: off the shelf. */
  ConsumeChannel: { items: readonly ChannelUnits[]; reason: string }
  /** All lines or none. Lines of the same position are summed. @param ttlMs how long it holds, 1 s to 30 days */
  ReserveStock: {
    reservationId: string
    lines: readonly { sku: string; nodeId: string; quantity: number }[]
    ttlMs: number
    channel: string | null
    /** Cart or order it is for, for people. */
    reference: string | null
  }
  /** Holds for `ttlMs` from now; never after it has expired. */
  RenewReservation: { reservationId: string; ttlMs: number }
  ReleaseReservation: { reservationId: string; reason: string }
  /** Ends those whose time has come at `at` of the command, at most 1,000. */
  ExpireReservations: Record<string, never>
  /** What a person counted on the shelves of a node. */
  CountCycle: {
    countId: string
    nodeId: string
    items: readonly { sku: string; quantity: number }[]
    /** null = at the time of the command. */
    countedAt: number | null
    by: string
  }
  /** How on hand follows from the measures of sources; the whole list, without `on_hand` it is the sum of theirs. */
  DefineMeasures: { measures: readonly CalculatedMeasure[] }
  /** SKUs that can be found by search and are known without stock. */
  DefineProducts: { products: readonly Product[] }
}

/** A measure made of others: the sum of `factor` x `source.measure`. Detour promises from the one called `on_hand`. */
export interface CalculatedMeasure {
  name: string
  terms: readonly { source: string; measure: string; factor: number }[]
}

/** A product as it is searched. */
export interface Product {
  sku: string
  name: string | null
  skuClass: string | null
  /** Of one unit, grams; absent = not told. */
  weightG?: number
  /** Of one unit in its box; absent = not told. */
  lengthMm?: number
  widthMm?: number
  heightMm?: number
}
