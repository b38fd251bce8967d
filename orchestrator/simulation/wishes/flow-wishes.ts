// What people and flows tell the core of flows and their runs. It decides nothing.

import type { api } from '#data/contracts'
import type { FlowCommands, FlowRun } from '#orchestrator/core'
import { anyNode, anyOrder, anySku, chance, oneOf, type View, type WishesOf } from './view.ts'

const flowIds = ['default', 'express', 'fragile'] as const
const tileIds = ['start', 'check', 'ask', 'send'] as const
const modes = ['on', 'shadow', 'paused', 'off'] as const

const documentOf = (view: View): api.FlowDocument => ({
  format: 1,
  flowId: view.random.pick(flowIds),
  kind: 'order',
  title: `Flow ${view.random.int(1, 3)}`,
  tiles: [
    { type: 'start', id: 'start', next: 'exit' },
    { type: 'exit', id: 'exit' },
  ],
})

/** A run; where others wait, sooner one that is waited for. */
const anyRun = (view: View): FlowRun | null => {
  const { runs, queued } = view.state.flows
  const waitedFor = [...runs.values()].filter(({ orderId }) => orderId !== null && queued.has(orderId))
  return oneOf(view, waitedFor.length > 0 ? waitedFor : [...runs.values()])
}

/** A flow that may be there. */
const flowOf = ({ random }: View) => ({
  flowId: random.pick(flowIds),
  version: random.int(1, 3),
  tileId: 'start',
})

const step = (view: View): FlowCommands['TakeFlowStep'] | null => {
  const run = anyRun(view)
  if (run === null) return null
  const [token] = run.tokens
  const next = {
    ...{ tokenId: run.lastToken + 1, tileId: view.random.pick(tileIds), state: 'ready' as const },
    ...{ since: view.now, attempt: 1, dueAt: null, mark: 0, lineIds: null, splits: [], note: null },
  }
  const isWaitedFor = run.orderId !== null && view.state.flows.queued.has(run.orderId)
  const isOver = chance(view, isWaitedFor ? 80 : 20)
  return {
    runId: run.runId,
    after: chance(view, 90) ? run.steps : run.steps + 1,
    version: run.version,
    step: {
      ...{ tileId: token?.tileId ?? 'start', outcome: 'done', reason: null, attempt: 1 },
      gone: token === undefined ? [] : [token.tokenId],
      tokens: isOver ? [] : [next],
      ...(chance(view, 30)
        ? { done: { tileId: 'send', step: run.steps + 1, lineIds: null, ref: null } }
        : {}),
      ...(isOver ? { ended: view.random.pick(['done', 'failed', 'cancelled'] as const) } : {}),
    },
    ...(chance(view, 20) ? { raise: ['checked'] } : {}),
    ...(chance(view, 20) ? { messages: [{ name: 'told', text: null, data: { n: 1 } }] } : {}),
  }
}

/** Makers of the commands on flows. */
export const flowWishes: WishesOf<FlowCommands> = {
  SaveFlowDraft: (view) => {
    const document = documentOf(view)
    return { flowId: document.flowId, document, by: 'x' }
  },
  RemoveFlowDraft: (view) => ({ flowId: view.random.pick(flowIds), by: 'x' }),
  PublishFlow: (view) => ({ document: documentOf(view), by: 'x' }),
  SetFlowMode: (view) => ({ flowId: view.random.pick(flowIds), mode: view.random.pick(modes), by: 'x' }),
  StartFlowRun: (view) => {
    const order = anyOrder(view, () => true)
    return order === null ? null : { orderId: order.orderId, ...flowOf(view), reason: 'asked' }
  },
  QueueFlowRun: (view) => {
    const order = anyOrder(view, ({ flow }) => flow?.state === 'running')
    if (order === null) return null
    return { orderId: order.orderId, ...flowOf(view), reason: 'asked', occasion: view.fresh() }
  },
  StartStockRun: (view) => ({
    runId: `stock/${view.fresh()}`,
    position: { sku: anySku(view), nodeId: anyNode(view) },
    ...flowOf(view),
    reason: 'asked',
  }),
  TakeFlowStep: step,
  RaiseFlowEvent: (view) => {
    const order = anyOrder(view, () => true)
    return order === null ? null : { orderId: order.orderId, name: 'called', note: null, by: 'x' }
  },
  SignalFlowRun: (view) => {
    const run = anyRun(view)
    return run === null ? null : { runId: run.runId, name: 'StockCounted' }
  },
  MigrateFlowRun: (view) => {
    const run = anyRun(view)
    if (run === null) return null
    return { runId: run.runId, after: run.steps, version: view.random.int(1, 3), tiles: {}, by: 'x' }
  },
  RequestAction: (view) => ({
    ...{ key: `k${view.fresh()}`, action: 'http', runId: null, orderId: null, tileId: null },
    ...{ target: null, data: {} },
  }),
  EndAction: (view) => ({
    ...{ key: `k${view.fresh()}`, action: 'http', runId: null, orderId: null },
    ...{ isDone: chance(view, 70), reason: null },
  }),
  ShadowFlow: (view) => {
    const order = anyOrder(view, () => true)
    if (order === null) return null
    const steps = [{ tileId: 'start', outcome: 'done' as const, reason: null }]
    return { orderId: order.orderId, flowId: 'express', version: 1, steps }
  },
  ReadFlowTriggers: (view) => ({ seq: view.random.int(1, 1_000) }),
}
