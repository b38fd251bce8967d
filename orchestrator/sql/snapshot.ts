// The read-only copy of the readable tables that user queries run on. Raw tables and secrets never get into it.

import { copyFile, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
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
  operations.orderRisks,
  operations.modelScores,
  operations.incidents,
  operations.incidentHistory,
  operations.incidentComments,
  operations.incidentNotices,
  operations.silences,
  operations.decisions,
  operations.decisionCandidates,
  operations.rerouteEffects,
  operations.webhookDeliveries,
  operations.pipelineRuns,
]

/** Names of the tables that user queries can read. */
export const readableTables: string[] = [...Object.values(marts), ...kept].map((contract) => contract.name)

const making = new Map<string, Promise<Snapshot>>()

/** How long a question waits for the writer before it takes the snapshot that is there, ms. */
const patienceMs = 3_000

/**
 * The snapshot of the warehouse as it is now; made only where the one on disk is of another state. While a long load
 * or cycle holds the writer, the one that is there: every answer says how old it is.
 */
export async function freshSnapshot(context: SqlContext): Promise<Snapshot> {
  const { root, exports } = context.paths
  const fresh = making.get(root) ?? refresh(context)
  if (!making.has(root)) {
    making.set(root, fresh)
    const forget = () => making.delete(root)
    fresh.then(forget, forget)
  }
  let cancel = () => {}
  const late = new Promise<void>((resolve) => {
    cancel = context.effects.clock.after(patienceMs, resolve)
  }).then(() => readNote(pathIn(exports)))
  try {
    return (await Promise.race([fresh, late])) ?? (await fresh)
  } finally {
    cancel()
  }
}

function pathIn(exports: string): string {
  return join(exports, 'snapshot.duckdb')
}

async function refresh({ warehouse, paths, effects }: SqlContext): Promise<Snapshot> {
  const path = pathIn(paths.exports)
  await mkdir(paths.exports, { recursive: true })
  const current = await warehouse.reading(versionOf)
  const old = await readNote(path)
  if (old?.version === current) return old
  // In the writer's turn: a database is complete on disk only where nobody else is writing.
  return warehouse.exclusive((queries) => make(queries, path, effects.clock.now()))
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

/** What was noted beside the snapshot when it was made; null where that is missing or damaged. */
async function readNote(path: string): Promise<Snapshot | null> {
  try {
    const note = JSON.parse(await readFile(noteOf(path), 'utf8')) as Snapshot & { mark: string }
    return note.mark === (await markOf(path)) ? { path, version: note.version, at: note.at } : null
  } catch {
    return null
  }
}

/** Tells a file from one that was written over it. */
async function markOf(path: string): Promise<string> {
  const { size, mtimeMs } = await stat(path)
  return `${size}/${mtimeMs}`
}

function noteOf(path: string): string {
  return path.replace(/\.duckdb$/, '.json')
}

/** Counts the drafts of this process: a database that was let go of may stay open until older queries have ended. */
let drafts = 0

/**
 * Writes the tables to a draft, copies that once it is complete on disk, and puts the copy in the place of the old
 * snapshot: nobody holds a lock on the copy.
 */
async function make(queries: Queries, path: string, at: number): Promise<Snapshot> {
  const name = `snapshot_${++drafts}`
  const draft = `${path}.${process.pid}-${drafts}`
  await queries.run(`ATTACH ${quoteText(draft)} AS ${name}`)
  try {
    const version = await fill(queries, name, at)
    await queries.run(`CHECKPOINT ${name}`)
    await copyFile(draft, `${draft}.copy`)
    await rm(noteOf(path), { force: true })
    await rename(`${draft}.copy`, path)
    await writeFile(noteOf(path), JSON.stringify({ version, at, mark: await markOf(path) }))
    return { path, version, at }
  } finally {
    await queries.run(`DETACH ${name}`)
    for (const end of ['', '.wal', '.copy']) await rm(draft + end, { force: true })
  }
}

async function fill(queries: Queries, name: string, at: number): Promise<string> {
  await queries.run('BEGIN TRANSACTION')
  try {
    const version = await versionOf(queries)
    for (const table of readableTables) {
      await queries.run(`CREATE TABLE ${name}.${quoteName(table)} AS FROM main.${quoteName(table)}`)
    }
    await queries.run(
      `CREATE TABLE ${name}.snapshot AS
       SELECT $1::VARCHAR AS version, make_timestamptz($2::BIGINT * 1000) AS made_at`,
      [version, BigInt(at)],
    )
    await queries.run('COMMIT')
    return version
  } catch (error) {
    await queries.run('ROLLBACK').catch(() => undefined)
    throw error
  }
}
