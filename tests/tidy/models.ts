// Rule of the SQL models: no CTE bears the name of a table or a model, for the runner reads names as dependencies.

import { basename } from 'node:path'
import type { Source } from './sources.ts'

/**
 * Complaints about the names of CTEs.
 * @param tables names of the warehouse's tables
 */
export function modelComplaints(sources: Source[], tables: string[]): string[] {
  const models = sources.filter((source) => /^pipeline\/sql\/.*\.sql$/.test(source.path))
  const taken = new Set([...tables, ...models.map((model) => basename(model.path, '.sql'))])
  return models.flatMap((model) =>
    ctesOf(model.text)
      .filter((name) => taken.has(name))
      .map(
        (name) =>
          `${model.path}: the CTE "${name}" bears the name of a table; call it "${name}_rows" or better`,
      ),
  )
}

/** Names of the CTEs of a query. */
export function ctesOf(sql: string): string[] {
  const bare = sql.replace(/--[^\n]*|\/\*[\s\S]*?\*\//g, ' ').replace(/'(?:[^']|'')*'/g, "''")
  const before = /(?:\bwith\b(?:\s+recursive\b)?|,)\s*/
  const name = /"?([a-z_][a-z0-9_]*)"?\s*(?:\([^()]*\))?/
  const after = /\s+as\s+(?:not\s+)?(?:materialized\s+)?\(/
  const shape = new RegExp(before.source + name.source + after.source, 'gi')
  return [...bare.matchAll(shape)].map((match) => (match[1] ?? '').toLowerCase())
}
