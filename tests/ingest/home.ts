// A real home in a temporary folder for the tests of the ingest: log, warehouse, lake, and files to load.

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type HomePaths, homePaths } from '#data/home'
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
  const paths = homePaths(join(root, 'home'))
  const effects = realEffects(
    readConfig({ DETOUR_LOG_LEVEL: 'silent', DETOUR_MEMORY_MB: '1000', ...environment }),
  )
  const limits = { memoryMb: effects.config.memoryMb, threads: 2 }
  const home: TestHome = {
    warehouse: await openWarehouse(paths.warehouse, limits),
    log: await openSqliteLog(paths.log, effects),
    paths,
    effects,
    files: root,
    write: async (name, content) => {
      await writeFile(join(root, name), content)
      return join(root, name)
    },
    load: (provider, ...names) => ingest({ provider, paths: names.map((name) => join(root, name)) }, home),
    rebuild: async () => {
      await home.warehouse.close()
      await rm(paths.warehouse)
      home.warehouse = await openWarehouse(paths.warehouse, limits)
      await migrate(home.warehouse)
      await project(home.log, home.warehouse, loadHandlers(paths.lake), effects)
    },
    close: async () => {
      await home.warehouse.close()
      await home.log.close()
      await rm(root, { recursive: true, force: true })
    },
  }
  await migrate(home.warehouse)
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
