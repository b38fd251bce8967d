// Keys of the API. Only a hash of a key is kept: who loses it makes another.

import { hash, randomBytes } from 'node:crypto'
import type { Clock } from '#data/kernel'
import type { Row, VaultTables } from './tables.ts'

/** What a key may do: a reader looks, an operator also acts, an admin also changes keys and receivers. */
export type KeyRole = 'admin' | 'operator' | 'reader'

/** Whose key it is. */
export interface KeyIdentity {
  keyId: string
  name: string
  role: KeyRole
}

/** A key as it is listed. */
export interface ApiKey extends KeyIdentity {
  /** First characters of the key, to tell keys apart. */
  hint: string
  /** Epoch ms, wall time. */
  createdAt: number
  revokedAt: number | null
}

const prefix = 'dtr_'
/** Longer texts are no keys and not worth hashing. */
const longest = 200

/** Keys remembered at most. */
const trustedMost = 10_000

/** The keys in an open vault. */
export class KeyTable {
  readonly #tables: VaultTables
  readonly #clock: Clock
  readonly #trustMs: number
  readonly #sql: ReturnType<typeof statementsOf>
  /** Holders that were found lately, by digest and by id of the key. */
  readonly #trusted = new Map<string, { holder: KeyIdentity; until: number }>()

  /**
   * @param trustMs how long a key that was found is not looked up again, ms: a key revoked by another process may work
   *   that much longer here
   */
  constructor(tables: VaultTables, clock: Clock, trustMs: number) {
    this.#tables = tables
    this.#clock = clock
    this.#trustMs = trustMs
    this.#sql = statementsOf(tables)
  }

  async create({ name, role }: { name: string; role: KeyRole }): Promise<{ keyId: string; key: string }> {
    const keyId = `key_${randomBytes(9).toString('hex')}`
    const key = `${prefix}${randomBytes(32).toString('base64url')}`
    const hint = key.slice(0, prefix.length + 4)
    const digest = digestOf(key)
    await this.#tables.change(this.#sql.insert, [keyId, name, role, hint, digest, this.#clock.now()])
    return { keyId, key }
  }

  /** The look-up goes by the hash of a random key, so its time tells nothing that helps to find one. */
  async verify(key: string): Promise<KeyIdentity | null> {
    if (!key.startsWith(prefix) || key.length > longest) return null
    return this.#holder(this.#sql.find, digestOf(key))
  }

  async find(keyId: string): Promise<KeyIdentity | null> {
    return this.#holder(this.#sql.get, keyId)
  }

  async #holder(sql: string, value: string): Promise<KeyIdentity | null> {
    const now = this.#clock.now()
    const trusted = this.#trusted.get(value)
    const leftMs = (trusted?.until ?? 0) - now
    if (trusted !== undefined && leftMs > 0 && leftMs <= this.#trustMs) return trusted.holder
    const [row] = await this.#tables.rows(sql, [value])
    if (row === undefined) {
      this.#trusted.delete(value)
      return null
    }
    const holder = identityOf(row)
    if (this.#trusted.size >= trustedMost) this.#trusted.clear()
    if (this.#trustMs > 0) this.#trusted.set(value, { holder, until: now + this.#trustMs })
    return holder
  }

  async list(): Promise<ApiKey[]> {
    return (await this.#tables.rows(this.#sql.list)).map((row) => ({
      ...identityOf(row),
      hint: String(row.hint),
      createdAt: Number(row.created_at),
      revokedAt: row.revoked_at === null ? null : Number(row.revoked_at),
    }))
  }

  async revoke(keyId: string): Promise<boolean> {
    const changed = await this.#tables.change(this.#sql.revoke, [this.#clock.now(), keyId])
    this.#trusted.clear()
    return changed > 0
  }

  async hasAdmin(): Promise<boolean> {
    return (await this.#tables.rows(this.#sql.hasAdmin)).length > 0
  }
}

function statementsOf({ schema, order }: VaultTables) {
  const keys = `${schema}vault_keys`
  return {
    insert: `insert into ${keys} (key_id, name, role, hint, hash, created_at) values ($1, $2, $3, $4, $5, $6)`,
    find: `select key_id, name, role from ${keys} where hash = $1 and revoked_at is null`,
    get: `select key_id, name, role from ${keys} where key_id = $1 and revoked_at is null`,
    list: `select key_id, name, role, hint, created_at, revoked_at from ${keys} order by created_at, ${order}`,
    revoke: `update ${keys} set revoked_at = $1 where key_id = $2 and revoked_at is null`,
    hasAdmin: `select 1 as found from ${keys} where role = 'admin' and revoked_at is null limit 1`,
  }
}

function identityOf(row: Row): KeyIdentity {
  return { keyId: String(row.key_id), name: String(row.name), role: row.role as KeyRole }
}

function digestOf(key: string): string {
  return hash('sha256', key, 'hex')
}
