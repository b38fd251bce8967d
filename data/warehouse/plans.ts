// Plans of statements that come again and again on one connection: each is planned once. It knows no statement.

import type { DuckDBConnection, DuckDBPreparedStatement } from '@duckdb/node-api'

/**
 * A kept plan holds what statistics said when it was made, and answers wrongly once rows go beyond that (DuckDB 23704,
 * 24182, in 1.5.6 too). Without this step of the optimizer a plan says nothing of values.
 */
export const withoutStatistics = "SET disabled_optimizers = 'statistics_propagation'"

/** Plans that are kept, and texts that were seen once. */
const most = { plans: 400, texts: 2_000 }
const plannable = /^\s*(SELECT|FROM|WITH|INSERT|DELETE|UPDATE)\b[^;]*$/i
const ofTransactions = /^\s*(BEGIN|COMMIT|ROLLBACK)\b/i

/** Plans of one connection; all go with it. */
export class Plans {
  readonly #connection: DuckDBConnection
  readonly #seen = new Set<string>()
  /** The one that was used longest ago comes first. */
  readonly #kept = new Map<string, DuckDBPreparedStatement>()

  constructor(connection: DuckDBConnection) {
    this.#connection = connection
  }

  /**
   * The plan of a statement, for the caller alone until it is given back; null where it comes for the first time, or is
   * in use.
   * @throws what DuckDB says of the statement
   */
  async take(sql: string): Promise<DuckDBPreparedStatement | null> {
    const kept = this.#kept.get(sql)
    if (kept !== undefined) {
      this.#kept.delete(sql)
      return kept
    }
    if (this.#seen.delete(sql)) return this.#connection.prepare(sql)
    if (!plannable.test(sql)) {
      if (!ofTransactions.test(sql)) this.forget()
      return null
    }
    if (this.#seen.size >= most.texts) this.#seen.clear()
    this.#seen.add(sql)
    return null
  }

  giveBack(sql: string, plan: DuckDBPreparedStatement): void {
    this.#kept.get(sql)?.destroySync()
    this.#kept.set(sql, plan)
    if (this.#kept.size <= most.plans) return
    const [oldest] = this.#kept
    if (oldest === undefined) return
    this.#kept.delete(oldest[0])
    oldest[1].destroySync()
  }

  /**
   * Lets all plans go: once any table is another, DuckDB plans what was planned before anew in every run; and a
   * database whose connection is closed stays in memory as long as a plan does.
   */
  forget(): void {
    for (const [sql, plan] of this.#kept) {
      plan.destroySync()
      this.#seen.add(sql)
    }
    this.#kept.clear()
  }
}
