// The default flow of an order: validate, source, reserve, release. Each step has its undo; the core decides whether
// it may happen. It keeps nothing: where the parts of an order stand tells which step is next.

import type { api } from '#data/contracts'
import type { CommandResult } from '#data/log'
import {
  blockOfLines,
  blockOfWork,
  type CoreAnswer,
  type CoreState,
  defaultFlowId,
  type FulfillmentOrder,
  isEnded,
  isOpenWork,
  type Order,
} from '#orchestrator/core'
import { applyPolicies, type Gate, policiesAt } from '#orchestrator/policies'
import type { FlowContext } from './context.ts'
import { findNodes } from './sourcing.ts'
import { wantsOf } from './wants.ts'

/** One step of a flow. */
export interface Step {
  id: string
  /** Policies that are asked before it; absent = none are. */
  point?: api.PolicyPoint
  /** Whether a part of the order stands before this step, and nothing holds it back. */
  isDue(order: Order, state: CoreState): boolean
  /** Takes the order one state further, or says why not; null where it waits for something and still has to. */
  do(order: Order, context: FlowContext): Promise<CommandResult<CoreAnswer> | null>
  /** Takes it back to where it was. */
  undo(order: Order, context: FlowContext): Promise<CommandResult<CoreAnswer>>
}

const validate: Step = {
  id: 'validate',
  point: 'validate',
  isDue: (order, state) =>
    order.stage === 'created' &&
    order.hold === null &&
    !isEnded(order) &&
    blockOfLines(state, order.lines) === null,
  do: ({ orderId }, { core, now }) => core.execute('ValidateOrder', { orderId }, { at: now() }),
  undo: ({ orderId }, { core, now }) =>
    core.execute('CancelOrder', { orderId, reason: 'validation_undone' }, { at: now() }),
}

const unsource = ({ orderId }: Order, { core, now }: FlowContext) =>
  core.execute('UnsourceOrder', { orderId, reason: 'step_undone' }, { at: now() })

const source: Step = {
  id: 'source',
  point: 'source',
  isDue: (order, state) =>
    order.hold === null && order.stage === 'validated' && wantsOf(order, state).wants.length > 0,
  do: findNodes,
  undo: unsource,
}

/** Whether no node has the work yet. */
function isPlanned(work: FulfillmentOrder): boolean {
  return isOpenWork(work) && work.releasedAt === null
}

function isReady(order: Order): boolean {
  return order.hold === null && order.stage !== 'created'
}

const reserve: Step = {
  id: 'reserve',
  isDue: (order) => isReady(order) && order.work.some((work) => isOpenWork(work) && !work.isReserved),
  do: ({ orderId }, { core, now }) => core.execute('ReserveOrder', { orderId }, { at: now() }),
  undo: unsource,
}

const release: Step = {
  id: 'release',
  point: 'release',
  isDue: (order, state) => {
    const planned = order.work.filter(isPlanned)
    const isFree = planned.every((work) => work.isReserved && blockOfWork(state, work) === null)
    return isReady(order) && isFree && (planned.length > 0 || order.stage === 'sourced')
  },
  do: ({ orderId }, { core, now }) => core.execute('ReleaseOrder', { orderId }, { at: now() }),
  undo: unsource,
}

/** The steps in order. */
export const defaultFlow: readonly Step[] = [validate, source, reserve, release]

/** Times that policies may change an order on its way, so that it gets somewhere whatever they say. */
const roundsMost = 20

/** Whether policies let the step be taken now; where none is asked, nothing is waited for. */
function gateOf({ point }: Step, order: Order, state: CoreState, context: FlowContext): Promise<Gate> | Gate {
  if (point === undefined || policiesAt(state, point).length === 0) return 'go'
  return applyPolicies(order, point, context)
}

/** Times that stock may be taken away between source and reserve before the order waits. */
const tries = 5

/**
 * Takes an order as far as the flow goes; it may be called again at any time and by several at once.
 * @throws LOG_UNAVAILABLE, LOG_FENCED
 */
export async function advance(orderId: string, context: FlowContext): Promise<void> {
  if (await isTaken(orderId, context)) return
  let rounds = 0
  for (let failures = 0; failures < tries; ) {
    const state = context.core.state()
    const order = state.orders.get(orderId)
    // What is further on goes first: parts that wait for stock must not hold up the others.
    const step = order && defaultFlow.findLast((each) => each.isDue(order, state))
    if (order === undefined || step === undefined) return
    const asked = rounds < roundsMost ? gateOf(step, order, state, context) : 'go'
    const gate = asked === 'go' ? asked : await asked
    if (gate === 'wait') return
    if (gate === 'changed') {
      rounds++
      continue
    }
    const result = await step.do(order, context)
    if (result === null) return
    if (result.status === 'done') continue
    // Whoever else is at it goes on with it.
    if (step !== reserve) return
    failures++
    if (result.status === 'refused') await reserve.undo(order, context)
  }
  const { core, now } = context
  const reason = 'stock was taken again and again'
  await core.execute('BackorderOrder', { orderId, reason, decision: null }, { at: now() })
}

/** Whether a flow has the order, or takes it: nothing is asked where there is only the straight way. */
async function isTaken(orderId: string, { core, flows: gate }: FlowContext): Promise<boolean> {
  if (gate === undefined) return false
  const { flows, orders } = core.state()
  if (flows.published.length === 0 && flows.runs.size === 0 && flows.modes[defaultFlowId] !== 'paused')
    return false
  const order = orders.get(orderId)
  return order !== undefined && gate.take(order)
}
