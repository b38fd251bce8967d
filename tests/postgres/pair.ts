// Two PostgreSQL servers for tests, the second a synchronous standby of the first, and an address that leads to
// whichever is said to be the primary. It decides nothing by itself: a test kills and promotes.

import { once } from 'node:events'
import { chmodSync, cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { giveTo, initialise, serverIds } from './binaries.ts'
import { defaults, PostgresServer, password } from './server.ts'

/** A primary with its standby. */
export interface PostgresPair {
  primary: PostgresServer
  standby: PostgresServer
  /** Where clients connect. */
  signpost: Signpost
  stop(): Promise<void>
}

/** The pair, at work: what the primary acknowledges the standby has. Null, with a message, where none can be had. */
export async function startPair(): Promise<PostgresPair | null> {
  const folders = ['primary', 'standby'].map((name) =>
    mkdtempSync(join(tmpdir(), `detour-postgres-${name}-`)),
  )
  const [here = '', there = ''] = folders
  const running: { stop(): Promise<void> }[] = []
  const stop = async () => {
    for (const one of running.toReversed()) await one.stop()
    for (const folder of folders) rmSync(folder, { recursive: true, force: true })
  }
  try {
    const ids = serverIds()
    for (const folder of folders) giveTo(ids, folder)
    const bin = await initialise(here, ids)
    // Copied by its owner before it ever ran, so that both are one cluster.
    copyData(here, there, ids)
    const primary = new PostgresServer(here, bin, ids, { ...defaults, synchronous_standby_names: 'standby' })
    running.push(primary)
    await primary.start()
    const from = `host=127.0.0.1 port=${primary.port} user=detour application_name=standby`
    const standby = new PostgresServer(there, bin, ids, { ...defaults, primary_conninfo: from })
    running.push(standby)
    await standby.start()
    const signpost = new Signpost()
    running.push(signpost)
    await signpost.leadTo(primary)
    return { primary, standby, signpost, stop }
  } catch (error) {
    await stop()
    console.warn(`Tests with two PostgreSQL servers are skipped: ${(error as Error).message}`)
    return null
  }
}

function copyData(from: string, to: string, ids: ReturnType<typeof serverIds>): void {
  const data = join(to, 'data')
  cpSync(join(from, 'data'), data, { recursive: true, preserveTimestamps: true })
  const signal = join(data, 'standby.signal')
  writeFileSync(signal, '')
  giveAll(ids, data)
}

function giveAll(ids: ReturnType<typeof serverIds>, folder: string): void {
  giveTo(ids, folder)
  chmodSync(folder, 0o700)
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) giveAll(ids, path)
    else giveTo(ids, path)
  }
}

/** An address of its own that leads to one server after another. */
export class Signpost {
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  #target = 0

  constructor() {
    this.#server = createServer((client) => this.#join(client, connect(this.#target, '127.0.0.1')))
  }

  /** Address of a database behind it. */
  url(database = 'postgres'): string {
    const { port } = this.#server.address() as AddressInfo
    return `postgres://detour:${password}@127.0.0.1:${port}/${database}`
  }

  /** Leads new connections there; those that are open end. */
  async leadTo({ port }: PostgresServer): Promise<void> {
    this.#target = port
    for (const socket of this.#sockets) socket.destroy()
    if (this.#server.listening) return
    this.#server.listen(0, '127.0.0.1')
    await once(this.#server, 'listening')
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    this.#server.close()
    await once(this.#server, 'close')
  }

  #join(...ends: [Socket, Socket]): void {
    const [client, server] = ends
    for (const end of ends) {
      this.#sockets.add(end)
      end.on('error', () => {})
      end.on('close', () => {
        this.#sockets.delete(end)
        for (const other of ends) other.destroy()
      })
    }
    client.pipe(server)
    server.pipe(client)
  }
}
