// Takes runs of flows further, one step after another, each written before the next is looked at. It keeps nothing:
// where a run stands is in the core, so that whoever comes after a crash goes on from there.

import type { api } from '#data/contracts'
import { DetourError, reasonOf } from '#data/kernel'
import { type Heard, heardByAny } from '#orchestrator/core'
import { NotAsked } from '../actions/lanes.ts'
import type { FlowPlan } from '../compile/plan.ts'
import { leastWaitMinutes } from '../compile/ways.ts'
import { lead } from './control.ts'
import { eventSince } from './events.ts'
import { afterMerge, filled, type Way } from './moves.ts'
import { endIdleWay, endWay, isOwnEnd, isPast } from './own-end.ts'
import { performTile } from './perform-tile.ts'
import type { RunParts, Scene, TileResult } from './result.ts'
import { failed, go, settle, stop } from './settle.ts'
import { undoNext } from './undoing.ts'

/** Steps of one run at a time, so that it does not hold up the others. */
const stepsMost = 1_000
/** A run that takes so many in less time than a ring has to wait only goes round. */
const leastWaitMs = leastWaitMinutes * 60_000

/** Finds the plan of a version, null = it is not known any more. */
export type PlanFinder = (flowId: string, version: number) => FlowPlan | null

/** How long a run that asks somebody outside is waited for, and all of them at the end, ms. */
const patienceMs = 1_000
const idleMs = 5_000

/** A run at work. */
interface AtWork {
  /** Whether somebody asked for it meanwhile. */
  isAsked: boolean
  /** Whether it was waited for in vain. */
  isSlow: boolean
  work: Promise<void>
}

/** Takes runs further. */
export class Runner {
  readonly #parts: RunParts
  readonly #planOf: PlanFinder
  /** Runs at work. */
  readonly #working = new Map<string, AtWork>()

  constructor(parts: RunParts, planOf: PlanFinder) {
    this.#parts = parts
    this.#planOf = planOf
  }

  /**
   * Takes a run as far as it goes now. Several callers share the work. One that somebody outside keeps waiting goes on
   * by itself, and holds nobody up.
   * @throws LOG_UNAVAILABLE, LOG_FENCED
   */
  async advance(runId: string): Promise<void> {
    const known = this.#working.get(runId)
    if (known !== undefined) {
      known.isAsked = true
      return known.isSlow ? undefined : this.#inTime(known)
    }
    const entry: AtWork = { isAsked: false, isSlow: false, work: Promise.resolve() }
    this.#working.set(runId, entry)
    entry.work = this.#work(runId, entry).finally(() => this.#working.delete(runId))
    // Where nobody waits any more, whoever writes next learns of it.
    entry.work.catch(() => undefined)
    return this.#inTime(entry)
  }

  /** Waits until no run is at work. */
  async settled(): Promise<void> {
    while (this.#working.size > 0)
      await Promise.allSettled([...this.#working.values()].map(({ work }) => work))
  }

  /** The same for some seconds. @returns whether no run is at work then */
  isIdleSoon(): Promise<boolean> {
    return this.#within(idleMs, this.settled())
  }

  async #inTime(entry: AtWork): Promise<void> {
    const isOver = await this.#within(patienceMs, entry.work)
    if (!isOver) entry.isSlow = true
  }

  /** Whether it came to its end in time. */
  async #within(ms: number, work: Promise<unknown>): Promise<boolean> {
    let stop: () => void = () => undefined
    const late = new Promise<false>((resolve) => {
      stop = this.#parts.clock.after(ms, () => resolve(false))
    })
    try {
      return await Promise.race([work.then(() => true), late])
    } finally {
      stop()
    }
  }

  /** A run that cannot go on must not hold up the others: only a log that refuses is everybody's matter. */
  async #work(runId: string, entry: AtWork): Promise<void> {
    const began = this.#parts.now()
    let moves = 0
    try {
      for (let left = stepsMost; left > 0; left--) {
        entry.isAsked = false
        if (await this.#step(runId)) moves++
        else if (!entry.isAsked) return
      }
      if (moves < stepsMost || this.#parts.now() - began >= leastWaitMs) return
      const given = this.#given(runId)
      if (given?.run.status === 'running' && (await stop(given, 'it goes round without a wait')))
        return this.#work(runId, entry)
    } catch (error) {
      if (isOfLog(error)) throw error
      if (error instanceof NotAsked) return
      this.#parts.logger.warn({ runId, reason: reasonOf(error) }, 'a run of a flow stands still')
    }
  }

  /** A run that may go on, null = it may not now. */
  #given(runId: string): Omit<Scene, 'token'> | null {
    const { core } = this.#parts
    const { flows, orders } = core.state()
    const run = flows.runs.get(runId)
    if (run === undefined || flows.modes[run.flowId] === 'paused') return null
    const plan = this.#planOf(run.flowId, run.version)
    if (plan === null) return null
    const order = run.orderId === null ? null : (orders.get(run.orderId) ?? null)
    return run.orderId !== null && order === null ? null : { parts: this.#parts, plan, run, order }
  }

  /** One step of a run; false where nothing is due. */
  async #step(runId: string): Promise<boolean> {
    const given = this.#given(runId)
    if (given === null) return false
    const { run, order } = given
    if (run.status === 'undoing') return undoNext(given)
    const isCancelled = order?.status === 'cancelled'
    if (isCancelled && !(await isOwnEnd(given))) return stop(given, 'order_cancelled')
    for (const token of run.tokens) {
      if (await this.#tryToken({ ...given, token })) return true
    }
    return isCancelled && endIdleWay(given, order)
  }

  async #tryToken(scene: Scene): Promise<boolean> {
    const { plan, run, token } = scene
    const tile = plan.tiles.get(token.tileId)
    if (tile === undefined) return failed(scene, null, `there is no tile ${token.tileId} in this version`)
    switch (tile.type) {
      case 'splitter_merge': {
        const all = filled(run, tile, token)
        if (all === null) return false
        const how = { reason: `${all.length} met`, heard: heardByAny(all) }
        return go(scene, all, [afterMerge(tile, token)], how)
      }
      case 'start':
      case 'exit':
      case 'condition':
      case 'splitter':
      case 'condition_merge':
      case 'timer':
      case 'wait':
      case 'approval': {
        const led = lead(scene, tile)
        if (led === null) return false
        return go(scene, [token], led.ways, { reason: led.reason, heard: led.heard })
      }
      default:
        return this.#act(scene, tile)
    }
  }

  async #act(scene: Scene, tile: api.FlowActionTile): Promise<boolean> {
    const { run, token, order, parts } = scene
    const on: Way = { to: tile.next, lineIds: token.lineIds, splits: token.splits }
    if (token.state === 'acted') {
      const seen = eventSince([tile.resumeOn ?? ''], token, run, order)
      if (seen !== null) return go(scene, [token], [on], { reason: seen.name, heard: seen.heard })
      const isLate = token.dueAt !== null && token.dueAt <= parts.now()
      return isLate ? failed(scene, tile, `${tile.resumeOn} did not come in time`) : false
    }
    if (isPast(tile, order)) return endWay(scene)
    let heard: Heard = token
    if (token.state === 'waiting' && token.dueAt !== null) {
      if (token.dueAt > parts.now()) return false
    } else if (token.state === 'waiting') {
      const seen = eventSince(tile.inputEvents ?? [], token, run, order)
      if (seen === null) return false
      heard = seen.heard
    }
    const result = await performTile(scene, tile).catch((error: unknown): TileResult => {
      if (isOfLog(error) || error instanceof NotAsked) throw error
      return { kind: 'fail', reason: reasonOf(error) }
    })
    return settle({ ...scene, token: { ...token, ...heard } }, tile, result, on)
  }
}

/** Whether the log refuses: nothing can be done by anybody then. */
function isOfLog(error: unknown): boolean {
  return error instanceof DetourError && error.code.startsWith('LOG_')
}
