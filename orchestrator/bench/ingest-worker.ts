// One run of the ingest benchmark in a process of its own: the bare read, or the whole load. Entry file.

import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { homePaths } from '#data/home'
import { fail, quoteText, realEffects } from '#data/kernel'
import { openSqliteLog } from '#data/log'
import { migrate, openWarehouse } from '#data/warehouse'
import { ingest } from '#ingest'

/** What a run is to do in which folder. */
export interface IngestJob {
  kind: 'bare' | 'ingest' | 'changed'
  directory: string
}

/** What it took. */
export interface IngestRun {
  seconds: number
  /** Peak resident memory of the process. */
  peakBytes: number
}

const types = {
  order_external_id: 'VARCHAR',
  line_external_id: 'VARCHAR',
  sku: 'VARCHAR',
  quantity: 'VARCHAR',
  unit_price: 'DECIMAL(18,2)',
  discount: 'DECIMAL(18,2)',
  tax: 'DECIMAL(18,2)',
  node_external_id: 'VARCHAR',
  status: 'VARCHAR',
}
const effects = realEffects()

/** The typed insert a person would write: DuckDB as it comes, its reader, types given, no sniffing. */
async function bare(directory: string): Promise<number> {
  const path = join(directory, 'bare.duckdb')
  const { threads, memoryMb } = effects.config
  const instance = await DuckDBInstance.create(path, { threads: `${threads}`, memory_limit: `${memoryMb}MB` })
  const warehouse = await instance.connect()
  const columns = Object.entries(types).map(([name, type]) => `${quoteText(name)}: '${type}'`)
  const created = Object.entries(types).map(([name, type]) => `${name} ${type}`)
  await warehouse.run(`CREATE TABLE lines (${created.join(', ')})`)
  const started = performance.now()
  await warehouse.run(
    `INSERT INTO lines SELECT * FROM read_csv(${quoteText(join(directory, 'order_lines.csv'))},
       columns = {${columns.join(', ')}}, header = true, auto_detect = false, delim = ',', quote = '"')`,
  )
  const seconds = (performance.now() - started) / 1000
  warehouse.closeSync()
  instance.closeSync()
  await rm(path, { force: true })
  return seconds
}

/** The whole way of the lines into a home whose orders are there; `changed` goes on in the home of the run before. */
async function load(directory: string, isChanged: boolean): Promise<number> {
  const paths = homePaths(join(directory, 'home'))
  if (!isChanged) await rm(paths.root, { recursive: true, force: true })
  const warehouse = await openWarehouse(paths.warehouse, effects.config)
  await migrate(warehouse)
  const log = await openSqliteLog(paths.log, effects)
  const context = { log, warehouse, paths, effects }
  const file = (name: string) => ({ provider: 'detour', paths: [join(directory, name)] })
  if (!isChanged) await ingest(file('orders.csv'), context)
  const started = performance.now()
  const summary = await ingest(file(isChanged ? 'order_lines-changed.csv' : 'order_lines.csv'), context)
  const seconds = (performance.now() - started) / 1000
  await warehouse.close()
  await log.close()
  if (summary.accepted + summary.quarantined !== summary.records || summary.quarantined === 0) {
    throw fail('BENCH_FAILED', { group: 'ingest', reason: 'the load does not add up' })
  }
  return seconds
}

const job = JSON.parse(process.argv[2] ?? '{}') as IngestJob
const seconds =
  job.kind === 'bare' ? await bare(job.directory) : await load(job.directory, job.kind === 'changed')
process.send?.({ seconds, peakBytes: process.resourceUsage().maxRSS * 1024 } satisfies IngestRun)
process.disconnect?.()
