// The syntax tree of a query as DuckDB gives it: which tables it reads, and the same query over other tables.

import { fail } from '#data/kernel'
import type { Queries } from '#data/warehouse'

/** A JSON value of the tree. */
type Json = null | boolean | number | string | Json[] | { [key: string]: Json }
type JsonObject = { [key: string]: Json }

/** The tree of one SELECT. */
export interface Tree {
  node: JsonObject
}

/** What a table is replaced by: another table, another query, or itself (null). */
export type Replacement = { table: string } | { query: Tree } | null

/**
 * The tree of one SELECT.
 * @throws PIPELINE_MODEL_INVALID when DuckDB cannot take it apart
 */
export async function parse(queries: Queries, name: string, sql: string): Promise<Tree> {
  return known(trees, sql, () => parseAnew(queries, name, sql))
}

async function parseAnew(queries: Queries, name: string, sql: string): Promise<Tree> {
  const { tree } = await queries.one<{ tree: string }>(
    'SELECT json_serialize_sql($1::VARCHAR)::VARCHAR AS tree',
    [sql],
  )
  const parsed = JSON.parse(tree.replace(/"query_location":\d+/g, '"query_location":0')) as {
    error: boolean
    error_message?: string
    statements?: { node: JsonObject }[]
  }
  const [statement, ...more] = parsed.statements ?? []
  if (parsed.error || statement === undefined || more.length > 0) {
    throw fail('PIPELINE_MODEL_INVALID', { name, reason: parsed.error_message ?? 'not one SELECT' })
  }
  return { node: statement.node }
}

/** The SQL of a tree. */
export async function print(queries: Queries, tree: Tree): Promise<string> {
  const whole = JSON.stringify({ error: false, statements: [{ ...tree, named_param_map: [] }] })
  return known(texts, whole, async () => {
    const { sql } = await queries.one<{ sql: string }>(
      'SELECT json_deserialize_sql($1::VARCHAR::JSON) AS sql',
      [whole],
    )
    return sql
  })
}

/** Trees by text and texts by tree: both are the same in every warehouse, and cycles ask for the same ones. */
const trees = new Map<string, Tree>()
const texts = new Map<string, string>()
const mostKnown = 1_000

/** What is known by this key, else made and kept; the oldest makes room. */
async function known<T>(kept: Map<string, T>, key: string, make: () => Promise<T>): Promise<T> {
  const found = kept.get(key) ?? (await make())
  kept.delete(key)
  kept.set(key, found)
  for (const oldest of kept.keys()) {
    if (kept.size <= mostKnown) break
    kept.delete(oldest)
  }
  return found
}

/** Tables and views the query reads, its own CTEs left out, each once. */
export function tablesOf(tree: Tree): string[] {
  const own = cteNames(tree.node)
  const found = new Set<string>()
  walk(tree.node, (part) => {
    if (part.type === 'BASE_TABLE' && !own.has(String(part.table_name))) found.add(String(part.table_name))
  })
  return [...found]
}

/** Names the query gives to its CTEs. */
export function cteNames(node: JsonObject): Set<string> {
  const names = new Set<string>()
  walk(node, (part) => {
    const map = part.cte_map as { map?: { key?: Json }[] } | undefined
    for (const entry of map?.map ?? []) names.add(String(entry.key))
  })
  return names
}

/** The same query with its tables replaced; a replaced table keeps its name as alias. */
export function replaceTables(tree: Tree, replacementOf: (table: string) => Replacement): Tree {
  const own = cteNames(tree.node)
  const visit = (value: Json): Json => {
    if (Array.isArray(value)) return value.map(visit)
    if (value === null || typeof value !== 'object') return value
    if (value.type === 'BASE_TABLE' && !own.has(String(value.table_name))) {
      return swap(value, replacementOf(String(value.table_name)))
    }
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, visit(part)]))
  }
  return { node: visit(tree.node) as JsonObject }
}

function swap(table: JsonObject, replacement: Replacement): JsonObject {
  if (replacement === null) return table
  const alias = table.alias === '' ? String(table.table_name) : String(table.alias)
  if ('table' in replacement) return { ...table, alias, table_name: replacement.table }
  return {
    type: 'SUBQUERY',
    alias,
    sample: null,
    query_location: 0,
    subquery: { node: replacement.query.node, named_param_map: [] },
    column_name_alias: table.column_name_alias ?? [],
  }
}

function walk(value: Json, see: (part: JsonObject) => void): void {
  if (Array.isArray(value)) {
    for (const part of value) walk(part, see)
  } else if (value !== null && typeof value === 'object') {
    see(value)
    for (const part of Object.values(value)) walk(part, see)
  }
}
