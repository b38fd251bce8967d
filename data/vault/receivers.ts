// Webhook receivers and their secrets. A secret leaves here only to sign, or once to the person who made it.

import { randomBytes } from 'node:crypto'
import { type Clock, fail } from '#data/kernel'
import type { Row, VaultTables } from './tables.ts'

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
  readonly #tables: VaultTables
  readonly #clock: Clock
  readonly #sql: ReturnType<typeof statementsOf>

  constructor(tables: VaultTables, clock: Clock) {
    this.#tables = tables
    this.#clock = clock
    this.#sql = statementsOf(tables)
  }

  async create(receiver: NewReceiver): Promise<{ receiver: Receiver; secret: string }> {
    const webhookId = `wh_${randomBytes(12).toString('hex')}`
    const secret = newSecret()
    const { market, url, description, events } = receiver
    const values = [webhookId, market, url, description, JSON.stringify(events), secret, this.#clock.now()]
    await this.#tables.change(this.#sql.insert, values)
    return { receiver: await this.known(webhookId), secret }
  }

  async list(market?: string): Promise<Receiver[]> {
    const all = market === undefined
    return (await this.#tables.rows(all ? this.#sql.list : this.#sql.listOf, all ? [] : [market])).map(
      receiverOf,
    )
  }

  async get(webhookId: string): Promise<Receiver | null> {
    const [row] = await this.#tables.rows(this.#sql.get, [webhookId])
    return row === undefined ? null : receiverOf(row)
  }

  async known(webhookId: string): Promise<Receiver> {
    const receiver = await this.get(webhookId)
    if (receiver === null) throw fail('WEBHOOK_UNKNOWN', { webhookId })
    return receiver
  }

  async update(webhookId: string, change: ReceiverChange): Promise<Receiver> {
    const next = { ...(await this.known(webhookId)), ...change }
    const { url, description, events, status } = next
    const reason = status === 'enabled' ? null : next.disabledReason
    const values = [url, description, JSON.stringify(events), status, reason, webhookId]
    await this.#tables.change(this.#sql.update, values)
    return this.known(webhookId)
  }

  async delete(webhookId: string): Promise<boolean> {
    return (await this.#tables.change(this.#sql.delete, [webhookId])) > 0
  }

  async rotate(webhookId: string): Promise<string> {
    const secret = newSecret()
    const until = this.#clock.now() + overlapMs
    const changed = await this.#tables.change(this.#sql.rotate, [until, secret, webhookId])
    if (changed === 0) throw fail('WEBHOOK_UNKNOWN', { webhookId })
    return secret
  }

  async secrets(webhookId: string): Promise<string[]> {
    const [row] = await this.#tables.rows(this.#sql.secrets, [webhookId])
    if (row === undefined) throw fail('WEBHOOK_UNKNOWN', { webhookId })
    const { secret, previous_secret: previous, previous_until: until } = row
    const isOverlap = typeof previous === 'string' && Number(until) > this.#clock.now()
    return isOverlap ? [String(secret), previous] : [String(secret)]
  }
}

function statementsOf({ schema, order }: VaultTables) {
  const webhooks = `${schema}vault_webhooks`
  return {
    insert: `insert into ${webhooks} (webhook_id, market, url, description, events, status, secret, created_at)
      values ($1, $2, $3, $4, $5, 'enabled', $6, $7)`,
    list: `select ${fields} from ${webhooks} order by created_at, ${order}`,
    listOf: `select ${fields} from ${webhooks} where market = $1 order by created_at, ${order}`,
    get: `select ${fields} from ${webhooks} where webhook_id = $1`,
    update: `update ${webhooks} set url = $1, description = $2, events = $3, status = $4, disabled_reason = $5
      where webhook_id = $6`,
    delete: `delete from ${webhooks} where webhook_id = $1`,
    rotate: `update ${webhooks} set previous_secret = secret, previous_until = $1, secret = $2
      where webhook_id = $3`,
    secrets: `select secret, previous_secret, previous_until from ${webhooks} where webhook_id = $1`,
  }
}

function receiverOf(row: Row): Receiver {
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
