// Opens the running system over an open home and keeps it turning. What a turn does stands in cycle.ts.

import { join } from 'node:path'
import type { Effects } from '#data/kernel'
import { openSnapshotFiles } from '#data/log'
import { type ChangeKind, type Core, type CoreOptions, openCore } from '#orchestrator/core'
import { advance, type FlowContext, FlowRuntime, watchFlows, watchMovedWork } from '#orchestrator/flows'
import { openProjector } from '#orchestrator/projection'
import { Replays, replayFiles } from '#orchestrator/replay'
import { rerouteByHand } from '#orchestrator/reroute'
import { Worlds } from '#orchestrator/sourcing'
import type { Workspace } from '#orchestrator/workspace'
import { Loop } from './cycle.ts'
import { Detector } from './detection.ts'
import type { Engine } from './engine.ts'
import { sweepExpired } from './expiry.ts'
import { watchGathering } from './gathering.ts'
import { Heartbeat } from './heartbeat.ts'
import { lateStates } from './late.ts'
import { learnInTurn } from './learning.ts'
import { marketTime } from './market-time.ts'
import { defaultMarketOf } from './markets.ts'
import { openShared, type Shared } from './shared.ts'

/** How the system is opened. */
export interface EngineOptions {
  /** Default `main`, or the only one there is. */
  market?: string
  /** Whether the model of orders learns beside the loop. Default true. */
  trains?: boolean
  /** With other engines over the same home; closed by whoever opened it. Default: its own. */
  shared?: Shared
  /** Whether tables keep what people alone read, see `openProjector`. Default true. */
  keepsTrail?: boolean
  /**
   * Market time between two turns that bring up all tables, ms; those between are light, and what they do themselves is
   * in the tables when the next one begins. Default 0: all are whole.
   */
  wholeEveryMs?: number
  /** Market time after which lateness is foreseen anew, ms. Default ten minutes. */
  lateEveryMs?: number
  /** Where other processes may write the market. */
  core?: CoreOptions
}

/**
 * The running system over an open home; it does nothing until a cycle is asked for.
 * @throws LOG_FENCED, LOG_UNAVAILABLE, WAREHOUSE_QUERY
 */
export async function openEngine(workspace: Workspace, options: EngineOptions = {}): Promise<Engine> {
  const { log, warehouse, paths, effects } = workspace
  const market = options.market ?? (await defaultMarketOf(workspace))
  const store = openSnapshotFiles(paths.snapshots, effects)
  const core = await openCore(log, market, effects, { snapshots: { store }, ...options.core })
  const shared = options.shared ?? (await openShared(workspace))
  const { models, late, turns } = shared
  shared.states.set(market, core)
  const { keepsTrail = true } = options
  const projector = openProjector({ log, warehouse, effects, lake: paths.lake, snapshots: store, keepsTrail })
  const running = (of: string) => shared.states.get(of)
  await projector.project(running, { leavesLedger: true })
  let watermark = await watermarkOf(workspace, market)
  const time = marketTime(core, effects, () => watermark)
  const flow = flowContext(workspace, core, new Worlds(shared.centroids), time.now)
  const detector = new Detector({ core, log, warehouse, models, effects })
  const trains = options.trains ?? true
  const project = () => projector.project(running)
  const loop = new Loop({
    ...{ workspace, flow, detector, effects, project },
    readTime: async () => {
      watermark = await watermarkOf(workspace, market)
    },
    flowRuns: () => time.state().mode !== 'watermark',
    wholeEveryMs: options.wholeEveryMs ?? 0,
    liveDays: effects.config.liveDays,
  })
  const { worlds, now, flows } = flow
  const replays = await Replays.open(effects, replayFiles(join(paths.replays, market), effects))
  const { lateEveryMs } = options
  const learning = { core, detector, worlds, trains, now, lateEveryMs, project }
  const learns = await learnInTurn(shared, workspace, learning)
  const heartbeat = new Heartbeat({
    turns,
    effects,
    turn: () => loop.turn(),
    onTurned: () => {
      learns.wake()
      core.tell({ kind: 'cycle', ids: [], at: time.now() })
    },
    dataTo: () => watermark,
    pending: () => projector.pending(),
  })
  core.onChange(({ kind }) => (waking.has(kind) ? heartbeat.soon() : undefined))
  const watches = watch(flow, effects, () => heartbeat.soon())
  return {
    ...{ workspace, market, core, now, worlds, flows, learning: learns.learning, project, replays },
    ...{ arrival: time.arrival, clock: time.state, setClock: time.set },
    cycle: () => heartbeat.now(),
    cycleSoon: () => heartbeat.soon(),
    exclusively: (work) => turns.take(work),
    freshness: () => heartbeat.freshness(),
    settled: () => learns.settled(),
    models: () => [...models.states(), ...lateStates(late.current(market))],
    ...{ ahead: () => loop.ahead(), advance: (orderId: string) => advance(orderId, flow) },
    previewDetection: (tried, days) => detector.preview(tried, days),
    reroute: (orderId, how) => rerouteByHand({ ...flow, now: time.now() }, orderId, how),
    close: async () => {
      heartbeat.stop()
      const trained = learns.close()
      await watches.stop()
      await replays.close()
      await turns.idle().then(() => flows.close())
      // What is being learned for the other markets, and for this one, goes on.
      if (options.shared === undefined) await Promise.all([shared.close(), trained])
      if (shared.states.get(market) === core) shared.states.delete(market)
      await core.close()
    },
  }
}

type WithFlows = FlowContext & { flows: FlowRuntime }

/** What the flow works with, and the flows beside it. */
function flowContext(
  { log, effects, paths }: Workspace,
  core: Core,
  worlds: Worlds,
  now: () => number,
): WithFlows {
  const straight = { core, worlds, now }
  return { ...straight, flows: new FlowRuntime(straight, { log, effects, folder: paths.actions }) }
}

/** Changes that a turn of the loop may have something to do about. */
const waking: ReadonlySet<ChangeKind> = new Set(['order', 'stock', 'incident', 'policy'])

/** What looks at the clock of the market beside the loop. */
function watch({ core, now, flows }: WithFlows, effects: Effects, wake: () => void) {
  const moved = watchMovedWork({ ...{ core, now, outside: flows.outside }, ...effects })
  const watches = [
    sweepExpired(core, effects, now),
    watchGathering(core, effects, now, wake),
    watchFlows(core, flows, effects, now),
  ]
  return {
    stop: async () => {
      for (const each of watches) each.stop()
      await moved.stop()
    },
  }
}

async function watermarkOf({ warehouse }: Workspace, market: string): Promise<number | null> {
  const [row] = await warehouse.reading((queries) =>
    queries.all<{ at: number | null }>(
      'SELECT epoch_ms(watermark) AS at FROM market_clock WHERE market = $1',
      [market],
    ),
  )
  return row?.at ?? null
}
