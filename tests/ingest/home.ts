// A real home in a temporary folder for the tests of the ingest: log, warehouse, lake, and files to load.

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type HomePaths, lockHome } from '#data/home'
import { type Effects, readConfig, realEffects } from '#data/kernel'
import { type EventLog, openSqliteLog } from '#data/log'
import { migrate, openWarehouse, project, type Warehouse } from '#data/warehouse'
import { type IngestContext, type IngestSummary, ingest, loadHandlers } from '#ingest'

/** An open home for one test. */
export interface TestHome extends IngestContext {
  log: EventLog
  warehouse: Warehouse
  paths: HomePaths
  effects: Effects
  /** Folder for the files to load. */
  files: string
  /** Writes a file to load. @returns its path */
  write(name: string, content: string | Buffer): Promise<string>
  load(provider: string, ...names: string[]): Promise<IngestSummary>
  /** Deletes the warehouse and makes it anew from log and lake. */
  rebuild(): Promise<void>
  close(): Promise<void>
}

/** A new home. */
export async function openTestHome(environment: Record<string, string> = {}): Promise<TestHome> {
  const root = await mkdtemp(join(tmpdir(), 'detour-ingest-'))
  const home = await openHomeAt(join(root, 'home'), root, environment)
  const close = home.close
  home.close = async () => {
    await close()
    await rm(root, { recursive: true, force: true })
  }
  return home
}

/**
 * A home that may have been there before, as a process opens it: its warehouse has all that the log has.
 * @param files folder for the files to load
 */
export async function openHomeAt(
  path: string,
  files: string = tmpdir(),
  environment: Record<string, string> = {},
): Promise<TestHome> {
  const effects = realEffects(
    readConfig({ DETOUR_LOG_LEVEL: 'silent', DETOUR_MEMORY_MB: '1000', ...environment }),
  )
  const limits = { memoryMb: effects.config.memoryMb, threads: 2 }
  const lock = await lockHome(path, 'test', effects)
  const { paths } = lock
  const log = await openSqliteLog(paths.log, effects)
  const refresh = async () => {
    await migrate(home.warehouse)
    await project(log, home.warehouse, loadHandlers(paths.lake), effects)
  }
  const home: TestHome = {
    warehouse: await openWarehouse(paths.warehouse, limits),
    log,
    paths,
    effects,
    files,
    write: async (name, content) => {
      await writeFile(join(files, name), content)
      return join(files, name)
    },
    load: (provider, ...names) => ingest({ provider, paths: names.map((name) => join(files, name)) }, home),
    rebuild: async () => {
      await home.warehouse.close()
      await rm(paths.warehouse)
      home.warehouse = await openWarehouse(paths.warehouse, limits)
      await refresh()
    },
    close: async () => {
      await home.warehouse.close()
      await log.close()
      await lock.release()
    },
  }
  await refresh()
  return home
}

/** CSV of orders in Detour's own layout. */
export function ordersCsv(...rows: string[]): string {
  return ['order_external_id,placed_at,status,currency', ...rows, ''].join('\n')
}

/** CSV of order lines in Detour's own layout. */
export function linesCsv(...rows: string[]): string {
  return ['order_external_id,line_external_id,sku,quantity,unit_price', ...rows, ''].join('\n')
}

/** CSV of many orders named after `label`. @param note what stands in customer_ref */
export function manyOrders(label: string, count: number, note = ''): string {
  const rows = Array.from({ length: count }, (_, i) => {
    const day = String(1 + (i % 28)).padStart(2, '0')
    return `${label}-${i},2026-01-${day}T10:00:00Z,shipped,USD,${note}`
  })
  return ['order_external_id,placed_at,status,currency,customer_ref', ...rows, ''].join('\n')
}
