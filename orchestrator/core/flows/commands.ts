// What can be asked of flows and their runs. Shapes only.

import type { api } from '#data/contracts'
import type { DoneTile, FlowToken } from './flow-run.ts'
import type { PastEvent } from './past.ts'

/** A message that a step sends. */
export interface FlowMessage {
  name: string
  text: string | null
  data: Readonly<Record<string, string | number | boolean>>
}

/** A step of a run: what was done at a tile, and where the run stands after it. */
export interface StepTaken {
  tileId: string
  outcome: api.FlowOutcome
  reason: string | null
  attempt: number
  /** Tokens that end with it. */
  gone: readonly number[]
  /** Tokens that are new, or as they are now. */
  tokens: readonly FlowToken[]
  /** Work that can be taken back from now on, or that later tiles need to know of. */
  done?: DoneTile
  /** Tiles whose work was taken back, by the step that did it. */
  undone?: number
  /** What a custom action said. */
  said?: string
  /** The run is undone from now on, for this reason. */
  undoing?: string
  /** What was taken account of, where a branch or the run is over with it: see `Heard`. */
  mark?: number
  taken?: readonly PastEvent[]
  /** The run is over. */
  ended?: 'done' | 'failed' | 'cancelled'
}

/** Data of each command on flows, by its type. */
export interface FlowCommands {
  SaveFlowDraft: { flowId: string; document: unknown; by: string }
  RemoveFlowDraft: { flowId: string; by: string }
  /** Becomes the next version of its name; the same as the newest is no new one. */
  PublishFlow: { document: api.FlowDocument; by: string }
  SetFlowMode: { flowId: string; mode: api.FlowMode; by: string }
  /**
   * Begins the next run of an order.
   * @param mark steps of the order before what it is about; absent = all so far
   */
  StartFlowRun: {
    orderId: string
    flowId: string
    version: number
    tileId: string
    reason: string
    mark?: number
  }
  /**
   * The same as soon as no run of the order is under way: at once, or after those that wait already.
   * @param occasion number of the event that asks for it
   */
  QueueFlowRun: Omit<FlowCommands['StartFlowRun'], 'mark'> & { occasion: number }
  /** Begins a run about a position of stock. */
  StartStockRun: {
    runId: string
    position: { sku: string; nodeId: string }
    flowId: string
    version: number
    tileId: string
    reason: string
  }
  /**
   * @param after steps that the run had when this one was decided
   * @param version that it was decided by; refused where either is another by now
   */
  TakeFlowStep: {
    runId: string
    after: number
    version: number
    step: StepTaken
    messages?: readonly FlowMessage[]
    /** Events that are raised with it. */
    raise?: readonly string[]
  }
  /** An event from outside, for the runs of an order. */
  RaiseFlowEvent: { orderId: string; name: string; note: string | null; by: string }
  /** An event of the position that a run is about. */
  SignalFlowRun: { runId: string; name: string }
  /**
   * The run goes on with another version.
   * @param after steps that the run had when its places were looked at; refused where it has others by now
   * @param tiles tile before -> tile after, for those that have other names
   */
  MigrateFlowRun: {
    runId: string
    after: number
    version: number
    tiles: Readonly<Record<string, string>>
    by: string
  }
  /** Something is asked of a provider; written before it goes out, so that it is never asked with another key. */
  RequestAction: ActionAsked
  /** What came of it. */
  EndAction: { key: string; runId: string | null; orderId: string | null; action: string } & ActionEnd
  /** What a flow would have done with an order. */
  ShadowFlow: {
    orderId: string
    flowId: string
    version: number
    steps: readonly { tileId: string; outcome: api.FlowOutcome; reason: string | null }[]
  }
  /** Events up to here were looked at. */
  ReadFlowTriggers: { seq: number }
}

/** What is asked of a provider. */
export interface ActionAsked {
  /** The same in every try. */
  key: string
  action: string
  runId: string | null
  orderId: string | null
  tileId: string | null
  /** Where it goes, without what may be secret; null = to the webhook receivers. */
  target: string | null
  data: Readonly<Record<string, string | number | boolean>>
}

/** What came of an action. */
export interface ActionEnd {
  isDone: boolean
  reason: string | null
  /** What it said, for conditions that follow; absent = nothing. */
  said?: string
  /** It failed, but may have been done all the same. */
  isUnknown?: boolean
}
