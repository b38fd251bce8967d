// Secrets that Detour made for itself, e.g. to sign links: one for each name, the same in every process on the vault.

import { randomBytes } from 'node:crypto'
import type { Clock } from '#data/kernel'
import type { VaultTables } from './tables.ts'

/** The secrets in an open vault. */
export class SecretTable {
  readonly #tables: VaultTables
  readonly #clock: Clock
  readonly #known = new Map<string, string>()

  constructor(tables: VaultTables, clock: Clock) {
    this.#tables = tables
    this.#clock = clock
  }

  /** The secret of a name, made when it is first asked for. */
  async of(name: string): Promise<string> {
    const known = this.#known.get(name)
    if (known !== undefined) return known
    const table = `${this.#tables.schema}vault_secrets`
    const made = randomBytes(32).toString('base64url')
    await this.#tables.change(
      `insert into ${table} (name, secret, made_at) values ($1, $2, $3) on conflict (name) do nothing`,
      [name, made, this.#clock.now()],
    )
    const [row] = await this.#tables.rows(`select secret from ${table} where name = $1`, [name])
    const secret = String(row?.secret ?? made)
    this.#known.set(name, secret)
    return secret
  }
}
