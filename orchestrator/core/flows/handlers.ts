// How the state follows from events of flows. Pure.

import type { api } from '#data/contracts'
import type { EventData } from '../events.ts'
import type { HandlersOf } from '../handlers.ts'
import { put } from '../orders/evolve-order.ts'
import type { Order } from '../orders/order.ts'
import { withAnswer } from '../reroute/work-asks.ts'
import type { CoreState } from '../state.ts'
import type { StepTaken } from './commands.ts'
import type { FlowEvents } from './events.ts'
import {
  type FlowRun,
  type FlowsState,
  type FlowToken,
  heardAfter,
  type OrderFlow,
  versionsInUse,
} from './flow-run.ts'
import { heardByAny, noPast, withEvent } from './past.ts'
import { heldAfter } from './soft-holds.ts'

type Timed<T extends keyof FlowEvents> = EventData[T] & { at: number }

/** Versions of one flow beside those that runs are on that stay at hand; the log keeps the others. */
const versionsMost = 50

const nothing = (state: CoreState) => state

/** What events of flows do. */
export const flowHandlers: HandlersOf<FlowEvents> = {
  FlowDraftSaved: (state, { draft }) =>
    withFlows(state, { drafts: [...withoutDraft(state, draft.flowId), draft].sort(byName) }),
  FlowDraftRemoved: (state, { flowId }) => withFlows(state, { drafts: withoutDraft(state, flowId) }),
  FlowPublished: (state, { flow }) => withFlows(state, { published: withFlow(state.flows, flow) }),
  FlowModeSet: (state, { flowId, mode }) =>
    withFlows(state, { modes: { ...state.flows.modes, [flowId]: mode } }),
  FlowRunStarted: started,
  FlowRunQueued: (state, { orderId, at, ...queued }) =>
    withFlows(state, {
      queued: state.flows.queued.update(orderId, (before = []) => [...before, { ...queued, queuedAt: at }]),
    }),
  FlowRunRefused: nothing,
  FlowStepTaken: stepTaken,
  FlowRunMigrated: migrated,
  FlowMessageSent: nothing,
  FlowRunSignalled: signalled,
  ProviderActionRequested: nothing,
  ProviderActionDone: (state, { key }) => withAnswer(state, key, null),
  ProviderActionFailed: (state, { key, reason, isUnknown }) =>
    withAnswer(state, key, { refused: reason ?? 'it said no', isUnknown: isUnknown === true }),
  FlowShadowed: nothing,
  FlowTriggersRead: (state, { seq }) => withFlows(state, { triggersTo: seq }),
}

function withFlows(state: CoreState, change: Partial<FlowsState>): CoreState {
  return { ...state, flows: { ...state.flows, ...change } }
}

function withRun(state: CoreState, run: FlowRun): CoreState {
  return withFlows(state, { runs: state.flows.runs.set(run.runId, run) })
}

function withoutDraft({ flows }: CoreState, flowId: string): api.FlowDraft[] {
  return flows.drafts.filter((draft) => draft.flowId !== flowId)
}

function byName(a: { flowId: string }, b: { flowId: string }): number {
  return a.flowId < b.flowId ? -1 : Number(a.flowId > b.flowId)
}

function withFlow(flows: FlowsState, flow: api.PublishedFlow): api.PublishedFlow[] {
  const { published } = flows
  const own = [flow, ...published.filter(({ flowId }) => flowId === flow.flowId)]
  const others = published.filter(({ flowId }) => flowId !== flow.flowId)
  const used = new Set<number>()
  if (own.length > versionsMost)
    for (const run of versionsInUse(flows)) if (run.flowId === flow.flowId) used.add(run.version)
  const kept = own.filter(({ version }, i) => i < versionsMost || used.has(version))
  return [...others, ...kept].sort((a, b) => byName(a, b) || b.version - a.version)
}

function started(state: CoreState, data: Timed<'FlowRunStarted'>): CoreState {
  const { runId, run, orderId, position, flowId, version, tileId, at } = data
  const heard = heardByAny([data])
  const token: FlowToken = {
    ...{ tokenId: 1, tileId, state: 'ready', since: at, attempt: 1, dueAt: null, ...heard },
    ...{ lineIds: null, splits: [], note: null },
  }
  const begun: FlowRun = {
    ...{ runId, flowId, version, orderId, position, status: 'running', reason: null, startedAt: at },
    ...{ steps: 0, ...heard, lastToken: 1, tokens: [token], done: [], outcome: '', raised: noPast },
    outBefore: workOut(state.orders.get(orderId ?? '')),
  }
  const queued = orderId === null ? state.flows.queued : withoutQueued(state.flows, orderId, runId)
  const next = withFlows(withRun(state, begun), { queued })
  return withOrderFlow(next, orderId, { flowId, version, run, state: 'running' })
}

/** Work that nodes were told of. */
function workOut(order: Order | undefined): string[] {
  const out = order?.work.filter(({ releasedAt }) => releasedAt !== null) ?? []
  return out.map(({ fulfillmentOrderId }) => fulfillmentOrderId)
}

/** Runs that wait, without one that begins. */
function withoutQueued({ queued }: FlowsState, orderId: string, runId: string): FlowsState['queued'] {
  const left = (queued.get(orderId) ?? []).filter((each) => each.runId !== runId)
  return left.length === 0 ? queued.delete(orderId) : queued.set(orderId, left)
}

function withOrderFlow(state: CoreState, orderId: string | null, flow: OrderFlow): CoreState {
  const order = orderId === null ? undefined : state.orders.get(orderId)
  if (order === undefined) return state
  return put(state, { ...order, flow: { ...order.flow, ...flow } })
}

function stepTaken(state: CoreState, { runId, step }: Timed<'FlowStepTaken'>): CoreState {
  const run = state.flows.runs.get(runId)
  if (run === undefined) return state
  if (step.ended !== undefined) return over(state, run, step, step.ended)
  const moved = new Set([...step.gone, ...step.tokens.map(({ tokenId }) => tokenId)])
  const tokens = [...run.tokens.filter(({ tokenId }) => !moved.has(tokenId)), ...step.tokens].sort(
    (a, b) => a.tokenId - b.tokenId,
  )
  const kept = run.done.filter((each) => each.step !== step.undone)
  return withRun(state, {
    ...run,
    tokens,
    steps: run.steps + 1,
    ...heardAfter(run, step),
    lastToken: Math.max(run.lastToken, ...step.tokens.map(({ tokenId }) => tokenId)),
    done: step.done === undefined ? kept : [...kept, step.done],
    outcome: step.said ?? run.outcome,
    ...(step.undoing === undefined ? {} : { status: 'undoing', reason: step.undoing }),
  })
}

/** A run that is over leaves memory; its order knows how it ended. */
function over(
  state: CoreState,
  run: FlowRun,
  { done }: Pick<StepTaken, 'done'>,
  end: 'done' | 'failed' | 'cancelled',
): CoreState {
  const without = withFlows(state, { runs: state.flows.runs.delete(run.runId) })
  const order = run.orderId === null ? undefined : state.orders.get(run.orderId)
  if (order?.flow === undefined) return without
  const held = heldAfter(state, run, done === undefined ? run.done : [...run.done, done], order.flow.held)
  return withOrderFlow(without, order.orderId, { ...order.flow, state: end, ...held })
}

function migrated(state: CoreState, { runId, version, tiles }: Timed<'FlowRunMigrated'>): CoreState {
  const run = state.flows.runs.get(runId)
  if (run === undefined) return state
  const renamed = (tileId: string) => tiles[tileId] ?? tileId
  const next = withRun(state, {
    ...run,
    version,
    tokens: run.tokens.map((token) => ({
      ...token,
      tileId: renamed(token.tileId),
      splits: token.splits.map((split) => ({ ...split, tileId: renamed(split.tileId) })),
    })),
    done: run.done.map((each) => ({ ...each, tileId: renamed(each.tileId) })),
  })
  const flow = run.orderId === null ? undefined : state.orders.get(run.orderId)?.flow
  return flow === undefined ? next : withOrderFlow(next, run.orderId, { ...flow, version })
}

function signalled(state: CoreState, { runId, name }: Timed<'FlowRunSignalled'>): CoreState {
  const run = state.flows.runs.get(runId)
  if (run === undefined) return state
  return withRun(state, { ...run, raised: withEvent(run.raised, name) })
}
