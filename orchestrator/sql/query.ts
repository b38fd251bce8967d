// User SQL from the parent's side: a fresh snapshot, a child process to run on it, and an end to its time.

import { type ChildProcess, fork } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { copyFile, mkdir, rename, rm } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { type DetourError, type Effects, fail, reasonOf } from '#data/kernel'
import type { SqlColumn, SqlJob, SqlReply, SqlResult } from './protocol.ts'
import { freshSnapshot, type SqlContext } from './snapshot.ts'

/** One question. */
export interface SqlRequest {
  query: string
  /** `rows` answers with rows, the others with a file. Default rows. */
  format?: 'rows' | 'csv' | 'parquet'
  /** Where the file goes; without it `exports/<id>.csv|parquet` of the home. */
  file?: string
  /** Rows given back at most. Default 10,000. */
  limit?: number
}

/** One answer. */
export interface SqlAnswer {
  columns: SqlColumn[]
  rows: Record<string, unknown>[]
  /** Rows given back, or written to the file. */
  rowCount: number
  /** Whether the query has more rows than were given back. */
  truncated: boolean
  /** The file written, absolute; null for rows. */
  file: string | null
  seconds: number
  /** When the data queried was copied from the warehouse, ISO 8601. */
  snapshotAt: string
  snapshotAgeMs: number
  snapshotVersion: string
}

/** Characters of one query at most. */
const queryCharacters = 1_000_000

const defaultLimit = 10_000
/** How long the child may take beyond its own time limit to start and to stop, ms. */
const graceMs = 10_000

/**
 * Answers one query over the readable tables, whatever its text tries.
 * @throws SQL_NOT_READ_ONLY, SQL_SEVERAL_STATEMENTS, SQL_FAILED, SQL_TIMEOUT, SQL_MEMORY, SQL_EXPORT_FAILED
 */
export async function querySql(request: SqlRequest, context: SqlContext): Promise<SqlAnswer> {
  if (request.query.length > queryCharacters) {
    throw fail('SQL_FAILED', { reason: `the text is longer than ${queryCharacters} characters` })
  }
  const { effects, paths } = context
  const started = effects.clock.now()
  const snapshot = await freshSnapshot(context)
  const id = randomUUID()
  const temporary = join(paths.temporary, `sql-${id}`)
  await mkdir(temporary, { recursive: true })
  try {
    const job = jobOf(request, snapshot.path, temporary, effects)
    const result = await inChild(job, effects)
    const file = job.file && resolve(request.file ?? join(paths.exports, `${id}.${job.file.format}`))
    if (job.file && file) await move(job.file.path, file)
    const now = effects.clock.now()
    return {
      ...result,
      file: file ?? null,
      seconds: (now - started) / 1000,
      snapshotAt: new Date(snapshot.at).toISOString(),
      snapshotAgeMs: Math.max(0, now - snapshot.at),
      snapshotVersion: snapshot.version,
    }
  } finally {
    await rm(temporary, { recursive: true, force: true })
  }
}

function jobOf(request: SqlRequest, snapshot: string, temporary: string, { config }: Effects): SqlJob {
  const format = request.format ?? 'rows'
  return {
    snapshot,
    query: request.query,
    temporary,
    memoryMb: config.sqlMemoryMb,
    threads: config.threads,
    timeoutMs: config.sqlTimeoutMs,
    limit: request.limit ?? defaultLimit,
    ...(format === 'rows' ? {} : { file: { path: join(temporary, `result.${format}`), format } }),
  }
}

async function inChild(job: SqlJob, effects: Effects): Promise<SqlResult> {
  const child = fork(join(import.meta.dirname, 'worker.ts'), {
    execArgv: [`--max-old-space-size=${job.memoryMb + 256}`, '--disable-warning=ExperimentalWarning'],
    env: {},
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  })
  let late = false
  const cancel = effects.clock.after(job.timeoutMs + graceMs, () => {
    late = true
    child.kill('SIGKILL')
  })
  try {
    const reply = await replyOf(child, job)
    if (reply === null) {
      throw late ? fail('SQL_TIMEOUT', { limitMs: job.timeoutMs }) : diedOf(child, job)
    }
    if ('error' in reply) throw fail(reply.error.code, reply.error.details)
    return reply.result
  } finally {
    cancel()
    child.kill('SIGKILL')
  }
}

/** What the child said, null where it ended without a word. */
function replyOf(child: ChildProcess, job: SqlJob): Promise<SqlReply | null> {
  return new Promise((done, broken) => {
    child.once('message', (message) => done(message as SqlReply))
    child.once('exit', () => done(null))
    child.once('error', (error) => broken(fail('SQL_FAILED', { reason: reasonOf(error) }, { cause: error })))
    child.send(job, () => undefined)
  })
}

/** A child that dies by itself has run out of memory: nothing else in it can end a process. */
function diedOf(child: ChildProcess, job: SqlJob): DetourError {
  return fail('SQL_MEMORY', { limitMb: job.memoryMb, exitCode: child.exitCode, signal: child.signalCode })
}

async function move(from: string, to: string): Promise<void> {
  try {
    await mkdir(dirname(to), { recursive: true })
    await rename(from, to).catch(async (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EXDEV') throw error
      await copyFile(from, to)
    })
  } catch (error) {
    throw fail('SQL_EXPORT_FAILED', { file: to, reason: reasonOf(error) }, { cause: error })
  }
}
