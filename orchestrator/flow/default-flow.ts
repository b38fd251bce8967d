// The default flow of an order: validate, source, reserve, release. Each step has its undo; the core decides whether
// it may happen. It keeps nothing: where an order stands tells which step is next.

import type { CommandResult } from '#data/log'
import type { Core, CoreAnswer, FulfillmentOrder, Order } from '#orchestrator/core'
import { isOpenWork, unassigned } from '#orchestrator/core'
import { type Lanes, planSourcing } from '#orchestrator/sourcing'

/** What a step works with. */
export interface FlowContext {
  core: Core
  lanes(): Lanes
  now(): number
}

/** One step of a flow. */
export interface Step {
  id: string
  /** Whether the order stands before this step. */
  isDue(order: Order): boolean
  /** Takes the order one state further, or says why not; null where it waits for something and still has to. */
  do(order: Order, context: FlowContext): Promise<CommandResult<CoreAnswer> | null>
  /** Takes it back to where it was. */
  undo(order: Order, context: FlowContext): Promise<CommandResult<CoreAnswer>>
}

const validate: Step = {
  id: 'validate',
  isDue: (order) => order.status === 'created',
  do: ({ orderId }, { core, now }) => core.execute('ValidateOrder', { orderId }, { at: now() }),
  undo: ({ orderId }, { core, now }) =>
    core.execute('CancelOrder', { orderId, reason: 'validation_undone' }, { at: now() }),
}

const unsource = ({ orderId }: Order, { core, now }: FlowContext) =>
  core.execute('UnsourceOrder', { orderId, reason: 'step_undone' }, { at: now() })

const source: Step = {
  id: 'source',
  isDue: (order) => order.status === 'validated' || order.status === 'backordered',
  do: async (order, { core, lanes, now }) => {
    const { orderId } = order
    if (order.status === 'backordered' && !hasNews(order, core)) return null
    const skus = new Map(order.lines.map((line) => [line.lineId, line.sku]))
    const wants = [...unassigned(order)].map(([lineId, quantity]) => ({
      lineId,
      sku: skus.get(lineId) ?? '',
      quantity,
    }))
    if (wants.length === 0) return asItsSourceSays(order, core, now())
    const question = { state: core.state(), lanes: lanes(), order, wants, now: now(), from: null }
    const plan = planSourcing(question, `${orderId}/source/${order.work.length}`)
    if (plan.assignments !== null) {
      const { assignments, decision } = plan
      return core.execute('SourceOrder', { orderId, assignments, decision }, { at: now() })
    }
    if (order.status === 'backordered') return null
    const { decision } = plan
    return core.execute('BackorderOrder', { orderId, reason: decision.reason, decision }, { at: now() })
  },
  undo: unsource,
}

/** Work that came with the order: nothing is left to choose. */
function asItsSourceSays({ orderId, work }: Order, core: Core, at: number) {
  const toNodeId = work.find(isOpenWork)?.nodeId ?? null
  const decision = {
    decisionId: `${orderId}/source/${work.length}`,
    kind: 'source' as const,
    incidentId: null,
    fromNodeId: null,
    toNodeId,
    status: 'done' as const,
    reason: 'its source named the node',
    costCents: null,
    hoursSaved: null,
    candidates: [],
  }
  return core.execute('SourceOrder', { orderId, assignments: [], decision }, { at })
}

/** Whether stock of its goods or the nodes changed since it was found that the order has to wait. */
function hasNews(order: Order, core: Core): boolean {
  const { waitingSince } = order
  const { stock, stockOfSku, nodesVersion } = core.state()
  if (waitingSince === null || nodesVersion > waitingSince) return true
  return order.lines.some(({ sku }) =>
    (stockOfSku.get(sku) ?? []).some((key) => (stock.get(key)?.version ?? 0) > waitingSince),
  )
}

/** Whether the work has no stock yet. */
function isPlanned(work: FulfillmentOrder): boolean {
  return isOpenWork(work) && !work.isReserved
}

const reserve: Step = {
  id: 'reserve',
  isDue: (order) => order.status === 'sourced' && order.work.some(isPlanned),
  do: ({ orderId }, { core, now }) => core.execute('ReserveOrder', { orderId }, { at: now() }),
  undo: unsource,
}

const release: Step = {
  id: 'release',
  isDue: (order) => order.status === 'sourced' && !order.work.some(isPlanned),
  do: ({ orderId }, { core, now }) => core.execute('ReleaseOrder', { orderId }, { at: now() }),
  undo: unsource,
}

/** The steps in order. */
export const defaultFlow: readonly Step[] = [validate, source, reserve, release]

/** Times that stock may be taken away between source and reserve before the order waits. */
const tries = 5

/**
 * Takes an order as far as the flow goes; it may be called again at any time and by several at once.
 * @throws LOG_UNAVAILABLE, LOG_FENCED
 */
export async function advance(orderId: string, context: FlowContext): Promise<void> {
  for (let failures = 0; failures < tries; ) {
    const order = context.core.state().orders.get(orderId)
    const step = order && defaultFlow.find((each) => each.isDue(order))
    if (order === undefined || step === undefined) return
    const result = await step.do(order, context)
    if (result === null) return
    if (result.status === 'done') {
      if (result.answer.status === 'backordered' || result.answer.status === 'on_hold') return
      continue
    }
    // Whoever else is at it goes on with it.
    if (step !== reserve) return
    failures++
    if (result.status === 'refused') await reserve.undo(order, context)
  }
  const { core, now } = context
  const reason = 'stock was taken again and again'
  await core.execute('BackorderOrder', { orderId, reason, decision: null }, { at: now() })
}
