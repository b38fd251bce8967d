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
  /** What the labels of a message must be; all of them must hold. */
  labels: LabelRule[]
  /** Shape of the bodies it gets: `detour`, `slack`, ... */
  format: string
  /** Most tries at the same time. */
  concurrency: number
  /** Whether it has a key of the service behind it, such as PagerDuty's routing key. */
  hasCredential: boolean
  /** Whether messages about plans that wait carry links that decide them. */
  carriesLinks: boolean
  /** Until when the secret before signs too, epoch ms; null = there is none. */
  previousSecretUntil: number | null
  status: 'enabled' | 'disabled'
  disabledReason: string | null
  /** Epoch ms, wall time. */
  createdAt: number
}

/** What a label of a message must be: one of the values, or none of them; a value may end with `*`. */
export interface LabelRule {
  label: string
  is: 'one_of' | 'none_of'
  values: string[]
}

type Settings = Pick<Receiver, 'labels' | 'format' | 'concurrency' | 'carriesLinks'> & {
  credential: string | null
}

/** A receiver to be made; by default it gets Detour's own bodies, whatever their labels, four at a time. */
export type NewReceiver = Pick<Receiver, 'market' | 'url' | 'description' | 'events'> & Partial<Settings>

/** What of a receiver can be changed. */
export type ReceiverChange = Partial<
  Pick<Receiver, 'url' | 'description' | 'events' | 'status' | 'disabledReason'> & Settings
>

/** How long the secret before still signs after a rotation, ms. */
const overlapMs = 24 * 3_600_000

const fields = `webhook_id, market, url, description, events, status, disabled_reason, created_at, labels, format,
  concurrency, case when credential is null then 0 else 1 end as has_credential, previous_until, carries_links`
const defaults = {
  ...{ labels: [] as LabelRule[], format: 'detour', concurrency: 4, credential: null },
  carriesLinks: false,
}

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
    const asked = { ...defaults, ...receiver }
    const { market, url, description, events, labels, format, concurrency, credential } = asked
    await this.#tables.change(this.#sql.insert, [
      ...[webhookId, market, url, description, JSON.stringify(events), secret, this.#clock.now()],
      ...[JSON.stringify(labels), format, concurrency, credential, Number(asked.carriesLinks)],
    ])
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
    const { url, description, events, status, labels, format, concurrency } = next
    const reason = status === 'enabled' ? null : next.disabledReason
    const values = [url, description, JSON.stringify(events), status, reason]
    const settings = [JSON.stringify(labels), format, concurrency, Number(next.carriesLinks)]
    await this.#tables.change(this.#sql.update, [...values, ...settings, webhookId])
    if (change.credential !== undefined) {
      await this.#tables.change(this.#sql.setCredential, [change.credential, webhookId])
    }
    return this.known(webhookId)
  }

  async credential(webhookId: string): Promise<string | null> {
    const [row] = await this.#tables.rows(this.#sql.credential, [webhookId])
    return typeof row?.credential === 'string' ? row.credential : null
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
    insert: `insert into ${webhooks} (webhook_id, market, url, description, events, status, secret, created_at,
      labels, format, concurrency, credential, carries_links)
      values ($1, $2, $3, $4, $5, 'enabled', $6, $7, $8, $9, $10, $11, $12)`,
    list: `select ${fields} from ${webhooks} order by created_at, ${order}`,
    listOf: `select ${fields} from ${webhooks} where market = $1 order by created_at, ${order}`,
    get: `select ${fields} from ${webhooks} where webhook_id = $1`,
    update: `update ${webhooks} set url = $1, description = $2, events = $3, status = $4, disabled_reason = $5,
      labels = $6, format = $7, concurrency = $8, carries_links = $9 where webhook_id = $10`,
    setCredential: `update ${webhooks} set credential = $1 where webhook_id = $2`,
    credential: `select credential from ${webhooks} where webhook_id = $1`,
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
    labels: JSON.parse(String(row.labels)) as LabelRule[],
    format: String(row.format),
    concurrency: Number(row.concurrency),
    hasCredential: Number(row.has_credential) === 1,
    carriesLinks: Number(row.carries_links) === 1,
    previousSecretUntil: row.previous_until === null ? null : Number(row.previous_until),
    status: row.status === 'enabled' ? 'enabled' : 'disabled',
    disabledReason: row.disabled_reason === null ? null : String(row.disabled_reason),
    createdAt: Number(row.created_at),
  }
}

/** 32 random bytes, as the Standard Webhooks specification writes symmetric secrets. */
function newSecret(): string {
  return `whsec_${randomBytes(32).toString('base64')}`
}
