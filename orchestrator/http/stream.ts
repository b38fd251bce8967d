// Word of changes to whoever listens, as server-sent events: gathered, never more than a few a second, and never kept
// for a client that does not read.

import type { ServerResponse } from 'node:http'
import type { Clock } from '#data/kernel'
import type { Change, ChangeKind } from '#orchestrator/core'

/** Time in which changes are gathered, ms. */
const gatherMs = 250
/** Time between two signs of life, ms. */
const heartbeatMs = 15_000
/** How long a client may leave its answers unread before it is let go, ms. */
const patienceMs = 60_000
/** Ids told of one kind; more are "many". */
const idsMost = 20

interface Gathered {
  ids: Set<string>
  isMany: boolean
  at: number
}

interface Client {
  response: ServerResponse
  /** Kinds it has not heard of because it does not read. */
  missed: Map<ChangeKind, number>
  /** Since when it does not read, epoch ms. */
  blockedAt: number | null
}

/** The clients that listen. */
export class Stream {
  readonly #clock: Clock
  readonly #clients = new Set<Client>()
  readonly #gathered = new Map<ChangeKind, Gathered>()
  #cancelFlush: (() => void) | null = null
  #cancelHeartbeat: (() => void) | null = null

  constructor(clock: Clock) {
    this.#clock = clock
  }

  get size(): number {
    return this.#clients.size
  }

  /** Sends to this response until it is closed. */
  add(response: ServerResponse): void {
    const client: Client = { response, missed: new Map(), blockedAt: null }
    this.#clients.add(client)
    response.once('close', () => this.#drop(client))
    response.on('error', () => this.#drop(client))
    response.on('drain', () => this.#catchUp(client))
    response.write('retry: 2000\n\n')
    if (this.#clients.size === 1) this.#beat()
  }

  /** Takes word of a change; it is told with the next lot. */
  tell({ kind, ids, at }: Change): void {
    if (this.#clients.size === 0) return
    const known = this.#gathered.get(kind) ?? { ids: new Set<string>(), isMany: false, at }
    known.at = Math.max(known.at, at)
    known.isMany ||= ids.length === 0
    for (const id of ids) if (known.ids.size <= idsMost) known.ids.add(id)
    this.#gathered.set(kind, known)
    this.#cancelFlush ??= this.#clock.after(gatherMs, () => this.#flush())
  }

  /** Ends every answer. */
  close(): void {
    this.#cancelFlush?.()
    this.#cancelFlush = null
    for (const client of [...this.#clients]) {
      client.response.end()
      this.#drop(client)
    }
  }

  #flush(): void {
    this.#cancelFlush = null
    const lot = [...this.#gathered]
    this.#gathered.clear()
    const text = lot
      .map(([kind, { ids, isMany, at }]) => eventText(kind, isMany || ids.size > idsMost ? [] : [...ids], at))
      .join('')
    for (const client of this.#clients) {
      if (client.response.writableNeedDrain) this.#miss(client, lot)
      else client.response.write(text)
    }
  }

  #miss(client: Client, lot: [ChangeKind, Gathered][]): void {
    for (const [kind, { at }] of lot) client.missed.set(kind, at)
    const now = this.#clock.now()
    client.blockedAt ??= now
    if (now - client.blockedAt > patienceMs) this.#letGo(client)
  }

  /** A client that reads again hears which kinds changed meanwhile, not what. */
  #catchUp(client: Client): void {
    client.blockedAt = null
    const text = [...client.missed].map(([kind, at]) => eventText(kind, [], at)).join('')
    client.missed.clear()
    if (text !== '') client.response.write(text)
  }

  #beat(): void {
    this.#cancelHeartbeat?.()
    this.#cancelHeartbeat = this.#clock.after(heartbeatMs, () => {
      this.#cancelHeartbeat = null
      const now = this.#clock.now()
      for (const client of this.#clients) {
        if (!client.response.writableNeedDrain) client.response.write(': alive\n\n')
        else if (now - (client.blockedAt ?? now) > patienceMs) this.#letGo(client)
        else client.blockedAt ??= now
      }
      if (this.#clients.size > 0) this.#beat()
    })
  }

  #letGo(client: Client): void {
    client.response.destroy()
    this.#drop(client)
  }

  #drop(client: Client): void {
    this.#clients.delete(client)
    if (this.#clients.size > 0) return
    this.#cancelHeartbeat?.()
    this.#cancelHeartbeat = null
  }
}

function eventText(kind: ChangeKind, ids: readonly string[], at: number): string {
  return `event: change\ndata: ${JSON.stringify({ kind, ids, at: new Date(at).toISOString() })}\n\n`
}
