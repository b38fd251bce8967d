// Where runs of flows stand. Shapes only; values are never changed in place. What the tiles mean is not known here.

import type { api } from '#data/contracts'
import { PersistentMap } from '../persistent/map.ts'
import { type Heard, heardByAny, type Past } from './past.ts'

/** A split that a token is within. */
export interface FlowSplit {
  /** The splitter, and the step of the run in which it split. */
  tileId: string
  step: number
  /** Lines of the token before it, null = all. */
  lineIds: readonly string[] | null
}

/** A place where a run stands, and what was taken account of on the way there. Times are epoch ms of the market. */
export interface FlowToken extends Heard {
  tokenId: number
  tileId: string
  /**
   * `ready`: the tile is to be done; `waiting`: for an event, an answer or a time; `merging`: for the other branches;
   * `acted`: its work is done and it waits for its resume event.
   */
  state: 'ready' | 'waiting' | 'merging' | 'acted'
  since: number
  /** Try of the tile, from 1. */
  attempt: number
  /** When it goes on at the latest, null = only by an event. */
  dueAt: number | null
  /** Lines that it is about, null = all. */
  lineIds: readonly string[] | null
  splits: readonly FlowSplit[]
  /** Why it rests there, as it was noted; null = nothing was. */
  note: string | null
  /** It comes from the tile that cancelled the order; absent = it does not. */
  isEnding?: true
}

/** Work that can be taken back, or that later tiles need to know of. */
export interface DoneTile {
  tileId: string
  step: number
  lineIds: readonly string[] | null
  /** What taking it back needs to know, such as the id of a reservation. */
  ref: string | null
  /** It is not taken back where the run is undone; absent = it is. */
  stays?: true
}

/** Units that a flow holds softly for its order. */
export interface SoftHold {
  reservationId: string
  /** Lines that they are for, null = all. */
  lineIds: readonly string[] | null
}

/** A run that has not ended; `mark` and `taken` are of all its ways together. */
export interface FlowRun extends Heard {
  runId: string
  flowId: string
  version: number
  /** null = it is about stock. */
  orderId: string | null
  /** The position it is about, null = about an order. */
  position: { sku: string; nodeId: string } | null
  status: 'running' | 'undoing'
  /** Why it is being undone. */
  reason: string | null
  startedAt: number
  /** Counts its steps. */
  steps: number
  /** Greatest token id so far. */
  lastToken: number
  tokens: readonly FlowToken[]
  /** In the order they were done. */
  done: readonly DoneTile[]
  /** Work of the order that nodes had before the run began. */
  outBefore: readonly string[]
  /** What the last custom action said. */
  outcome: string
  /** Events raised for a run that is about no order. */
  raised: Past
}

/** A run that waits until those of its order before it are over. */
export interface QueuedRun {
  runId: string
  /** Its number among the runs of its order. */
  run: number
  flowId: string
  version: number
  /** Where it begins, and what called for it. */
  tileId: string
  reason: string
  /** Steps of the order before it was asked for, see `Heard.mark`: what happens while it waits is not missed. */
  mark: number
  /** When it was asked for, epoch ms of the market. */
  queuedAt: number
}

/** What an order keeps of its flow. */
export interface OrderFlow {
  flowId: string
  version: number
  /** Number of its newest run, from 1. */
  run: number
  state: 'running' | 'done' | 'failed' | 'cancelled'
  /** Steps that dropped out of the history of the order since its first run; absent = none. */
  past?: Past
  /** Soft reservations that held something when their run ended; absent = none did. */
  held?: readonly SoftHold[]
}

/** Flows of a market. */
export interface FlowsState {
  /** By name, versions newest first; the newest 50 of each. */
  published: readonly api.PublishedFlow[]
  drafts: readonly api.FlowDraft[]
  /** How each flow stands; one that is not named is on. */
  modes: Readonly<Record<string, api.FlowMode>>
  /** Runs that have not ended, by id. */
  runs: PersistentMap<string, FlowRun>
  /** Runs that wait for the one under way of their order, by the order, in their turn. */
  queued: PersistentMap<string, readonly QueuedRun[]>
  /** Events of the stream up to here were looked at for what begins runs about stock and returns. */
  triggersTo: number
}

/** No flows but the shipped one. */
export const noFlows: FlowsState = {
  published: [],
  drafts: [],
  modes: {},
  runs: PersistentMap(),
  queued: PersistentMap(),
  triggersTo: 0,
}

/** Versions that are in use: of runs that have not ended, and of those that wait to begin. */
export function* versionsInUse({ runs, queued }: FlowsState): Generator<{ flowId: string; version: number }> {
  yield* runs.values()
  for (const waiting of queued.values()) yield* waiting
}

/** Id of the run of an order. */
export function orderRunId(orderId: string, run: number): string {
  return `${orderId}/run/${run}`
}

/** What a run took account of on any of its ways, after a step. */
export function heardAfter(run: FlowRun, step: Partial<Heard> & { tokens: readonly FlowToken[] }): Heard {
  const { mark = 0, taken = [] } = step
  return heardByAny([run, { mark, taken }, ...step.tokens])
}
