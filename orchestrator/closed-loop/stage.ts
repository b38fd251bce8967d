// The place where a policy is played: a home of its own with the log and the tables in memory, and a clock that stands
// still until it is moved. It is gone when it is closed.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { lockHome } from '#data/home'
import { type Effects, SimulatedClock, seededRandom } from '#data/kernel'
import { MemoryLog } from '#data/log'
import { migrate, openWarehouse } from '#data/warehouse'
import type { Workspace } from '#orchestrator/workspace'

/** A stage; its workspace is closed with it. */
export interface Stage {
  workspace: Workspace
  log: MemoryLog
  clock: SimulatedClock
  effects: Effects
  close(): Promise<void>
}

/** Longer than any simulation, ms: nothing turns by itself, and no order leaves memory. */
const neverMs = 1e13
const neverDays = 36_500

/** The world outside as a simulation has it: time that stands still, randomness of the seed. */
export function stillEffects(seed: string, start: number, real: Effects) {
  const clock = new SimulatedClock(start)
  const config = { ...real.config, logUrl: null, lake: null, liveCycleMs: neverMs, archiveDays: neverDays }
  return { clock, config, random: seededRandom(`effects/${seed}`), logger: real.logger }
}

/** @throws HOME_UNWRITABLE, WAREHOUSE_DAMAGED; nothing stays open then */
export async function openStage(seed: string, start: number, real: Effects): Promise<Stage> {
  const folder = await mkdtemp(join(tmpdir(), `detour-simulate-${process.pid}-`))
  const still = stillEffects(seed, start, real)
  const effects = { ...still, config: { ...still.config, home: folder } }
  const steps: (() => Promise<unknown>)[] = [() => rm(folder, { recursive: true, force: true })]
  const close = async () => {
    for (let step = steps.pop(); step !== undefined; step = steps.pop()) await step()
  }
  try {
    const lock = await lockHome(folder, 'simulate', effects)
    steps.push(() => lock.release())
    const log = new MemoryLog(effects.clock)
    const { memoryMb } = effects.config
    // Statements are small and many, and come again each hour: they are planned once, and a second thread costs
    // more than it gains.
    const warehouse = await openWarehouse(':memory:', {
      memoryMb,
      threads: 1,
      keepsPlans: true,
      spillFolder: lock.paths.temporary,
    })
    steps.push(() => warehouse.close())
    await migrate(warehouse)
    const workspace = { log, warehouse, paths: lock.paths, effects, close }
    return { workspace, log, clock: still.clock, effects, close }
  } catch (error) {
    await close()
    throw error
  }
}
