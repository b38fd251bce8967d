// An owned home with everything in it open: lock, log, warehouse up to date with the log. It decides nothing.

import { type HomePaths, lockHome } from '#data/home'
import type { Effects } from '#data/kernel'
import { type EventLog, openEventLog, openSnapshotFiles } from '#data/log'
import { migrate, openWarehouse, type Warehouse } from '#data/warehouse'
import { openProjector } from '#orchestrator/projection'

/** How a home is opened. */
export interface WorkspaceOptions {
  /**
   * Leaves the rows of markets for an engine, which brings them up to date with the state of its core when it opens:
   * without one they have to be folded for that. Default false.
   */
  leavesMarkets?: boolean
}

/** An open home. */
export interface Workspace {
  log: EventLog
  warehouse: Warehouse
  paths: HomePaths
  effects: Effects
  /** Closes everything and gives the home back. */
  close(): Promise<void>
}

/** A home that is owned, with its log open, but not its warehouse. */
export interface OwnedHome {
  log: EventLog
  paths: HomePaths
  /** As given, with the home among the settings. */
  effects: Effects
  /** Closes what was added by `onClose`, last first, then log and lock. */
  close(): Promise<void>
  onClose(step: () => Promise<void>): void
}

/**
 * Takes the home and opens its log.
 * @param verb what the process does, for the message others get
 * @throws HOME_BUSY, HOME_UNWRITABLE, LOG_DAMAGED; nothing stays open then
 */
export async function ownHome(home: string, verb: string, world: Effects): Promise<OwnedHome> {
  const effects = { ...world, config: { ...world.config, home } }
  const steps: (() => Promise<void>)[] = []
  const close = async () => {
    for (let step = steps.pop(); step !== undefined; step = steps.pop()) {
      await step().catch((error: unknown) => effects.logger.warn({ err: error }, 'closing a part failed'))
    }
  }
  const lock = await lockHome(home, verb, effects)
  steps.push(() => lock.release())
  try {
    const log = await openEventLog(lock.paths, effects)
    steps.push(() => log.close())
    return { log, paths: lock.paths, effects, close, onClose: (step) => steps.push(step) }
  } catch (error) {
    await close()
    throw error
  }
}

/**
 * Opens a home for work: its warehouse has every event of its log when this resolves.
 * @param verb what the process does, for the message others get
 * @throws HOME_BUSY, HOME_UNWRITABLE, LOG_DAMAGED, WAREHOUSE_DAMAGED, WAREHOUSE_NEWER; nothing stays open then
 */
export async function openWorkspace(
  home: string,
  verb: string,
  effects: Effects,
  options: WorkspaceOptions = {},
): Promise<Workspace> {
  const owned = await ownHome(home, verb, effects)
  try {
    const warehouse = await freshWarehouse(owned, options)
    const { log, paths, close } = owned
    return { log, warehouse, paths, effects: owned.effects, close }
  } catch (error) {
    await owned.close()
    throw error
  }
}

/** The warehouse of an owned home, opened or made, with the newest schema and every event of the log. */
export async function freshWarehouse(owned: OwnedHome, options: WorkspaceOptions = {}): Promise<Warehouse> {
  const { effects } = owned
  const { memoryMb, threads } = effects.config
  const warehouse = await openWarehouse(owned.paths.warehouse, { memoryMb, threads })
  owned.onClose(() => warehouse.close())
  await migrate(warehouse)
  const { log, paths } = owned
  const snapshots = openSnapshotFiles(paths.snapshots, effects)
  const projector = openProjector({ log, warehouse, effects, lake: paths.lake, snapshots })
  await (options.leavesMarkets === true ? projector.projectLoads() : projector.project())
  return warehouse
}
