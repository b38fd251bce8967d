// Requests that came with a key of their caller, and what they were answered: in the vault because an answer may hold a
// secret. It knows nothing of HTTP, and forgets a request after a week.

import { type Clock, fail } from '#data/kernel'
import type { VaultTables } from './tables.ts'

/** How long an answer is kept, ms. */
const keptMs = 7 * 24 * 3_600_000

/** How often requests are forgotten, ms. */
const sweepMs = 60_000

/** The requests in an open vault. */
export class RequestTable {
  readonly #tables: VaultTables
  readonly #clock: Clock
  readonly #sql: ReturnType<typeof statementsOf>
  #sweptAt = Number.NEGATIVE_INFINITY

  constructor(tables: VaultTables, clock: Clock) {
    this.#tables = tables
    this.#clock = clock
    this.#sql = statementsOf(tables)
  }

  async claim(requestId: string, hash: string): Promise<string | null> {
    const now = this.#clock.now()
    await this.#forget(now)
    await this.#tables.change(this.#sql.claim, [requestId, hash, now, now - keptMs])
    const [row] = await this.#tables.rows(this.#sql.find, [requestId])
    if (row?.hash !== hash) throw fail('LOG_COMMAND_CONFLICT', { commandId: requestId })
    return typeof row.answer === 'string' ? row.answer : null
  }

  async answer(requestId: string, answer: string): Promise<void> {
    await this.#tables.change(this.#sql.answer, [answer, requestId])
  }

  async #forget(now: number): Promise<void> {
    if (now >= this.#sweptAt && now - this.#sweptAt < sweepMs) return
    this.#sweptAt = now
    await this.#tables.change(this.#sql.forget, [now - keptMs])
  }
}

function statementsOf({ schema }: VaultTables) {
  const requests = `${schema}vault_requests`
  return {
    forget: `delete from ${requests} where asked_at < $1`,
    // One that is past its time is as good as gone.
    claim: `insert into ${requests} as known (request_id, hash, asked_at) values ($1, $2, $3)
      on conflict (request_id) do update set hash = excluded.hash, answer = null, asked_at = excluded.asked_at
      where known.asked_at < $4`,
    find: `select hash, answer from ${requests} where request_id = $1`,
    answer: `update ${requests} set answer = $1 where request_id = $2`,
  }
}
