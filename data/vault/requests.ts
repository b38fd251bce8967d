// Requests that came with a key of their caller, and what they were answered: in the vault because an answer may hold a
// secret. It knows nothing of HTTP, and forgets a request after a week.

import type { DatabaseSync } from 'node:sqlite'
import { type Clock, fail } from '#data/kernel'
import { guarded } from './schema.ts'

/** How long an answer is kept, ms. */
const keptMs = 7 * 24 * 3_600_000

/** The requests in an open vault. */
export class RequestTable {
  readonly #clock: Clock
  readonly #sql: ReturnType<typeof statementsOf>

  constructor(db: DatabaseSync, clock: Clock) {
    this.#clock = clock
    this.#sql = statementsOf(db)
  }

  claim(requestId: string, hash: string): string | null {
    return guarded(() => {
      const now = this.#clock.now()
      this.#sql.forget.run(now - keptMs)
      this.#sql.claim.run(requestId, hash, now)
      const row = this.#sql.find.get(requestId)
      if (row?.hash !== hash) throw fail('LOG_COMMAND_CONFLICT', { commandId: requestId })
      return typeof row.answer === 'string' ? row.answer : null
    })
  }

  answer(requestId: string, answer: string): void {
    guarded(() => this.#sql.answer.run(answer, requestId))
  }
}

function statementsOf(db: DatabaseSync) {
  return {
    forget: db.prepare('delete from vault_requests where asked_at < ?'),
    claim: db.prepare(
      'insert into vault_requests (request_id, hash, asked_at) values (?, ?, ?) on conflict do nothing',
    ),
    find: db.prepare('select hash, answer from vault_requests where request_id = ?'),
    answer: db.prepare('update vault_requests set answer = ? where request_id = ?'),
  }
}
