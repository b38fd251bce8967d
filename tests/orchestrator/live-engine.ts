// A small made-up retailer, loaded once, and engines over copies of its log whose time the test sets; no cycles and no
// models, so that days pass in seconds.

import { copyFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { openSqliteLog } from '#data/log'
import type { WorldOptions } from '#data/world'
import { type Core, openCore } from '#orchestrator/core'
import { loadDemo, startDemoClock } from '#orchestrator/demo'
import type { Engine } from '#orchestrator/engine'
import { advance } from '#orchestrator/flows'
import { type Live, type LiveOptions, startLive } from '#orchestrator/live'
import { type History, readHistory, Worlds } from '#orchestrator/sourcing'
import { openWorkspace, type Workspace } from '#orchestrator/workspace'
import { runCycle } from '#pipeline'
import { importLive } from '../../orchestrator/engine/live-import.ts'
import { effectsWith } from './places.ts'

/** The world of these tests. */
export const world = { seed: 'live', days: 10, orders: 2_900, end: Date.UTC(2026, 9, 14, 15) } as const
/** An hour, ms. */
export const hour = 3_600_000

/** A loaded retailer. */
export interface Retailer {
  workspace: Workspace
  history: History
  /** Log that holds the open work, to be copied. */
  log: string
  /** Units on all shelves. */
  onHand: number
}

/** Loads the retailer into a new home and takes its open work over. */
export async function loadRetailer(
  folder: string,
  options: Partial<WorldOptions> = world,
): Promise<Retailer> {
  const workspace = await openWorkspace(join(folder, 'home'), 'test', effectsWith())
  await loadDemo(workspace, options, () => undefined)
  await runCycle(workspace.warehouse, workspace.effects)
  const history = await workspace.warehouse.reading((queries) => readHistory(queries, 'main'))
  const log = join(folder, 'start.sqlite')
  const events = await openSqliteLog(log, workspace.effects)
  const core = await openCore(events, 'main', workspace.effects)
  const now = options.end ?? world.end
  await importLive({ core, warehouse: workspace.warehouse, history, now, liveDays: 30 }, 0)
  await startDemoClock(core, now)
  const onHand = [...core.state().stock.values()].reduce((sum, stock) => sum + stock.onHand, 0)
  await core.close()
  await events.close()
  return { workspace, history, log, onHand }
}

/** A market at work. */
export interface Market {
  engine: Engine
  core: Core
  live: Live
  /** Time of the market; set it. */
  hand: { now: number; isPaused: boolean }
  /** Goes to a time, looking at the clock every so often, and waits until all that was due has happened. */
  go(to: number, step?: number): Promise<void>
  close(): Promise<void>
}

/** Another copy of the start, in the folder. */
export async function copyOf(retailer: Retailer, folder: string, name: string): Promise<string> {
  const path = join(folder, `${name}.sqlite`)
  await copyFile(retailer.log, path)
  return path
}

/**
 * Opens the market over a log and lets it go on.
 * @param wrap may put something before the core
 */
export async function openMarket(
  { history, workspace }: Retailer,
  path: string,
  options: { now?: number; live?: LiveOptions; wrap?: (core: Core) => Core } = {},
): Promise<Market> {
  const { effects } = workspace
  const log = await openSqliteLog(path, effects)
  const core = await openCore(log, 'main', effects)
  const hand = { now: options.now ?? world.end, isPaused: false }
  const worlds = new Worlds()
  worlds.history = history
  const flow = { core, worlds, now: () => hand.now }
  const engine = {
    market: 'main',
    core: options.wrap?.(core) ?? core,
    now: () => hand.now,
    clock: () => ({ ...core.state().clock, isPaused: hand.isPaused }),
    advance: (orderId: string) => advance(orderId, flow),
  } as unknown as Engine
  const live = startLive(engine, { ...world, tickMs: 2, ...options.live }, effects)
  const go = async (to: number, step = 900_000) => {
    while (hand.now < to) {
      hand.now = Math.min(to, hand.now + step)
      while (live.stats().behindMs > 0) await setTimeout(1)
    }
  }
  const close = async () => {
    await live.stop()
    await core.close()
    await log.close()
  }
  return { engine, core, live, hand, go, close }
}
