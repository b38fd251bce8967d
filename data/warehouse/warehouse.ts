// One DuckDB file, opened once in this process, with one writer at a time. It knows no table by name.

import { existsSync, realpathSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { type DuckDBConnection, DuckDBInstance, DuckDBResultReader, type DuckDBValue } from '@duckdb/node-api'
import { DetourError, fail, reasonOf } from '#data/kernel'
import { Plans, withoutStatistics } from './plans.ts'

/** Values for `$1, $2, ...` or for `$name`. */
export type SqlParameters = DuckDBValue[] | Record<string, DuckDBValue>

/** A row as JSON values: numbers beyond 2^53, decimals, times and uuids come as text. */
export type Row = Record<string, unknown>

/** What can be asked inside or outside a transaction. */
export interface Queries {
  /** See `WarehouseLimits`; a text that is always the same, with parameters of the types it names, is planned once. */
  readonly keepsPlans: boolean
  /** Runs a statement. @returns rows changed. @throws WAREHOUSE_QUERY with its SQL */
  run(sql: string, parameters?: SqlParameters): Promise<number>
  /** All rows of a query. BIGINTs within 2^53 come as numbers. @throws WAREHOUSE_QUERY with its SQL */
  all<T extends Row = Row>(sql: string, parameters?: SqlParameters): Promise<T[]>
  /** The first row. @throws WAREHOUSE_QUERY, also when there is none */
  one<T extends Row = Row>(sql: string, parameters?: SqlParameters): Promise<T>
}

/** The open warehouse. */
export interface Warehouse extends Queries {
  readonly path: string
  /** Runs `work` alone, in one transaction that is durable when it resolves and gone when it throws. */
  transaction<T>(work: (queries: Queries) => Promise<T>): Promise<T>
  /** Runs `work` alone, without a transaction of its own. */
  exclusive<T>(work: (queries: Queries) => Promise<T>): Promise<T>
  /** Another connection for reading beside the writer. @returns what `work` returned */
  reading<T>(work: (queries: Queries) => Promise<T>): Promise<T>
  /** 0 to 100 while a query of the writer runs, -1 when not known. */
  progress(): number
  /** Stops the query that the writer runs now; it throws WAREHOUSE_QUERY. */
  interrupt(): void
  close(): Promise<void>
}

/** Limits of one instance. */
export interface WarehouseLimits {
  /** MB before DuckDB spills to disk. */
  memoryMb: number
  threads: number
  /** Where tables in memory spill to; without it they do not. Those of a file spill beside it. */
  spillFolder?: string
  /**
   * Whether the writer plans a statement that comes again only once: for many small ones, most of whose time is
   * planning. Large ones are slower, for they are planned without statistics. Default false.
   */
  keepsPlans?: boolean
}

const openPaths = new Set<string>()

/** Of so few rows to be found only the parts of a table are read in which one of them may lie. */
const fewRows = 5_000

/**
 * Opens a warehouse file, made when it is not there; `:memory:` for tests.
 * Two instances on one file in one process would corrupt it silently, so the second is refused.
 * @throws WAREHOUSE_ALREADY_OPEN, WAREHOUSE_DAMAGED
 */
export async function openWarehouse(path: string, limits: WarehouseLimits): Promise<Warehouse> {
  const file = path === ':memory:' ? path : await canonical(path)
  if (openPaths.has(file)) throw fail('WAREHOUSE_ALREADY_OPEN', { path: file })
  if (file !== ':memory:') openPaths.add(file)
  try {
    const opened = await connect(file, limits)
    return new OpenWarehouse(file, limits, opened)
  } catch (error) {
    openPaths.delete(file)
    throw error
  }
}

interface Opened {
  instance: DuckDBInstance
  connection: DuckDBConnection
  plans: Plans | null
}

async function connect(file: string, limits: WarehouseLimits): Promise<Opened> {
  let instance: DuckDBInstance | undefined
  try {
    instance = await DuckDBInstance.create(file, {
      threads: String(limits.threads),
      memory_limit: `${limits.memoryMb}MB`,
      storage_compatibility_version: 'latest',
      temp_directory: file === ':memory:' ? (limits.spillFolder ?? '') : temporaryFolder(file),
      ...(file === ':memory:' ? inMemory : {}),
    })
    const connection = await instance.connect()
    await connection.run("SET TimeZone = 'UTC'")
    await connection.run('SET enable_progress_bar = true; SET enable_progress_bar_print = false')
    await connection.run(`SET dynamic_or_filter_threshold = ${fewRows}`)
    if (limits.keepsPlans === true) await connection.run(withoutStatistics)
    return { instance, connection, plans: limits.keepsPlans === true ? new Plans(connection) : null }
  } catch (error) {
    instance?.closeSync()
    throw fail('WAREHOUSE_DAMAGED', { path: file, reason: reasonOf(error) }, { cause: error })
  }
}

/** Tables in memory are tidied after so much was written; nothing has to be made durable. */
const inMemory = { checkpoint_threshold: '256MB' }

/** Where DuckDB spills; its parent has to be there before. */
function temporaryFolder(file: string): string {
  return join(dirname(file), 'tmp')
}

async function canonical(path: string): Promise<string> {
  const file = resolve(path)
  await mkdir(temporaryFolder(file), { recursive: true })
  return existsSync(file)
    ? realpathSync(file)
    : join(realpathSync(dirname(file)), file.slice(dirname(file).length + 1))
}

class OpenWarehouse implements Warehouse {
  readonly path: string
  readonly keepsPlans: boolean
  readonly #limits: WarehouseLimits
  #opened: Opened
  #queries: Queries
  /** Set when DuckDB gave up on the instance, as after a full disk: what was committed is in the file. */
  #isStopped = false
  #turn: Promise<unknown> = Promise.resolve()

  constructor(path: string, limits: WarehouseLimits, opened: Opened) {
    this.path = path
    this.keepsPlans = limits.keepsPlans === true
    this.#limits = limits
    this.#opened = opened
    this.#queries = queriesOf(opened.connection, opened.plans)
  }

  run(sql: string, parameters?: SqlParameters): Promise<number> {
    return this.exclusive((queries) => queries.run(sql, parameters))
  }

  all<T extends Row>(sql: string, parameters?: SqlParameters): Promise<T[]> {
    return this.exclusive((queries) => queries.all<T>(sql, parameters))
  }

  one<T extends Row>(sql: string, parameters?: SqlParameters): Promise<T> {
    return this.exclusive((queries) => queries.one<T>(sql, parameters))
  }

  transaction<T>(work: (queries: Queries) => Promise<T>): Promise<T> {
    return this.exclusive(async (queries) => {
      await queries.run('BEGIN TRANSACTION')
      try {
        const result = await work(queries)
        await queries.run('COMMIT')
        return result
      } catch (error) {
        await queries.run('ROLLBACK').catch(() => undefined)
        throw error
      }
    })
  }

  exclusive<T>(work: (queries: Queries) => Promise<T>): Promise<T> {
    const turn = this.#turn.then(async () => {
      if (this.#isStopped) await this.#restart()
      try {
        return await work(this.#queries)
      } catch (error) {
        this.#isStopped = isFatal(error)
        throw error
      }
    })
    this.#turn = turn.catch(() => undefined)
    return turn
  }

  async reading<T>(work: (queries: Queries) => Promise<T>): Promise<T> {
    if (this.#isStopped) await this.exclusive(async () => undefined)
    const connection = await this.#opened.instance.connect()
    try {
      return await work(queriesOf(connection))
    } finally {
      connection.closeSync()
    }
  }

  progress(): number {
    return this.#opened.connection.progress.percentage
  }

  interrupt(): void {
    this.#opened.connection.interrupt()
  }

  async close(): Promise<void> {
    await this.#turn
    this.#letGo()
    openPaths.delete(this.path)
  }

  /** Opens the file anew; @throws WAREHOUSE_DAMAGED when that fails, and is tried again then. */
  async #restart(): Promise<void> {
    this.#letGo()
    this.#opened = await connect(this.path, this.#limits)
    this.#queries = queriesOf(this.#opened.connection, this.#opened.plans)
    this.#isStopped = false
  }

  #letGo(): void {
    this.#opened.plans?.forget()
    this.#opened.connection.closeSync()
    this.#opened.instance.closeSync()
  }
}

function isFatal(error: unknown): boolean {
  return error instanceof DetourError && /^FATAL Error/.test(reasonOf(error.cause))
}

function queriesOf(connection: DuckDBConnection, plans: Plans | null = null): Queries {
  const ask = (sql: string, parameters?: SqlParameters) =>
    guarded(sql, async () => {
      const plan = (await plans?.take(sql)) ?? null
      if (plan === null) return connection.run(sql, parameters)
      try {
        if (parameters !== undefined) plan.bind(parameters)
        return await plan.run()
      } finally {
        plans?.giveBack(sql, plan)
      }
    })
  const all = async <T extends Row>(sql: string, parameters?: SqlParameters): Promise<T[]> => {
    const reader = new DuckDBResultReader(await ask(sql, parameters))
    await guarded(sql, () => reader.readAll())
    const bigints = reader.columnTypes().map((type) => /^(U?BIGINT|HUGEINT)$/.test(type.toString()))
    const names = reader.deduplicatedColumnNames()
    return reader.getRowsJson().map((values) => {
      const row: Row = {}
      names.forEach((name, i) => {
        row[name] = bigints[i] ? exact(values[i]) : values[i]
      })
      return row as T
    })
  }
  return {
    keepsPlans: plans !== null,
    all,
    run: async (sql, parameters) => {
      const { rowsChanged } = await ask(sql, parameters)
      return rowsChanged
    },
    one: async <T extends Row>(sql: string, parameters?: SqlParameters) => {
      const [row] = await all<T>(sql, parameters)
      if (row === undefined) throw fail('WAREHOUSE_QUERY', { reason: 'no row', sql })
      return row
    },
  }
}

function exact(value: unknown): unknown {
  const number = Number(value)
  return value !== null && Number.isSafeInteger(number) ? number : value
}

async function guarded<T>(sql: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run()
  } catch (error) {
    throw fail('WAREHOUSE_QUERY', { reason: reasonOf(error), sql }, { cause: error })
  }
}
