// What a flow would do with an order, without doing it: conditions, filters and policies are asked of the order as it
// is, work is taken to go well, and nothing is waited for. It changes nothing and asks nobody.

import type { api } from '#data/contracts'
import type { FlowRun, FlowToken, Order } from '#orchestrator/core'
import { holdOfAction, holdOfCritical, judge, linesOf, type Said } from '#orchestrator/policies'
import { matchPlace } from '../compile/expressions.ts'
import { factsOfOrder } from '../compile/facts.ts'
import type { FlowPlan } from '../compile/plan.ts'
import { type FlowContext, factsAt } from '../context.ts'
import { lead } from './control.ts'
import { afterMerge, filled, moved, type Way } from './moves.ts'
import { ownHolds } from './own-holds.ts'
import { badLines } from './perform-tile.ts'
import { policyInForce } from './policy-in-force.ts'
import type { RunParts } from './result.ts'
import { lineHoldsOf, linesIn } from './scope.ts'

/** A step that would be taken. */
export interface DryStep {
  tileId: string
  outcome: api.FlowOutcome
  reason: string | null
}

/** What would become of an order. */
export interface DryRun {
  steps: DryStep[]
  /** Why it would be held at the end, null = it would not be. */
  held: string | null
  /** Why lines of it would be held at the end, by their ids. */
  heldLines: Map<string, string>
  isValidated: boolean
  /**
   * Lines for which nodes would be found, by a tile or, once the flow has ended, the default way, each with the only
   * node that would do, null = any.
   */
  placed: Map<string, string | null>
  /** What policies say that its tiles name, tile by tile. */
  said: (readonly Said[])[]
  /** Policies of tiles that come once there is work: nothing is known of it yet, so they are not asked here. */
  later: api.OrderPolicy[]
  /** Filters for which tiles are passed over. */
  filteredBy: Set<string>
}

/** Steps at most, so that a flow that goes round for ever ends. */
const stepsMost = 200

/** Whether a flow would take an order. */
export function wouldTake(plan: FlowPlan, order: Order, context: FlowContext): boolean {
  const condition = plan.conditions.get(matchPlace)
  return condition === undefined || condition.holds(factsOfOrder(order, null, factsAt(context)).order)
}

/** What a flow would do with an order. */
export function dryRun(plan: FlowPlan, order: Order, context: FlowContext): DryRun {
  const walk = new Walk(plan, order, context)
  while (walk.step());
  return walk.result
}

/**
 * Writes down once what a version of a flow in shadow would do with an order: asked again, what was said first stays.
 * @param occasion what it would begin with, where an order has several of them, as returns are
 * @throws LOG_UNAVAILABLE, LOG_FENCED
 */
export async function tellShadow(
  plan: FlowPlan,
  order: Order,
  context: FlowContext,
  occasion?: number,
): Promise<void> {
  const { orderId } = order
  const { flowId, version } = plan
  const commandId = [`flow/${flowId}/${version}/shadow/${orderId}`, ...(occasion ? [occasion] : [])].join('/')
  if ((await context.core.recall(commandId)) !== null) return
  const { steps } = dryRun(plan, order, context)
  const shadow = { orderId, flowId, version, steps }
  await context.core.execute('ShadowFlow', shadow, { at: context.now(), commandId })
}

/** A tile that was come to: what is told of it, and the ways on; null = it stays there. */
interface Passed {
  told: DryStep
  from: readonly FlowToken[]
  ways: Way[] | null
}

const checking: ReadonlySet<string> = new Set(['validate_header', 'validate_lines'])
const placing: ReadonlySet<string> = new Set(['source', 'assign_node', 'reserve'])
/** Tiles that do nothing for an order on hold. */
const needsNoHold: ReadonlySet<string> = new Set([...checking, ...placing, 'soft_reserve', 'release'])
/** Tiles that do nothing where every line of their branch is held. */
const needsLines: ReadonlySet<string> = new Set([...placing, 'release'])

class Walk {
  readonly result: DryRun = {
    ...{ steps: [], held: null, heldLines: new Map(), isValidated: false, placed: new Map() },
    ...{ said: [], later: [], filteredBy: new Set() },
  }
  readonly #plan: FlowPlan
  readonly #order: Order
  readonly #parts: RunParts
  readonly #at: number
  /** Tokens that stay where they are. */
  readonly #resting = new Set<number>()
  #run: FlowRun

  constructor(plan: FlowPlan, order: Order, context: FlowContext) {
    this.#plan = plan
    this.#order = order
    this.result.heldLines = lineHoldsOf(order)
    this.#parts = context as RunParts
    this.#at = context.now()
    const first: FlowToken = {
      ...{ tokenId: 1, tileId: plan.start, state: 'ready', since: this.#at, attempt: 1, dueAt: null },
      ...{ mark: 0, lineIds: null, splits: [], note: null },
    }
    this.#run = {
      ...{ runId: 'dry', flowId: plan.flowId, version: plan.version, orderId: order.orderId, position: null },
      ...{
        status: 'running',
        reason: null,
        startedAt: this.#at,
        steps: 0,
        mark: 0,
        lastToken: 1,
        tokens: [first],
      },
      ...{ done: [], outBefore: [], outcome: '', raised: { count: 0, kept: [] } },
    }
  }

  /** One step; false where nothing more would be done. */
  step(): boolean {
    if (this.result.steps.length >= stepsMost) return false
    for (const token of this.#run.tokens) {
      const passed = this.#resting.has(token.tokenId) ? null : this.#pass(token)
      if (passed === null) continue
      this.result.steps.push(passed.told)
      if (passed.ways === null) this.#resting.add(token.tokenId)
      else this.#go(passed.from, passed.ways)
      return true
    }
    // What an ended flow leaves to do goes the default way.
    if (this.#run.tokens.length === 0) {
      this.result.isValidated = true
      this.#place(null)
    }
    return false
  }

  #go(from: readonly FlowToken[], ways: readonly Way[]): void {
    const run = this.#run
    const on = moved(run, this.#plan, from, ways, { now: this.#at, heard: { mark: 0 } })
    this.#run = {
      ...run,
      steps: run.steps + 1,
      lastToken: Math.max(run.lastToken, ...on.tokens.map(({ tokenId }) => tokenId)),
      tokens: [...run.tokens.filter(({ tokenId }) => !on.gone.includes(tokenId)), ...on.tokens],
    }
  }

  #pass(token: FlowToken): Passed | null {
    const plan = this.#plan
    const tile = plan.tiles.get(token.tileId)
    if (tile === undefined) return null
    const told = (outcome: api.FlowOutcome, reason: string | null = null): DryStep => {
      return { tileId: tile.id, outcome, reason }
    }
    const on = (to: string, step: DryStep): Passed => {
      return { told: step, from: [token], ways: [{ to, lineIds: token.lineIds, splits: token.splits }] }
    }
    switch (tile.type) {
      case 'splitter_merge': {
        const all = filled(this.#run, tile, token)
        return all === null ? null : { told: told('done'), from: all, ways: [afterMerge(tile, token)] }
      }
      case 'timer':
        return on(tile.next, told('done', `${tile.minutes} min`))
      case 'wait':
        return on(tile.next, told('waiting', tile.events.join(', ')))
      case 'approval':
        return on(tile.approved, told('waiting', tile.question))
      case 'start':
      case 'exit':
      case 'condition':
      case 'splitter':
      case 'condition_merge': {
        const led = lead({ parts: this.#parts, plan, run: this.#run, token, order: this.#order }, tile)
        return led === null ? null : { told: told('done', led.reason), from: [token], ways: led.ways }
      }
      default: {
        const did = this.#act(token, tile)
        const step = told(did.outcome, did.reason)
        if (did.outcome === 'waiting') return { told: step, from: [token], ways: null }
        if (did.outcome !== 'failed') return on(tile.next, step)
        if (tile.failed !== undefined) return on(tile.failed, step)
        this.result.held ??= 'flow_failed'
        return { told: step, from: this.#run.tokens, ways: [] }
      }
    }
  }

  #act(token: FlowToken, tile: api.FlowActionTile): Pick<DryStep, 'outcome' | 'reason'> {
    const { result } = this
    const asked = this.#askPolicies(tile, token)
    if (asked !== null) return asked
    const isWhole = needsNoHold.has(tile.type) && result.held !== null
    if (isWhole || (needsLines.has(tile.type) && this.#heldOf(token) === 'all'))
      return { outcome: 'waiting', reason: 'on_hold' }
    if (tile.type === 'validate_lines') {
      const scene = { parts: this.#parts, plan: this.#plan, run: this.#run, token, order: this.#order }
      const bad = badLines(scene, tile)
      if (bad !== null) return { outcome: 'failed', reason: bad }
    }
    if (tile.type === 'hold') this.#hold(token.lineIds, tile.reason)
    if (tile.type === 'lift_hold') this.#lift(token)
    if (tile.type === 'cancel') {
      result.held = `cancelled: ${tile.reason}`
      return { outcome: 'waiting', reason: 'cancelled' }
    }
    // What finds nodes checks first what nobody checked.
    result.isValidated ||= checking.has(tile.type) || placing.has(tile.type)
    const nodeId = tile.type === 'assign_node' ? tile.nodeId : undefined
    if (placing.has(tile.type)) this.#place(token.lineIds, nodeId)
    return { outcome: 'done', reason: null }
  }

  /** What is held already stays held for the reason that it has. */
  #hold(lineIds: FlowToken['lineIds'], reason: string): void {
    const { heldLines } = this.result
    if (lineIds === null) this.result.held ??= reason
    else for (const lineId of lineIds) heldLines.set(lineId, heldLines.get(lineId) ?? reason)
  }

  /** Lifts what is the flow's own to lift. */
  #lift({ lineIds }: FlowToken): void {
    const { held, heldLines } = this.result
    const own = ownHolds(this.#plan, this.#parts.core.state())
    if (lineIds === null && held !== null && own.has(held)) this.result.held = null
    for (const { lineId } of linesIn(this.#order, lineIds)) {
      if (own.has(heldLines.get(lineId) ?? '')) heldLines.delete(lineId)
    }
  }

  /** How many of the lines of a branch are held. */
  #heldOf({ lineIds }: FlowToken): 'none' | 'some' | 'all' {
    const lines = linesIn(this.#order, lineIds)
    const held = lines.filter(({ lineId }) => this.result.heldLines.has(lineId)).length
    return held === 0 ? 'none' : held < lines.length ? 'some' : 'all'
  }

  /** Lines that have no node yet get one; those that are held wait for theirs. */
  #place(lineIds: FlowToken['lineIds'], nodeId: string | null = null): void {
    const { placed, heldLines } = this.result
    for (const { lineId } of linesIn(this.#order, lineIds)) {
      if (!placed.has(lineId) && !heldLines.has(lineId)) placed.set(lineId, nodeId)
    }
  }

  /** What the filter and the policies of a tile say; null = it does its work. */
  #askPolicies(
    { filter, policies = [], type }: api.FlowActionTile,
    token: FlowToken,
  ): Pick<DryStep, 'outcome' | 'reason'> | null {
    const state = this.#parts.core.state()
    const facts = factsAt(this.#parts)
    const named = [...(filter === undefined ? [] : [filter]), ...policies]
    const missing = named.find((policyId) => policyInForce(state, policyId) === null)
    if (missing !== undefined) return { outcome: 'failed', reason: `policy ${missing} is not in force` }
    const meant = filter === undefined ? null : policyInForce(state, filter)
    if (meant !== null && judge([meant], this.#order, facts).length > 0) {
      this.result.filteredBy.add(meant.policyId)
      return { outcome: 'skipped', reason: `policy ${meant.name} does not hold` }
    }
    const asked = policies.flatMap((policyId) => policyInForce(state, policyId) ?? [])
    if (this.result.placed.size > 0) {
      this.result.later.push(...asked)
      return null
    }
    const said = judge(asked, this.#order, facts)
    this.result.said.push(said)
    for (const one of said) {
      const reason = reasonOf(one)
      if (reason !== null) this.#hold(linesOf(one, this.#order), reason)
    }
    const isHeld = this.result.held !== null || this.#heldOf(token) !== 'none'
    return policies.length > 0 && isHeld && type !== 'lift_hold'
      ? { outcome: 'waiting', reason: 'on_hold' }
      : null
  }
}

/** Why what a policy said holds what it was asked of, null = it does not. */
function reasonOf({ policy, outcome }: Said): string | null {
  if (outcome !== 'acts') return policy.severity === 'critical' ? holdOfCritical(policy) : null
  return policy.actions.map((action) => holdOfAction(policy, action)).find((hold) => hold !== null) ?? null
}
