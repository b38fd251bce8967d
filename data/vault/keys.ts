// Keys of the API. Only a hash of a key is kept: who loses it makes another.

import { hash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { DatabaseSync } from 'node:sqlite'
import type { Clock } from '#data/kernel'
import { guarded } from './schema.ts'

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

/** The keys in an open vault. */
export class KeyTable {
  readonly #clock: Clock
  readonly #sql: ReturnType<typeof statementsOf>

  constructor(db: DatabaseSync, clock: Clock) {
    this.#clock = clock
    this.#sql = statementsOf(db)
  }

  create({ name, role }: { name: string; role: KeyRole }): { keyId: string; key: string } {
    const keyId = `key_${randomBytes(9).toString('hex')}`
    const key = `${prefix}${randomBytes(32).toString('base64url')}`
    const hint = key.slice(0, prefix.length + 4)
    guarded(() =>
      this.#sql.insert.run(keyId, name, role, hint, hashOf(key).toString('hex'), this.#clock.now()),
    )
    return { keyId, key }
  }

  /** The look-up goes by the hash of a random key, so its time tells nothing that helps to find one. */
  verify(key: string): KeyIdentity | null {
    if (!key.startsWith(prefix) || key.length > longest) return null
    const digest = hashOf(key)
    const row = guarded(() => this.#sql.find.get(digest.toString('hex')))
    if (row === undefined || !timingSafeEqual(digest, Buffer.from(String(row.hash), 'hex'))) return null
    return identityOf(row)
  }

  find(keyId: string): KeyIdentity | null {
    const row = guarded(() => this.#sql.get.get(keyId))
    return row === undefined ? null : identityOf(row)
  }

  list(): ApiKey[] {
    return guarded(() => this.#sql.list.all()).map((row) => ({
      keyId: String(row.key_id),
      name: String(row.name),
      role: row.role as KeyRole,
      hint: String(row.hint),
      createdAt: Number(row.created_at),
      revokedAt: row.revoked_at === null ? null : Number(row.revoked_at),
    }))
  }

  revoke(keyId: string): boolean {
    return guarded(() => Number(this.#sql.revoke.run(this.#clock.now(), keyId).changes) > 0)
  }

  hasAdmin(): boolean {
    return guarded(() => this.#sql.hasAdmin.get()) !== undefined
  }
}

function statementsOf(db: DatabaseSync) {
  return {
    insert: db.prepare(
      'insert into vault_keys (key_id, name, role, hint, hash, created_at) values (?, ?, ?, ?, ?, ?)',
    ),
    find: db.prepare('select key_id, name, role, hash from vault_keys where hash = ? and revoked_at is null'),
    get: db.prepare('select key_id, name, role from vault_keys where key_id = ? and revoked_at is null'),
    list: db.prepare(
      'select key_id, name, role, hint, created_at, revoked_at from vault_keys order by created_at, rowid',
    ),
    revoke: db.prepare('update vault_keys set revoked_at = ? where key_id = ? and revoked_at is null'),
    hasAdmin: db.prepare(`select 1 from vault_keys where role = 'admin' and revoked_at is null limit 1`),
  }
}

function identityOf(row: Record<string, unknown>): KeyIdentity {
  return { keyId: String(row.key_id), name: String(row.name), role: row.role as KeyRole }
}

function hashOf(key: string): Buffer {
  return hash('sha256', key, 'buffer')
}
