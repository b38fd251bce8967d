// The state of a market from its stream alone, for whoever has no running core. It never writes.

import type { Effects } from '#data/kernel'
import type { EventLog, SnapshotStore } from '#data/log'
import { type CoreState, followMarket } from '#orchestrator/core'

/** The state of a market after an event of its stream. */
export interface MarketFold {
  state: CoreState
  lastSeq: number
}

/** What a fold needs. */
export interface FoldParts {
  log: EventLog
  effects: Pick<Effects, 'clock' | 'random'>
  /** To start from; without it the whole stream is read: about a second for 100,000 events. */
  snapshots: SnapshotStore | null
}

/**
 * The fold of a market's stream, up to its end.
 * @throws LOG_UNAVAILABLE, LOG_DAMAGED
 */
export async function foldMarket(
  { log, effects, snapshots }: FoldParts,
  market: string,
): Promise<MarketFold> {
  const from = snapshots === null ? undefined : { options: { store: snapshots }, effects }
  const follower = followMarket(log, market, from)
  await follower.catchUp()
  return { state: follower.state(), lastSeq: follower.lastSeq }
}
