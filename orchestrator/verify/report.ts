// What a verification says. Shapes only.

import type { EventRef } from './audit.ts'

/** Something that is not as it must be. */
export interface Drift {
  /**
   * invariant: the events themselves break a rule; state: the running core is not what its events give; snapshot: one
   * cannot be used, or holds another state; table: rows are not as the state; cursor: tables are ahead of the log.
   */
  kind: 'invariant' | 'state' | 'snapshot' | 'table' | 'cursor'
  market: string
  /** Id of the rule, name of the table, part of the state, or `snapshot`. */
  rule: string
  subject: string
  /** In words. */
  found: string
  /** The first event after which it shows, null where no event has to do with it. */
  first: EventRef | null
  /** Whether later events put it right. */
  isOver: boolean
}

/** What was looked at in one market. */
export interface MarketChecked {
  market: string
  events: number
  orders: number
  positions: number
  /** Snapshots that were compared with the events. */
  snapshots: number
  /** Whether a running core was compared with the events. */
  isRunning: boolean
  /** Rows that changed while they were compared; they were left out. */
  inFlux: number
}

/** The outcome. */
export interface VerifyReport {
  markets: MarketChecked[]
  /** Orders and positions that were looked at, each after every command that touched it. */
  checks: number
  /** At most 1,000 of a market. */
  drift: Drift[]
  /** What was made anew, in words. */
  repaired: string[]
  seconds: number
}
