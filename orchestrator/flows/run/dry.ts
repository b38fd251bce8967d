// What a flow would do with an order, without doing it: conditions are asked of the order as it is, work is taken to
// go well, and nothing is waited for. It changes nothing and asks nobody.

import type { api } from '#data/contracts'
import type { FlowRun, FlowToken, Order } from '#orchestrator/core'
import { policyIn } from '#orchestrator/core'
import { factsHere, judge } from '#orchestrator/policies'
import { matchPlace } from '../compile/expressions.ts'
import { factsOfOrder } from '../compile/facts.ts'
import type { FlowPlan } from '../compile/plan.ts'
import type { FlowContext } from '../context.ts'
import { lead } from './control.ts'
import { afterMerge, filled, moved, type Way } from './moves.ts'
import type { RunParts } from './result.ts'

/** A step that would be taken. */
export interface DryStep {
  tileId: string
  outcome: api.FlowOutcome
  reason: string | null
}

/** Steps at most, so that a flow that goes round for ever ends. */
const stepsMost = 200

/** Whether a flow would take an order. */
export function wouldTake(plan: FlowPlan, order: Order, { core, worlds, now }: FlowContext): boolean {
  const condition = plan.conditions.get(matchPlace)
  if (condition === undefined) return true
  return condition.holds(factsOfOrder(order, null, factsHere(worlds, core.state(), now())).order)
}

/** The steps that a flow would take with an order. */
export function dryRun(plan: FlowPlan, order: Order, context: FlowContext): DryStep[] {
  const at = context.now()
  const first: FlowToken = {
    ...{ tokenId: 1, tileId: plan.start, state: 'ready', since: at, attempt: 1, dueAt: null, mark: 0 },
    ...{ lineIds: null, splits: [], note: null },
  }
  let run: FlowRun = {
    ...{ runId: 'dry', flowId: plan.flowId, version: plan.version, orderId: order.orderId, position: null },
    ...{ status: 'running', reason: null, startedAt: at, steps: 0, lastToken: 1, tokens: [first] },
    ...{ done: [], outcome: '', raised: [], dropped: 0 },
  }
  const steps: DryStep[] = []
  while (run.tokens.length > 0 && steps.length < stepsMost) {
    const next = run.tokens
      .map((token) => ({ token, step: stepAt(plan, run, token, order, context) }))
      .find(({ step }) => step !== null)
    if (next?.step == null) break
    const { from, ways, told } = next.step
    steps.push(told)
    const on = moved(run, plan, from, ways, { now: at, mark: 0 })
    run = {
      ...run,
      steps: run.steps + 1,
      lastToken: Math.max(run.lastToken, ...on.tokens.map(({ tokenId }) => tokenId)),
      tokens: [...run.tokens.filter(({ tokenId }) => !on.gone.includes(tokenId)), ...on.tokens],
    }
  }
  return steps
}

/**
 * Writes down once what a version of a flow in shadow would do with an order.
 * @throws LOG_UNAVAILABLE, LOG_FENCED
 */
export async function tellShadow(plan: FlowPlan, order: Order, context: FlowContext): Promise<void> {
  const { orderId } = order
  const { flowId, version } = plan
  const shadow = { orderId, flowId, version, steps: dryRun(plan, order, context) }
  const commandId = `flow/${flowId}/${version}/shadow/${orderId}`
  await context.core.execute('ShadowFlow', shadow, { at: context.now(), commandId })
}

function stepAt(plan: FlowPlan, run: FlowRun, token: FlowToken, order: Order, context: FlowContext) {
  const tile = plan.tiles.get(token.tileId)
  if (tile === undefined) return null
  const on = (to: string): Way[] => [{ to, lineIds: token.lineIds, splits: token.splits }]
  const told = (outcome: api.FlowOutcome, reason: string | null = null): DryStep => ({
    ...{ tileId: tile.id, outcome, reason },
  })
  switch (tile.type) {
    case 'splitter_merge': {
      const all = filled(run, tile, token)
      return all === null ? null : { from: all, ways: [afterMerge(tile, token)], told: told('done') }
    }
    case 'timer':
      return { from: [token], ways: on(tile.next), told: told('done', `${tile.minutes} min`) }
    case 'wait':
      return { from: [token], ways: on(tile.next), told: told('waiting', tile.events.join(', ')) }
    case 'approval':
      return { from: [token], ways: on(tile.approved), told: told('waiting', tile.question) }
    case 'start':
    case 'exit':
    case 'condition':
    case 'splitter':
    case 'condition_merge': {
      const led = lead({ parts: context as RunParts, plan, run, token, order }, tile)
      return led === null ? null : { from: [token], ways: led.ways, told: told('done', led.reason) }
    }
    default: {
      const isPassed = !passesFilter(tile, order, context)
      return { from: [token], ways: on(tile.next), told: told(isPassed ? 'skipped' : 'done') }
    }
  }
}

function passesFilter(tile: api.FlowActionTile, order: Order, { core, worlds, now }: FlowContext): boolean {
  const state = core.state()
  const policy = tile.filter === undefined ? undefined : policyIn(state.policyBook, tile.filter)
  return policy === undefined || judge([policy], order, factsHere(worlds, state, now())).length === 0
}
