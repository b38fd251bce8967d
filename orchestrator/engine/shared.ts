// What the engines of one process share: the worker of the models, the turns at the warehouse, and who knows the state
// of which market. It runs nothing by itself.

import { join } from 'node:path'
import { openSnapshotFiles, type SnapshotStore } from '#data/log'
import { type LateModels, type Models, openLate, openModels } from '#models'
import type { MarketStates } from '#orchestrator/projection'
import { type Centroids, readCentroids } from '#orchestrator/sourcing'
import type { Workspace } from '#orchestrator/workspace'
import { createTurns, type Turns } from './turns.ts'

/** What engines over one home share. */
export interface Shared {
  models: Models
  /** Late-risk models, of the same registry. */
  late: LateModels
  turns: Turns
  /** State of each market that runs here or is followed. */
  states: Map<string, NonNullable<ReturnType<MarketStates>>>
  /** Snapshots of their streams. */
  snapshots: SnapshotStore
  /** Where places are that the home has tables of, beside those that are known anyway. */
  centroids: Centroids
  close(): Promise<void>
}

/** What the engines of a home share; close it after all of them. */
export async function openShared({ effects, paths }: Workspace): Promise<Shared> {
  const models = await openModels(effects, { folder: paths.models })
  const late = openLate(effects, { registry: models.registry })
  const turns = createTurns()
  const snapshots = openSnapshotFiles(paths.snapshots, effects)
  const centroids = await readCentroids(join(paths.root, 'geo'))
  const close = async () => {
    await Promise.all([models.close(), late.close()])
  }
  return { models, late, turns, states: new Map(), snapshots, centroids, close }
}
