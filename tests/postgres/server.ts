// A real PostgreSQL server for tests: a folder and a port of its own, gone with the process that asked for it. It can
// be killed and started again.

import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from 'pg'
import { onTestFinished } from 'vitest'
import { giveTo, type Ids, initialise, serverIds } from './binaries.ts'

/** Settings of the server, as in postgresql.conf. */
export type ServerSettings = Record<string, string>

/** Password in the addresses; the server asks for none, and no message may show it. */
export const password = 'pass-of-a-test'

/** Starts the guard of the server: it ends the server when its standard input closes, however its parent ended. */
const guard = '"$@" >>server.log 2>&1 & server=$!; cat >/dev/null; kill -QUIT $server; wait $server'

/** Settings of every server. */
export const defaults: ServerSettings = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  shared_buffers: '32MB',
  max_connections: '100',
  autovacuum: 'off',
  // A crash of the server alone loses nothing of the system's cache: no need to sync every file after it.
  ...(process.platform === 'linux' ? { recovery_init_sync_method: 'syncfs' } : {}),
}

/**
 * A running server; null, with a message, where this machine cannot run one. Stop it in `afterAll`.
 * @param settings beside fsync on and small memory
 */
export async function startPostgres(settings: ServerSettings = {}): Promise<PostgresServer | null> {
  const folder = mkdtempSync(join(tmpdir(), 'detour-postgres-'))
  try {
    const ids = serverIds()
    giveTo(ids, folder)
    const bin = await initialise(folder, ids)
    const server = new PostgresServer(folder, bin, ids, { ...defaults, ...settings })
    await server.start()
    return server
  } catch (error) {
    rmSync(folder, { recursive: true, force: true })
    console.warn(`Tests with PostgreSQL are skipped: ${(error as Error).message}`)
    return null
  }
}

/** See `startPostgres`. */
export class PostgresServer {
  readonly #folder: string
  readonly #bin: string
  readonly #ids: Ids
  readonly #settings: ServerSettings
  #port = 0
  #guard: ChildProcess | null = null
  #databases = 0
  /** There from the start. */
  readonly #idle = ['template1']

  constructor(folder: string, bin: string, ids: Ids, settings: ServerSettings) {
    this.#folder = folder
    this.#bin = bin
    this.#ids = ids
    this.#settings = settings
  }

  get port(): number {
    return this.#port
  }

  /** Address of a database of this server. */
  url(database = 'postgres'): string {
    return `postgres://detour:${password}@127.0.0.1:${this.#port}/${database}`
  }

  /**
   * Address of an empty database that nobody else has. Making one costs hundreds of files: what a test had is emptied
   * when it has ended, for the next one.
   */
  async newDatabase(): Promise<string> {
    const name = this.#idle.pop() ?? (await this.#create())
    try {
      onTestFinished(() => this.#empty(name))
    } catch {
      // Outside of a test the caller keeps it.
    }
    return this.url(name)
  }

  async #create(): Promise<string> {
    const name = `test_${++this.#databases}`
    await this.query(`create database ${name} template template0`)
    return name
  }

  async #empty(name: string): Promise<void> {
    try {
      await this.query(`select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}'`)
      await this.query(`alter database ${name} reset all`)
      await this.query(`alter role detour in database ${name} reset all`)
      await this.query('drop schema if exists detour cascade', this.url(name))
      this.#idle.push(name)
    } catch {
      // The test left a server that does not answer: its database is not used again.
    }
  }

  /** Rows of one statement, asked as the superuser on a connection of its own. */
  async query(sql: string, url = this.url()): Promise<Record<string, unknown>[]> {
    const client = new Client({ connectionString: url })
    client.on('error', () => {})
    await client.connect()
    try {
      return (await client.query(sql)).rows
    } finally {
      await client.end().catch(() => {})
    }
  }

  /** Changes a setting that takes effect without a restart. */
  async set(name: string, value: string): Promise<void> {
    await this.query(`alter system set ${name} = '${value}'`)
    await this.query('select pg_reload_conf()')
    for (;;) {
      const [row] = await this.query(`select current_setting('${name}') as now`)
      if (row?.now === value) return
    }
  }

  /** Starts the server where it does not run, after a kill on the same port, and waits until it answers. */
  async start(): Promise<void> {
    if (this.#guard !== null) return
    if (this.#port === 0) this.#port = await freePort()
    for (let tries = 0; ; tries++) {
      await this.#spawn()
      if (await this.#answers()) return
      await this.#endGuard()
      if (tries === 20) throw new Error(`the server does not start: ${this.#lastWords()}`)
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  }

  /** Kills the server and its children with SIGKILL, as a crash of the machine would. */
  async kill(): Promise<void> {
    this.freeze()
    this.#signal('SIGKILL')
    await this.#endGuard()
  }

  /** Stops every process of the server where it stands, without its connections noticing. */
  freeze(): void {
    this.#signal('SIGSTOP')
  }

  /** Lets a frozen server go on. */
  thaw(): void {
    this.#signal('SIGCONT')
  }

  /** Ends the server and removes its folder. */
  async stop(): Promise<void> {
    if (this.#guard !== null) this.#signal('SIGKILL')
    await this.#endGuard()
    rmSync(this.#folder, { recursive: true, force: true })
  }

  /** To the server and its children; a server that is to stand still must do so before it makes another child. */
  #signal(signal: 'SIGSTOP' | 'SIGCONT' | 'SIGKILL'): void {
    const file = readFileSync(join(this.#folder, 'data', 'postmaster.pid'), 'utf8')
    const postmaster = Number(file.split('\n')[0])
    if (signal === 'SIGSTOP') process.kill(postmaster, signal)
    for (const pid of [...childrenOf(postmaster), postmaster]) {
      try {
        process.kill(pid, signal)
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
      }
    }
  }

  async #spawn(): Promise<void> {
    const settings = Object.entries({ ...this.#settings, port: String(this.#port) })
    const options = settings.flatMap(([name, value]) => ['-c', `${name}=${value}`])
    const server = [join(this.#bin, 'postgres'), '-D', join(this.#folder, 'data'), ...options]
    this.#guard = spawn('sh', ['-c', guard, 'guard', ...server], {
      ...this.#ids,
      cwd: this.#folder,
      stdio: ['pipe', 'ignore', 'ignore'],
    })
    await once(this.#guard, 'spawn')
  }

  async #answers(): Promise<boolean> {
    for (let tries = 0; tries < 600; tries++) {
      try {
        await this.query('select 1')
        return true
      } catch {
        if (tries > 5 && /FATAL:.*(in use|exist)/.test(this.#lastWords())) return false
        await new Promise((resolve) => setTimeout(resolve, 25))
      }
    }
    return false
  }

  async #endGuard(): Promise<void> {
    const process = this.#guard
    this.#guard = null
    if (process === null || process.exitCode !== null) return
    const gone = once(process, 'exit')
    process.stdin?.end()
    await gone
  }

  #lastWords(): string {
    const file = join(this.#folder, 'server.log')
    return existsSync(file) ? (readFileSync(file, 'utf8').trim().split('\n').at(-1) ?? '') : ''
  }
}

function childrenOf(parent: number): number[] {
  const pairs = existsSync('/proc/self/stat')
    ? readdirSync('/proc')
        .filter((name) => /^\d+$/.test(name))
        .map(parentIn)
    : execFileSync('ps', ['-A', '-o', 'pid=,ppid='])
        .toString()
        .split('\n')
        .map((line) => line.trim().split(/\s+/))
  return pairs.filter(([, ppid]) => Number(ppid) === parent).map(([pid]) => Number(pid))
}

function parentIn(pid: string): string[] {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return [pid, stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1] ?? '']
  } catch {
    return [pid, '']
  }
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address() as AddressInfo
  probe.close()
  await once(probe, 'close')
  return port
}
