// The running system over one open home: core, time of the market, cycles with detection and reroutes. Shapes only.

import type { api } from '#data/contracts'
import type { PreviewedAlert } from '#models'
import type { Core, CoreState } from '#orchestrator/core'
import type { FlowRuntime } from '#orchestrator/flows'
import type { Learning } from '#orchestrator/learning'
import type { Replays } from '#orchestrator/replay'
import type { Ahead, ByHand } from '#orchestrator/reroute'
import type { Worlds } from '#orchestrator/sourcing'
import type { Workspace } from '#orchestrator/workspace'
import type { CycleSummary } from '#pipeline'

/** What one turn of the loop did. */
export interface CycleReport {
  pipeline: CycleSummary
  /** Live orders and stock taken over from newly loaded files. */
  imported: { orders: number; stock: number }
  anomalies: number
  incidentsOpened: number
  incidentsResolved: number
  ordersMoved: number
  ordersNotMoved: number
  /** How long all of it took, s. */
  seconds: number
}

/** The running system. */
export interface Engine {
  readonly workspace: Workspace
  readonly market: string
  readonly core: Core
  /** The time of the market, epoch ms. */
  now(): number
  /** Business time of an order that comes in now, epoch ms: a loaded history does not make it old. */
  arrival(): number
  clock(): api.ClockState
  /** @throws CLOCK_CHANGE_INVALID when the change does not fit the mode */
  setClock(change: api.ClockChange): Promise<api.ClockState>
  /** Project, pipeline, detect, incidents, reroutes; one at a time, callers that come meanwhile share the next. */
  cycle(): Promise<CycleReport>
  /** Asks for a cycle soon, at most one every few seconds. */
  cycleSoon(): void
  /** Brings the rows of the log up to its last event; cheap where little happened. @returns events projected */
  project(): Promise<number>
  /** Runs `work` alone, never beside a cycle or another load. */
  exclusively<T>(work: () => Promise<T>): Promise<T>
  freshness(): Promise<api.Freshness>
  /** Resolves when what cycles started beside themselves has ended: what is foreseen, what is taught. */
  settled(): Promise<void>
  models(): api.ModelState[]
  /** Nodes that will probably not do their work until their cut-off, the worst first. */
  ahead(): readonly Ahead[]
  /** Models as people see them: versions, trainings, own ones. */
  readonly learning: Learning
  /** Runs the default flow (source, reserve, release) for an order until it is released, waits or is refused. */
  advance(orderId: string): Promise<void>
  /** Flows beside the straight way. */
  readonly flows: FlowRuntime
  /** The worlds that orders are sourced in: network, stock, load and what history says. */
  readonly worlds: Worlds
  /** Replays of past orders, by drafts beside what is in force. */
  readonly replays: Replays
  /** Moves the work of an order by hand, to a node or to the best one. */
  reroute(orderId: string, options: ByHand): Promise<api.CommandAnswer>
  /**
   * Alerts that the last days would have shown with other settings or feedback, for each; empty before the first cycle.
   * @param days 1 to 21
   */
  previewDetection(tried: readonly CoreState['detection'][], days: number): Promise<PreviewedAlert[][]>
  close(): Promise<void>
}
