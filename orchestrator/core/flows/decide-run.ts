// What commands on runs of flows lead to. Pure: it sees to it that a step follows on the step before, and knows no
// tile.

import type { CommandData } from '../commands.ts'
import { answered, done, event, refused, type Verdict } from '../decision.ts'
import type { CoreEvent } from '../events.ts'
import type { Order } from '../orders/order.ts'
import { pastOf } from '../orders/past.ts'
import type { CoreState } from '../state.ts'
import { type FlowRun, heardAfter, orderRunId } from './flow-run.ts'
import { heardByAny } from './past.ts'

/** Tokens, runs, messages, and runs of one order that wait, at most. */
const most = { tokens: 500, runs: 2_000_000, messages: 20, queued: 20 } as const

/** The next run of an order. */
export function startRun(
  order: Order,
  data: CommandData['StartFlowRun'],
  at: number,
  { flows }: CoreState,
): Verdict {
  const { orderId, flowId, version, tileId, reason } = data
  if (order.flow?.state === 'running') return refused('flow_running', { runId: runOf(order) }, order)
  if (flows.runs.size >= most.runs) return refused('too_large', { what: 'runs', most: most.runs }, order)
  const run = (order.flow?.run ?? 0) + 1
  const runId = orderRunId(orderId, run)
  const { count } = pastOf(order)
  const mark = Math.min(data.mark ?? count, count)
  const about = { orderId, position: null, flowId, version, tileId, reason, mark }
  const verdict = done([event('FlowRunStarted', { runId, run, ...about, at })], order)
  return { ...verdict, answer: { ...verdict.answer, details: { runId } } }
}

/** The next run of an order, which waits for those before it; of too many it is noted that they never begin. */
export function queueRun(
  order: Order,
  data: CommandData['QueueFlowRun'],
  at: number,
  state: CoreState,
): Verdict {
  if (order.flow?.state !== 'running') return startRun(order, data, at, state)
  const { orderId, flowId, version, tileId, reason, occasion } = data
  const before = state.flows.queued.get(orderId)?.length ?? 0
  if (before >= most.queued) {
    const about = { runId: `${orderId}/refused/${flowId}/${occasion}`, orderId, flowId, version }
    return done([event('FlowRunRefused', { ...about, reason: 'too_many_wait', at })], order)
  }
  const run = order.flow.run + before + 1
  const runId = orderRunId(orderId, run)
  const about = { orderId, flowId, version, tileId, reason, mark: pastOf(order).count }
  const verdict = done([event('FlowRunQueued', { runId, run, ...about, at })], order)
  return { ...verdict, answer: { ...verdict.answer, details: { runId } } }
}

/** A run about a position of stock. */
export function startStockRun(state: CoreState, data: CommandData['StartStockRun'], at: number): Verdict {
  const { runId } = data
  const { runs } = state.flows
  if (runs.has(runId)) return answered([], { runId })
  if (runs.size >= most.runs) return refused('too_large', { what: 'runs', most: most.runs })
  const started = event('FlowRunStarted', { ...data, run: 1, orderId: null, mark: 0, at })
  return answered([started], { runId })
}

/** The next step of a run. */
export function takeStep(state: CoreState, data: CommandData['TakeFlowStep'], at: number): Verdict {
  const { runId, after, version, step, messages = [], raise = [] } = data
  const run = state.flows.runs.get(runId)
  if (run === undefined) return refused('run_unknown', { runId })
  if (run.steps !== after || run.version !== version) return refused('run_moved', { runId, steps: run.steps })
  const known = new Set(run.tokens.map(({ tokenId }) => tokenId))
  const strange = step.gone.find((tokenId) => !known.has(tokenId))
  if (strange !== undefined) return refused('token_unknown', { runId, tokenId: strange })
  const isTooMuch = run.tokens.length + step.tokens.length > most.tokens || messages.length > most.messages
  if (isTooMuch) return refused('too_large', { runId, what: 'tokens', most: most.tokens })
  const { orderId } = run
  const told = messages.map((message) =>
    event('FlowMessageSent', { runId, orderId, tileId: step.tileId, message, at }),
  )
  const raised = raise.map(
    (name): CoreEvent =>
      orderId === null
        ? event('FlowRunSignalled', { runId, name, at })
        : event('FlowEventRaised', { orderId, name, reason: name, at }),
  )
  const taken = event('FlowStepTaken', { runId, orderId, number: run.steps + 1, step, at })
  const begun =
    step.ended === undefined || orderId === null
      ? []
      : nextOf({ ...run, orderId, ...heardAfter(run, step) }, state, at)
  return answered([taken, ...raised, ...told, ...begun], { runId })
}

/**
 * With the end of a run the one that waited for it begins, in the same write: a crash cannot come between. What
 * happened while it waited is not missed, but what a run of the same flow waited for is not taken for its own.
 */
function nextOf(
  { orderId, flowId, ...run }: FlowRun & { orderId: string },
  { flows }: CoreState,
  at: number,
): CoreEvent[] {
  const [next] = flows.queued.get(orderId) ?? []
  if (next === undefined) return []
  const heard = next.flowId === flowId ? heardByAny([next, run]) : {}
  return [event('FlowRunStarted', { ...next, ...heard, orderId, position: null, at })]
}

/** The run goes on with another version. */
export function migrateRun(state: CoreState, data: CommandData['MigrateFlowRun'], at: number): Verdict {
  const { runId, after, version, tiles, by } = data
  const run = state.flows.runs.get(runId)
  if (run === undefined) return refused('run_unknown', { runId })
  if (run.steps !== after) return refused('run_moved', { runId, steps: run.steps })
  if (run.status === 'undoing') return refused('run_undoing', { runId })
  if (run.version === version) return answered([], { runId })
  const { flowId, orderId } = run
  const isThere = state.flows.published.some((flow) => flow.flowId === flowId && flow.version === version)
  if (!isThere) return refused('flow_unknown', { flowId, version })
  return answered([event('FlowRunMigrated', { runId, orderId, version, tiles, by, at })], { runId })
}

/** Id of the newest run of an order, null = it never had one. */
export function runOf({ orderId, flow }: Pick<Order, 'orderId' | 'flow'>): string | null {
  return flow === undefined ? null : orderRunId(orderId, flow.run)
}
