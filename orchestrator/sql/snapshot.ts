// The read-only copy of the readable tables that user queries run on. Raw tables and secrets never get into it.

import { existsSync } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { marts, operations, type TableContract } from '#data/contracts'
import type { HomePaths } from '#data/home'
import { type Effects, quoteName, quoteText } from '#data/kernel'
import type { Queries, Warehouse } from '#data/warehouse'

/** What a snapshot needs. */
export interface SqlContext {
  warehouse: Warehouse
  paths: HomePaths
  effects: Effects
}

/** A snapshot on disk. */
export interface Snapshot {
  path: string
  /** Names the state of the warehouse that it holds. */
  version: string
  /** When it was made, epoch ms. */
  at: number
}

const kept: TableContract[] = [
  operations.quarantine,
  operations.loads,
  operations.loadFiles,
  operations.anomalies,
  operations.incidents,
  operations.decisions,
  operations.webhookDeliveries,
  operations.pipelineRuns,
]

/** Names of the tables that user queries can read. */
export const readableTables: string[] = [...Object.values(marts), ...kept].map((contract) => contract.name)

const making = new Map<string, Promise<Snapshot>>()

/**
 * The snapshot of the warehouse as it is now; made only where the one on disk is of another state.
 * Queries that still read the old file keep it: it is replaced by a rename.
 */
export function freshSnapshot(context: SqlContext): Promise<Snapshot> {
  const { root } = context.paths
  const before = making.get(root) ?? Promise.resolve(undefined)
  const next = before.catch(() => undefined).then(() => refresh(context))
  making.set(root, next)
  const forget = () => {
    if (making.get(root) === next) making.delete(root)
  }
  next.then(forget, forget)
  return next
}

async function refresh({ warehouse, paths, effects }: SqlContext): Promise<Snapshot> {
  const path = join(paths.exports, 'snapshot.duckdb')
  await mkdir(paths.exports, { recursive: true })
  return warehouse.reading(async (queries) => {
    await queries.run('BEGIN TRANSACTION')
    const version = await versionOf(queries)
    await queries.run('ROLLBACK')
    const old = existsSync(path) ? await readSnapshot(queries, path) : null
    if (old?.version === version) return old
    return make(queries, path, effects.clock.now())
  })
}

/** Schema, last cycle (by its time as well: a rebuild counts anew), cursors of the log, sizes of what is beside. */
async function versionOf(queries: Queries): Promise<string> {
  const counts = kept.map((contract) => `(SELECT count(*) FROM ${contract.name})`).join(", '/', ")
  const { version } = await queries.one<{ version: string }>(
    `SELECT concat(${counts}, ' schema ', (SELECT max(id) FROM schema_migrations),
       ' run ', (SELECT max(run_id) || '@' || epoch_ms(max(started_at)) FROM pipeline_runs),
       ' open ', (SELECT count(*) FROM quarantine WHERE status = 'open'),
       ' seq ', (SELECT string_agg(stream || ':' || seq, ',' ORDER BY stream) FROM projection_cursors)) AS version`,
  )
  return version
}

async function readSnapshot(queries: Queries, path: string): Promise<Snapshot | null> {
  try {
    await queries.run(`ATTACH ${quoteText(path)} AS snapshot_before (READ_ONLY)`)
  } catch {
    return null
  }
  try {
    const { version, at } = await queries.one<{ version: string; at: number }>(
      'SELECT version, epoch_ms(made_at) AS at FROM snapshot_before.snapshot',
    )
    return { path, version, at }
  } catch {
    return null
  } finally {
    await queries.run('DETACH snapshot_before')
  }
}

async function make(queries: Queries, path: string, at: number): Promise<Snapshot> {
  const draft = `${path}.draft`
  await rm(draft, { force: true })
  await rm(`${draft}.wal`, { force: true })
  await queries.run(`ATTACH ${quoteText(draft)} AS snapshot_after`)
  let version: string
  try {
    await queries.run('BEGIN TRANSACTION')
    version = await versionOf(queries)
    for (const name of readableTables) {
      await queries.run(`CREATE TABLE snapshot_after.${quoteName(name)} AS FROM main.${quoteName(name)}`)
    }
    await queries.run(
      `CREATE TABLE snapshot_after.snapshot AS
       SELECT $1::VARCHAR AS version, make_timestamptz($2::BIGINT * 1000) AS made_at`,
      [version, BigInt(at)],
    )
    await queries.run('COMMIT')
  } catch (error) {
    await queries.run('ROLLBACK').catch(() => undefined)
    throw error
  } finally {
    await queries.run('DETACH snapshot_after')
  }
  await rename(draft, path)
  return { path, version, at }
}
