// The warehouse made anew from log and lake, and compared with the one before. It never changes log or lake.

import { existsSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { DetourError, type Effects, fail, reasonOf } from '#data/kernel'
import { logPlace } from '#data/log'
import { openWarehouse, type Warehouse } from '#data/warehouse'
import { martChecksums, runCycle } from '#pipeline'
import { freshWarehouse, type OwnedHome, ownHome } from './workspace.ts'

/** One mart before and after; null where it could not be read. */
export interface RebuiltMart {
  name: string
  rowsBefore: number | null
  rowsAfter: number | null
  checksumBefore: string | null
  checksumAfter: string | null
  identical: boolean
}

/** What a rebuild did. */
export interface RebuildSummary {
  marts: RebuiltMart[]
  /** Whether every mart is as before; null where there was no warehouse to compare with. */
  identical: boolean | null
  /** Why the old warehouse could not be compared, else null. */
  notCompared: string | null
  seconds: number
}

type Checksums = Awaited<ReturnType<typeof martChecksums>>

/**
 * Deletes the warehouse and makes it anew, also where its file is damaged.
 * @throws HOME_BUSY, LOG_DAMAGED, REBUILD_LOG_BEHIND before anything is deleted
 */
export async function rebuild(
  home: string,
  effects: Effects,
  onProgress: (step: string, done: number, total: number) => void = () => undefined,
): Promise<RebuildSummary> {
  const started = effects.clock.now()
  const owned = await ownHome(home, 'rebuild', effects)
  try {
    onProgress('comparing', 0, 4)
    const before = await readBefore(owned)
    onProgress('loading again', 1, 4)
    for (const end of ['', '.wal']) await rm(`${owned.paths.warehouse}${end}`, { force: true })
    const warehouse = await freshWarehouse(owned)
    onProgress('building', 2, 4)
    await runCycle(warehouse, owned.effects, { mode: 'full' })
    onProgress('comparing', 3, 4)
    const marts = compare(before.checksums, await martChecksums(warehouse))
    onProgress('done', 4, 4)
    return {
      marts,
      identical: before.checksums === null ? null : marts.every((mart) => mart.identical),
      notCompared: before.reason,
      seconds: (effects.clock.now() - started) / 1000,
    }
  } finally {
    await owned.close()
  }
}

async function readBefore(owned: OwnedHome): Promise<{ checksums: Checksums | null; reason: string | null }> {
  const { warehouse: path } = owned.paths
  if (!existsSync(path)) return { checksums: null, reason: 'there was no warehouse' }
  let warehouse: Warehouse
  try {
    const { memoryMb, threads } = owned.effects.config
    warehouse = await openWarehouse(path, { memoryMb, threads })
  } catch (error) {
    return { checksums: null, reason: reasonOf(error) }
  }
  try {
    await refuseLoss(owned, warehouse)
    return { checksums: await martChecksums(warehouse), reason: null }
  } catch (error) {
    if (error instanceof DetourError && error.code === 'REBUILD_LOG_BEHIND') throw error
    return { checksums: null, reason: reasonOf(error) }
  } finally {
    await warehouse.close()
  }
}

/** A log that lacks events the warehouse has was replaced or restored from an older copy: stop before data is lost. */
async function refuseLoss(owned: OwnedHome, warehouse: Warehouse): Promise<void> {
  const cursors = await warehouse
    .all<{ stream: string; seq: number }>('SELECT stream, seq FROM projection_cursors')
    .catch(() => [])
  for (const { stream, seq } of cursors) {
    if ((await owned.log.tail(stream)) < seq)
      throw fail('REBUILD_LOG_BEHIND', { stream, seq, path: logPlace(owned.paths, owned.effects) })
  }
}

function compare(before: Checksums | null, after: Checksums): RebuiltMart[] {
  const names = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after)])].toSorted()
  return names.map((name) => {
    const [was, is] = [before?.[name], after[name]]
    return {
      name,
      rowsBefore: was?.rows ?? null,
      rowsAfter: is?.rows ?? null,
      checksumBefore: was?.checksum ?? null,
      checksumAfter: is?.checksum ?? null,
      identical: was !== undefined && was.checksum === is?.checksum && was.rows === is.rows,
    }
  })
}
