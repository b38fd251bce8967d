// What a process knows of one market: whether it writes it, who else does, and how far it has followed it. Shapes only.

import type { Lease } from '#data/leases'
import type { CoreOptions, MarketFollower } from '#orchestrator/core'

/** What runs for a market at its writer. */
export interface Running {
  readonly core: { readonly lastSeq: number; readonly epoch: number }
  close(): Promise<void>
}

/** A market as this process sees it. */
export interface Place<M extends Running> {
  readonly market: string
  readonly stream: string
  /** What runs here, null while it does not (yet, or any more). */
  here: M | null
  /** Whether this process holds the lease, as far as it knows. */
  isHeld: boolean
  /** Opening or closing under way. */
  busy: Promise<void> | null
  /** As last seen. */
  lease: Lease | null
  /** Since when nobody held it, epoch ms; null = somebody does. */
  freeSince: number | null
  /** Not to be taken before, epoch ms: opening it failed. */
  restsUntil: number
  /** Whether somebody asked this process to write it. */
  isWanted: boolean
  follower: MarketFollower | null
  /** Why opening it failed last. */
  failure: unknown
}

/** Where a request for a market goes. */
export type Route<M extends Running> =
  | { kind: 'here'; running: M }
  | { kind: 'there'; url: string; owner: string }
  /** Nobody writes it now; `url` was its last writer's. */
  | { kind: 'nobody'; url: string | null }
  | { kind: 'unknown' }

/** A market in words. */
export interface MarketStanding {
  market: string
  isDefault: boolean
  /** `writing`: here; `standby`: another process writes; `opening`; `idle`: nobody does now. */
  state: 'writing' | 'standby' | 'opening' | 'idle'
  /** Address of the writer, null where nobody writes it. */
  writer: string | null
  /** How often its writer changed, null where the home has one owner. */
  epoch: number | null
  /** Last event that this process knows. */
  lastSeq: number
  /** Events of the log that this process does not know yet. */
  lag: number
}

/** Opens what runs for a market at its writer; takes the stream. */
export type OpenMarket<M extends Running> = (market: string, core: CoreOptions) => Promise<M>
