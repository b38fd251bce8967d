// What can happen to flows and their runs. Events are kept forever: fields are added, never renamed.

import type { api } from '#data/contracts'
import type { ActionAsked, FlowMessage, StepTaken } from './commands.ts'
import type { QueuedRun } from './flow-run.ts'
import type { PastEvent } from './past.ts'

/** Data of each event of flows, by its type. */
export interface FlowEvents {
  FlowDraftSaved: { draft: api.FlowDraft }
  FlowDraftRemoved: { flowId: string; by: string }
  FlowPublished: { flow: api.PublishedFlow }
  FlowModeSet: { flowId: string; mode: api.FlowMode; by: string }
  /**
   * @param run number of the run among those of its order
   * @param queuedAt when it was asked for, epoch ms, where it had to wait
   */
  FlowRunStarted: {
    runId: string
    run: number
    orderId: string | null
    position: { sku: string; nodeId: string } | null
    flowId: string
    version: number
    tileId: string
    reason: string
    /** Steps of the order before it, and what runs of its flow took of those since: see `Heard`. */
    mark: number
    taken?: readonly PastEvent[]
    queuedAt?: number
  }
  /** It waits until the runs of its order before it are over. */
  FlowRunQueued: Omit<QueuedRun, 'queuedAt'> & { orderId: string }
  /** It never begins: too many wait already. */
  FlowRunRefused: { runId: string; orderId: string; flowId: string; version: number; reason: string }
  /** @param number of the step in its run, from 1 */
  FlowStepTaken: { runId: string; orderId: string | null; number: number; step: StepTaken }
  /** @param version after it; @param by who asked */
  FlowRunMigrated: {
    runId: string
    orderId: string | null
    version: number
    tiles: Readonly<Record<string, string>>
    by: string
  }
  /** A receiver of webhooks is told. */
  FlowMessageSent: { runId: string; orderId: string | null; tileId: string; message: FlowMessage }
  /** An event of a run that is about no order. */
  FlowRunSignalled: { runId: string; name: string }
  ProviderActionRequested: ActionAsked
  ProviderActionDone: ActionEnded
  ProviderActionFailed: ActionEnded
  FlowShadowed: {
    orderId: string
    flowId: string
    version: number
    steps: readonly { tileId: string; outcome: api.FlowOutcome; reason: string | null }[]
  }
  FlowTriggersRead: { seq: number }
}

/** How an action ended; asked again with the same key it is answered so. */
interface ActionEnded {
  key: string
  action: string
  orderId: string | null
  runId: string | null
  reason: string | null
  said?: string
  isUnknown?: boolean
}
