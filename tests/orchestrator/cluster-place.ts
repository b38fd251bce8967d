// Several real processes on one PostgreSQL, for tests: homes of their own, one lake, one database.

import type { ChildProcess } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { PostgresServer } from '../postgres/server.ts'
import { start, stop } from './commands.ts'
import { type Ask, type Reply, send } from './http-place.ts'
import { newFolder } from './places.ts'

/** A process that serves. */
export interface Server {
  child: ChildProcess
  url: string
  home: string
  /** Bearer token of this run. */
  token: string
  /** Asks as the owner of the home. */
  call(method: string, path: string, ask?: Ask): Promise<Reply>
  /** Asks with exactly these headers. */
  bare(method: string, path: string, ask?: Ask): Promise<Reply>
}

/** Processes that share a database and a lake. */
export interface ClusterPlace {
  /** Settings that every process gets. */
  env: Record<string, string>
  folder: string
  /** Starts a process in a home of this name. */
  serve(name: string, more?: string[]): Promise<Server>
  /** Ends every process and removes the folder. */
  close(): Promise<void>
}

/** Time that a lease lasts in tests, ms. */
export const leaseMs = 1_500

/** A place on a new database of the server. */
export async function openCluster(postgres: PostgresServer): Promise<ClusterPlace> {
  const folder = await newFolder()
  const servers: Server[] = []
  const env = {
    DETOUR_LOG: await postgres.newDatabase(),
    DETOUR_LOG_SINGLE_NODE: '1',
    DETOUR_LAKE: join(folder.path, 'lake'),
    DETOUR_LEASE_MS: String(leaseMs),
    DETOUR_MEMORY_MB: '512',
    DETOUR_THREADS: '1',
    DETOUR_LOG_LEVEL: 'silent',
  }
  return {
    env,
    folder: folder.path,
    serve: async (name, more = []) => {
      const home = join(folder.path, name)
      const args = ['serve', '--home', home, '--port', '0', '--no-demo', '--no-dashboard', '--json', ...more]
      const { child } = await start(args, env)
      const server = await serverOf(home, child)
      servers.push(server)
      return server
    },
    close: async () => {
      for (const { child } of servers) {
        if (child.exitCode !== null || child.signalCode !== null) continue
        child.kill('SIGCONT')
        await stop(child, 'SIGKILL')
      }
      await folder.remove()
    },
  }
}

async function serverOf(home: string, child: ChildProcess): Promise<Server> {
  const { url, token } = JSON.parse(await readFile(join(home, 'server.json'), 'utf8')) as Server
  return {
    child,
    url,
    home,
    token,
    bare: (method, path, ask = {}) => send(method, `${url}${path}`, ask),
    call: (method, path, ask = {}) =>
      send(method, `${url}${path}`, {
        ...ask,
        headers: { authorization: `Bearer ${token}`, ...ask.headers },
      }),
  }
}

/** Asks again until it answers as wanted. @throws after 60 s, saying what it answered last */
export async function until<T>(
  what: string,
  look: () => Promise<T>,
  isDone: (found: T) => boolean,
): Promise<T> {
  const end = Date.now() + 60_000
  for (;;) {
    const found = await look().catch((error: unknown) => error as T)
    if (!(found instanceof Error) && isDone(found)) return found
    if (Date.now() > end) throw new Error(`${what} did not happen: ${JSON.stringify(found)}`)
    await new Promise((done) => setTimeout(done, 100))
  }
}

/** An order over HTTP. */
export function orderBody(externalId: string, sku = 'x', quantity = 1) {
  return { externalId, currency: 'USD', lines: [{ sku, quantity, unitPriceCents: 500 }] }
}
