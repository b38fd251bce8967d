// One turn of the loop: log to tables, tables to metrics, files to live work, scores to incidents, incidents to
// reroutes. Each part is asked in its order; none of them is here.

import type { Effects } from '#data/kernel'
import { tendIncidents } from '#orchestrator/alerting'
import { advance, type FlowContext, launchDue, sourceGathered } from '#orchestrator/flows'
import {
  type Ahead,
  lookAhead,
  Memory,
  type MoveContext,
  noteBeforeReroutes,
  rerouteAll,
  rerouteByPolicy,
  rescueAll,
} from '#orchestrator/reroute'
import { readHistory } from '#orchestrator/sourcing'
import type { Workspace } from '#orchestrator/workspace'
import { type CycleSummary, runCycle } from '#pipeline'
import { Archivist } from './archive.ts'
import type { Detector } from './detection.ts'
import { keepEffects } from './effects.ts'
import type { CycleReport } from './engine.ts'
import { newestFile } from './import-rows.ts'
import { importLive } from './live-import.ts'

/** What a turn works with. */
export interface LoopContext {
  workspace: Workspace
  flow: FlowContext
  detector: Detector
  effects: Effects
  /** Brings the log into the tables. */
  project(): Promise<number>
  /** Learns the newest time of the tables, which the market's time may follow. */
  readTime(): Promise<void>
  /** Whether the flow acts by itself: not in the time of a loaded history. */
  flowRuns(): boolean
  liveDays: number
  /** Market time between two whole turns, ms; turns between are light. 0 = all are whole. */
  wholeEveryMs: number
}

/** Orders that the flow takes further side by side. */
const sideBySide = 50
/** How long orders are sourced together, ms, and how many at most: the loop has other things to do. */
const batchMs = 3_000
const batchMost = 2_000
/** Market time between two looks ahead, and real time between two measurements of effects, ms. */
const aheadMs = 600_000
const effectsMs = 60_000
/** Turns after which history is read again; a full build reads it at once. */
const historyEvery = 60

/** The loop; it remembers what later turns need not do again. */
export class Loop {
  readonly #context: LoopContext
  #newestFile = 0
  #turns = 0
  #oddness = new Map<string, number>()
  readonly #memory = new Memory()
  #lookedAheadAt = Number.NEGATIVE_INFINITY
  #ahead: readonly Ahead[] = []
  #measuredAt = Number.NEGATIVE_INFINITY
  /** Number of the stretch between whole turns in which the last one was. */
  #wholeIn = Number.NaN
  /** Effects as they were kept last. */
  #effects = ''
  readonly #archivist: Archivist

  constructor(context: LoopContext) {
    this.#context = context
    this.#archivist = new Archivist(context.flow.core, context.effects.config.archiveDays)
  }

  /** Nodes that will not do their work in time, as they were seen last; without those whose cut-off has passed. */
  ahead(): readonly Ahead[] {
    const now = this.#context.flow.now()
    return this.#ahead.filter(({ room }) => (room.cutOffAt ?? 0) > now)
  }

  /** @throws whatever the parts throw; what was durable before stays */
  async turn(): Promise<CycleReport> {
    const { effects, flow, detector, workspace } = this.#context
    const { core, now, worlds } = flow
    const started = effects.clock.now()
    await this.#context.project()
    const isLight = this.#isLight()
    let pipeline = await runCycle(workspace.warehouse, effects, { isLight })
    await this.#context.readTime()
    await this.#readHistory(pipeline)
    const imported = await this.#import()
    if (imported.orders + imported.stock > 0) {
      await this.#context.project()
      pipeline = merged(pipeline, await runCycle(workspace.warehouse, effects))
    }
    await this.#advanceAll()
    const prices = worlds.carrierPrices(core.state(), now())
    const slow = worlds.slowWays(core.state(), now())
    const found = await detector.run(now(), { isLight, prices, slow })
    await tendIncidents(core, now())
    this.#oddness = new Map(found.scores.map((score) => [score.orderId, score.score]))
    worlds.oddness = this.#oddness
    const oddnessOf = (orderId: string) => this.#oddness.get(orderId) ?? 0
    const place = { core, worlds, now: now(), elapsedMs: () => effects.clock.now(), memory: this.#memory }
    const isLive = this.#context.flowRuns()
    if (isLive) await noteBeforeReroutes(place)
    const moved = await rerouteAll({ ...place, oddnessOf })
    const rescued = isLive ? (await rerouteByPolicy(place)) + (await rescueAll(place)) : 0
    await this.#lookAhead(place)
    if (!isLight) await this.#measureEffects(found.resolved.length > 0)
    await this.#archivist.turn(now())
    // What a light turn did is landed with what comes after it, when the next turn begins.
    if (!isLight) await this.#context.project()
    this.#turns++
    return {
      pipeline,
      imported,
      anomalies: found.anomalies,
      incidentsOpened: found.opened.length,
      incidentsResolved: found.resolved.length,
      ordersMoved: moved.moved + rescued,
      ordersNotMoved: moved.notMoved,
      seconds: (effects.clock.now() - started) / 1000,
    }
  }

  /**
   * Whether this turn brings up only what is detected and rerouted by: orders, their work and parcels, and the steps of
   * work. What people alone read, and what no step shows, waits for the next whole turn.
   */
  #isLight(): boolean {
    const { wholeEveryMs, detector, flow } = this.#context
    if (wholeEveryMs === 0) return false
    const stretch = Math.floor(flow.now() / wholeEveryMs)
    if (stretch === this.#wholeIn && detector.tellsBySteps) return true
    this.#wholeIn = stretch
    return false
  }

  async #readHistory(pipeline: CycleSummary): Promise<void> {
    const { workspace, flow } = this.#context
    const hasNews = (await workspace.warehouse.reading(newestFile)) > this.#newestFile
    if (this.#turns % historyEvery !== 0 && pipeline.mode !== 'full' && !hasNews) return
    const { core, worlds } = flow
    const read = await workspace.warehouse.reading((queries) => readHistory(queries, core.market))
    worlds.history = { ...read, outlook: worlds.history.outlook ?? null }
  }

  /** Looked at again after some minutes of the market: it takes longer than that to change anything. */
  async #lookAhead(place: MoveContext): Promise<void> {
    const { workspace, flowRuns } = this.#context
    if (!flowRuns() || Math.abs(place.now - this.#lookedAheadAt) < aheadMs) return
    this.#lookedAheadAt = place.now
    this.#ahead = await lookAhead({ ...place, reading: (work) => workspace.warehouse.reading(work) })
  }

  /** @param isDue whether it cannot wait: something has ended */
  async #measureEffects(isDue: boolean): Promise<void> {
    const { workspace, effects, flow } = this.#context
    if (!isDue && effects.clock.now() < this.#measuredAt + effectsMs) return
    this.#measuredAt = effects.clock.now()
    const at = { market: flow.core.market, now: flow.now() }
    this.#effects = await keepEffects(workspace.warehouse, at, this.#effects)
  }

  async #import() {
    const { workspace, flow, liveDays } = this.#context
    const { core, worlds, now } = flow
    const { history } = worlds
    const context = { core, warehouse: workspace.warehouse, history, now: now(), liveDays }
    const { newest, ...counts } = await importLive(context, this.#newestFile)
    this.#newestFile = newest
    return counts
  }

  /** Orders that a crash, a file or a lack of stock left on the way. */
  async #advanceAll(): Promise<void> {
    const { flow, liveDays } = this.#context
    if (!this.#context.flowRuns()) return
    await launchDue(flow)
    await this.#sourceGathered()
    const { orders, waiting: all } = flow.core.state()
    const since = flow.now() - liveDays * 86_400_000
    // What a file told of long ago stays as it is.
    const waiting = [...all].filter((orderId) => {
      const order = orders.get(orderId)
      return order !== undefined && (order.origin === 'api' || order.placedAt >= since)
    })
    await this.#advanceThese(waiting, flow)
    await flow.flows?.turn()
  }

  /** Orders that waited for others, sourced with them; what was left over is sourced by itself. */
  async #sourceGathered(): Promise<void> {
    const { flow, effects } = this.#context
    const elapsedMs = () => effects.clock.now()
    const limits = { timeLimitMs: batchMs, ordersMost: batchMost, elapsedMs }
    await this.#advanceThese(await sourceGathered(flow, limits), { ...flow, mayWait: false })
  }

  async #advanceThese(orderIds: readonly string[], flow: FlowContext): Promise<void> {
    for (let at = 0; at < orderIds.length; at += sideBySide) {
      await Promise.all(orderIds.slice(at, at + sideBySide).map((orderId) => advance(orderId, flow)))
    }
  }
}

/** Two runs of the pipeline told as one. */
function merged(first: CycleSummary, second: CycleSummary): CycleSummary {
  if (second.mode === 'idle') return first
  return {
    ...second,
    mode: first.mode === 'full' ? 'full' : second.mode,
    changedOrders: first.changedOrders + second.changedOrders,
    changedBuckets: first.changedBuckets + second.changedBuckets,
    seconds: first.seconds + second.seconds,
  }
}
