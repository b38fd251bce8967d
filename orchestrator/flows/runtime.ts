// The flows of a market at work: which flow an order takes, its run, and what is asked of runs from outside. The
// straight way of the default needs none of it.

import type { api } from '#data/contracts'
import { type Effects, fail } from '#data/kernel'
import type { EventLog } from '#data/log'
import { defaultFlowId, type FlowRun, historySteps, type Order, orderRunId } from '#orchestrator/core'
import { UrlPolicy } from '#orchestrator/webhooks'
import { builtInActions } from './actions/built-in.ts'
import { FileCaller } from './actions/file-call.ts'
import { openHttpCaller } from './actions/http-call.ts'
import { Lanes } from './actions/lanes.ts'
import { planOrNull, versionOf } from './book.ts'
import type { FlowPlan } from './compile/plan.ts'
import type { FlowContext, FlowGate } from './context.ts'
import { beginRun, chooseFlow } from './entry.ts'
import { reprocess } from './reprocess.ts'
import { placeLeftOver } from './run/left-over.ts'
import { moved } from './run/moves.ts'
import type { Outside, RunParts } from './run/result.ts'
import { Runner } from './run/runner.ts'
import { writeStep } from './run/take-step.ts'
import { Triggers } from './triggers.ts'

/** Runs taken further side by side. */
const sideBySide = 50
/** Tries of an answer that comes while the run moves. */
const answerTries = 5

/** What flows stand on. */
export interface RuntimeGround {
  log: EventLog
  effects: Pick<Effects, 'clock' | 'config' | 'logger'>
  /** Folder of the files of custom actions. */
  folder: string
}

/** The flows of a market at work. */
export class FlowRuntime implements FlowGate {
  readonly outside: Outside
  readonly #parts: RunParts
  readonly #runner: Runner
  readonly #triggers: Triggers

  /**
   * @param context of the market
   */
  constructor(context: FlowContext, { log, effects, folder }: RuntimeGround) {
    const { clock, config, logger } = effects
    const policy = new UrlPolicy({ clock, allow: config.webhookAllow, ownUrl: null })
    const http = openHttpCaller(policy)
    const files = new FileCaller(folder)
    this.outside = { policy, http, files, actions: builtInActions(http), lanes: new Lanes() }
    this.#parts = { ...context, outside: this.outside, clock, logger }
    const planOf = (flowId: string, version: number) => this.planOf(flowId, version)
    this.#triggers = new Triggers(log, context, planOf)
    this.#runner = new Runner(this.#parts, planOf)
  }

  /** The plan of a version, null = it is not at hand, or cannot be read any more. */
  planOf(flowId: string, version: number): FlowPlan | null {
    const flow = versionOf(this.#parts.core.state(), flowId, version)
    return flow === undefined ? null : planOrNull(flow)
  }

  async take(order: Order): Promise<boolean> {
    const { core } = this.#parts
    const { flows } = core.state()
    if (order.flow?.state === 'running') {
      const runId = orderRunId(order.orderId, order.flow.run)
      await this.#runner.advance(runId)
      const run = core.state().flows.runs.get(runId)
      // What is left once it is over goes the default way; so does what is to leave while other goods come back.
      if (run === undefined || this.planOf(run.flowId, run.version)?.kind === 'return') return false
      if (flows.modes[run.flowId] !== 'paused') await placeLeftOver(run, this.#parts)
      return true
    }
    // One that was changed on the straight way stays on it, whatever was published since.
    const isOnItsWay = order.stage !== 'created' || (order.version > 1 && wasChecked(order))
    if (order.flow !== undefined || isOnItsWay || order.hold !== null) {
      return order.flow === undefined && flows.modes[defaultFlowId] === 'paused'
    }
    const chosen = await chooseFlow(order, this.#parts)
    if (chosen === null) return false
    if (chosen.mode === 'paused') return true
    if (chosen.plan.isStraight) return false
    const begun = await beginRun(order, chosen.plan, 'a new order', this.#parts)
    const now = core.state().orders.get(order.orderId)
    return begun.status === 'refused' || now?.flow === undefined ? true : this.take(now)
  }

  /** Takes a run as far as it goes. @throws LOG_UNAVAILABLE, LOG_FENCED */
  advance(runId: string): Promise<void> {
    return this.#runner.advance(runId)
  }

  /** @throws LOG_UNAVAILABLE, LOG_FENCED */
  async turn(): Promise<void> {
    await this.#triggers.turn()
    const at = this.#parts.now()
    const due = [...this.#parts.core.state().flows.runs.values()].filter((run) => mayGoOn(run, at))
    for (let from = 0; from < due.length; from += sideBySide) {
      await Promise.all(due.slice(from, from + sideBySide).map(({ runId }) => this.#runner.advance(runId)))
    }
  }

  /**
   * A person's answer to an approval.
   * @throws FLOW_RUN_UNKNOWN, FLOW_NOT_WAITING
   */
  async answer(
    runId: string,
    { approve, tileId, note, by }: { approve: boolean; tileId?: string; note?: string; by: string },
  ): Promise<void> {
    const { core, now } = this.#parts
    for (let left = answerTries; left > 0; left--) {
      const run = core.state().flows.runs.get(runId)
      if (run === undefined) throw fail('FLOW_RUN_UNKNOWN', { runId })
      const plan = this.planOf(run.flowId, run.version)
      const token = run.tokens.find(
        (each) =>
          plan?.tiles.get(each.tileId)?.type === 'approval' &&
          (tileId === undefined || each.tileId === tileId),
      )
      const tile = plan?.tiles.get(token?.tileId ?? '')
      if (plan === null || token === undefined || tile?.type !== 'approval')
        throw fail('FLOW_NOT_WAITING', { runId, reason: 'no approval is asked for there' })
      const way = {
        to: approve ? tile.approved : tile.rejected,
        lineIds: token.lineIds,
        splits: token.splits,
      }
      const words = `${approve ? 'approved' : 'rejected'} by ${by}${note === undefined ? '' : `: ${note}`}`
      const on = moved(run, plan, [token], [way], { now: now(), heard: token })
      const step = { tileId: tile.id, outcome: 'done' as const, reason: words, attempt: 1, ...on }
      if (await writeStep({ run, parts: this.#parts }, step)) return this.#runner.advance(runId)
    }
    throw fail('FLOW_NOT_WAITING', { runId, reason: 'the run moves on all the time' })
  }

  /** Tells the runs of an order of an event. @throws ORDER_UNKNOWN */
  async raise(orderId: string, name: string, note: string | null, by: string): Promise<void> {
    const { core, now } = this.#parts
    const result = await core.execute('RaiseFlowEvent', { orderId, name, note, by }, { at: now() })
    if (result.status === 'refused') throw fail('ORDER_UNKNOWN', { orderId })
    const order = core.state().orders.get(orderId)
    if (order?.flow?.state === 'running') await this.#runner.advance(orderRunId(orderId, order.flow.run))
  }

  /** @returns id of the new run, or why there is none; see `reprocess` */
  reprocess(orderId: string): Promise<{ runId: string } | { reason: string }> {
    const advance = (runId: string) => this.#runner.advance(runId)
    return reprocess(orderId, { parts: this.#parts, advance, planOf: (...of) => this.planOf(...of) })
  }

  /** Lets runs of a flow go on with another version where all their places are there. */
  async migrate(
    flowId: string,
    { from, to, tiles = {} }: api.FlowMigration,
    by: string,
  ): Promise<api.FlowMigrated> {
    const { core, now } = this.#parts
    const [before, after] = [this.planOf(flowId, from), this.planOf(flowId, to)]
    if (before === null || after === null) throw fail('FLOW_UNKNOWN', { flowId })
    const left: api.FlowMigrated['left'] = []
    let count = 0
    for (const run of core.state().flows.runs.values()) {
      if (run.flowId !== flowId || run.version !== from) continue
      const problem = problemOf(run, before, after, tiles)
      if (problem === null) {
        const move = { runId: run.runId, after: run.steps, version: to, tiles, by }
        const result = await core.execute('MigrateFlowRun', move, { at: now() })
        if (result.status === 'refused') left.push({ runId: run.runId, reason: result.reason ?? 'refused' })
        else count++
      } else left.push({ runId: run.runId, reason: problem })
    }
    return { moved: count, left: left.slice(0, 1_000), leftCount: left.length }
  }

  /** Waits until no run is at work, however long somebody outside takes. */
  settled(): Promise<void> {
    return this.#runner.settled()
  }

  async close(): Promise<void> {
    this.outside.lanes.close()
    // A call that is still under way must not end as a failure: it is asked again with the next start.
    if (await this.#runner.isIdleSoon()) await this.outside.http.close()
  }
}

/** Whether its checks were passed once. */
function wasChecked({ history }: Order): boolean {
  return historySteps(history).some(({ type }) => type === 'OrderValidated')
}

/** Why a run cannot go on with another version, null where it can. */
function problemOf(
  run: FlowRun,
  before: FlowPlan,
  after: FlowPlan,
  tiles: Readonly<Record<string, string>>,
): string | null {
  if (run.status === 'undoing') return 'it is being undone'
  const places = [...run.tokens, ...run.done, ...run.tokens.flatMap(({ splits }) => splits)]
  for (const { tileId } of places) {
    const next = tiles[tileId] ?? tileId
    const [was, is] = [before.tiles.get(tileId), after.tiles.get(next)]
    if (is === undefined) return `there is no tile ${next} in version ${after.version}`
    if (was !== undefined && was.type !== is.type) return `${next} is of type ${is.type}, not ${was.type}`
  }
  return null
}

/** Whether something may be due for a run: all but a time that has not come. */
function mayGoOn({ tokens, status }: FlowRun, at: number): boolean {
  return (
    status === 'undoing' ||
    tokens.some(({ dueAt, state }) => state !== 'waiting' || dueAt === null || dueAt <= at)
  )
}
