// Webhook receivers and their secrets. A secret leaves here only to sign, or once to the person who made it.

import { randomBytes } from 'node:crypto'
import type { DatabaseSync } from 'node:sqlite'
import { type Clock, fail } from '#data/kernel'
import { guarded } from './schema.ts'

/** Who is told by webhook, without the secret. */
export interface Receiver {
  webhookId: string
  market: string
  url: string
  description: string
  /** Event types; empty = all. */
  events: string[]
  status: 'enabled' | 'disabled'
  disabledReason: string | null
  /** Epoch ms, wall time. */
  createdAt: number
}

/** A receiver to be made. */
export type NewReceiver = Pick<Receiver, 'market' | 'url' | 'description' | 'events'>

/** What of a receiver can be changed. */
export type ReceiverChange = Partial<
  Pick<Receiver, 'url' | 'description' | 'events' | 'status' | 'disabledReason'>
>

/** How long the secret before still signs after a rotation, ms. */
const overlapMs = 24 * 3_600_000

const fields = 'webhook_id, market, url, description, events, status, disabled_reason, created_at'

/** The receivers in an open vault. */
export class ReceiverTable {
  readonly #clock: Clock
  readonly #sql: ReturnType<typeof statementsOf>

  constructor(db: DatabaseSync, clock: Clock) {
    this.#clock = clock
    this.#sql = statementsOf(db)
  }

  create(receiver: NewReceiver): { receiver: Receiver; secret: string } {
    const webhookId = `wh_${randomBytes(12).toString('hex')}`
    const secret = newSecret()
    const { market, url, description, events } = receiver
    const createdAt = this.#clock.now()
    guarded(() =>
      this.#sql.insert.run(webhookId, market, url, description, JSON.stringify(events), secret, createdAt),
    )
    return { receiver: this.known(webhookId), secret }
  }

  list(market?: string): Receiver[] {
    const rows = guarded(() => this.#sql.list.all(market ?? null, market ?? null))
    return rows.map(receiverOf)
  }

  get(webhookId: string): Receiver | null {
    const row = guarded(() => this.#sql.get.get(webhookId))
    return row === undefined ? null : receiverOf(row)
  }

  known(webhookId: string): Receiver {
    const receiver = this.get(webhookId)
    if (receiver === null) throw fail('WEBHOOK_UNKNOWN', { webhookId })
    return receiver
  }

  update(webhookId: string, change: ReceiverChange): Receiver {
    const next = { ...this.known(webhookId), ...change }
    const { url, description, events, status } = next
    const reason = status === 'enabled' ? null : next.disabledReason
    guarded(() => this.#sql.update.run(url, description, JSON.stringify(events), status, reason, webhookId))
    return this.known(webhookId)
  }

  delete(webhookId: string): boolean {
    return guarded(() => Number(this.#sql.delete.run(webhookId).changes) > 0)
  }

  rotate(webhookId: string): string {
    this.known(webhookId)
    const secret = newSecret()
    guarded(() => this.#sql.rotate.run(this.#clock.now() + overlapMs, secret, webhookId))
    return secret
  }

  secrets(webhookId: string): string[] {
    const row = guarded(() => this.#sql.secrets.get(webhookId))
    if (row === undefined) throw fail('WEBHOOK_UNKNOWN', { webhookId })
    const { secret, previous_secret: previous, previous_until: until } = row
    const isOverlap = typeof previous === 'string' && Number(until) > this.#clock.now()
    return isOverlap ? [String(secret), previous] : [String(secret)]
  }
}

function statementsOf(db: DatabaseSync) {
  return {
    insert: db.prepare(
      `insert into vault_webhooks (webhook_id, market, url, description, events, status, secret, created_at)
       values (?, ?, ?, ?, ?, 'enabled', ?, ?)`,
    ),
    list: db.prepare(
      `select ${fields} from vault_webhooks where ? is null or market = ? order by created_at, rowid`,
    ),
    get: db.prepare(`select ${fields} from vault_webhooks where webhook_id = ?`),
    update: db.prepare(
      `update vault_webhooks set url = ?, description = ?, events = ?, status = ?, disabled_reason = ?
       where webhook_id = ?`,
    ),
    delete: db.prepare('delete from vault_webhooks where webhook_id = ?'),
    rotate: db.prepare(
      `update vault_webhooks set previous_secret = secret, previous_until = ?, secret = ?
       where webhook_id = ?`,
    ),
    secrets: db.prepare(
      'select secret, previous_secret, previous_until from vault_webhooks where webhook_id = ?',
    ),
  }
}

function receiverOf(row: Record<string, unknown>): Receiver {
  return {
    webhookId: String(row.webhook_id),
    market: String(row.market),
    url: String(row.url),
    description: String(row.description),
    events: JSON.parse(String(row.events)) as string[],
    status: row.status === 'enabled' ? 'enabled' : 'disabled',
    disabledReason: row.disabled_reason === null ? null : String(row.disabled_reason),
    createdAt: Number(row.created_at),
  }
}

/** 32 random bytes, as the Standard Webhooks specification writes symmetric secrets. */
function newSecret(): string {
  return `whsec_${randomBytes(32).toString('base64')}`
}
