// Values on their way into SQL: always as parameters, never as text of a statement.

import type { SqlParameters } from '#data/warehouse'

/** Named parameters of a statement. */
export type Named = Exclude<SqlParameters, unknown[]>

/** Conditions of a statement, joined by AND, with their parameters. */
export interface Where {
  sql: string
  parameters: Named
}

/** A list of texts as one parameter; `listed` reads it. */
export function texts(values: Iterable<string>): string {
  return JSON.stringify([...values])
}

/** The texts of a parameter made by `texts`, as a subquery. */
export function listed(name: string): string {
  return `(SELECT unnest(from_json($${name}::JSON, '["VARCHAR"]')))`
}

/** The ids among the texts of a parameter, as a subquery; what is no id is left out. */
export function listedIds(name: string): string {
  return `(SELECT try_cast(id AS UUID) FROM (SELECT unnest(from_json($${name}::JSON, '["VARCHAR"]')) AS id)
    WHERE try_cast(id AS UUID) IS NOT NULL)`
}
