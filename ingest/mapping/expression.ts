// Lets a mapping compute with SQL expressions, and nothing more: no subquery, no table, no file.

import type { Queries } from '#data/warehouse'

/** Where an expression stands in its mapping, for messages. */
export type Refuse = (reason: string) => Error

const allowedClasses = new Set([
  'COLUMN_REF',
  'CONSTANT',
  'FUNCTION',
  'CASE',
  'CAST',
  'TYPE',
  'COMPARISON',
  'CONJUNCTION',
  'OPERATOR',
  'BETWEEN',
  'COLLATE',
  'LAMBDA',
  'LAMBDA_REF',
])
/** Words that are functions without brackets; the parser takes them for columns. */
const clockWords = /^(current_(date|time|timestamp)|localtime|localtimestamp)$/i
const refusedFunctions =
  /^(getenv|getvariable|query|query_table|set_config|read_.*|glob|version|current_.*|local.*|write_.*|pg_.*)$/i

/**
 * Checks that a text is one scalar expression of columns, constants and functions that always give the same result.
 * @param expression SQL
 * @param isAggregate whether it is computed over joined records: there a failing cast would fail the whole load,
 *   so only try_cast is taken
 * @param refuse makes the error to throw
 * @throws what `refuse` makes
 */
export async function checkExpression(
  queries: Queries,
  expression: string,
  refuse: Refuse,
  isAggregate = false,
): Promise<void> {
  const { tree } = await queries
    .one<{ tree: string }>('SELECT json_serialize_sql($1::VARCHAR)::VARCHAR AS tree', [
      `SELECT (${expression}\n) AS value`,
    ])
    .catch(() => {
      throw refuse('the expression cannot be read as SQL')
    })
  const parsed = JSON.parse(tree) as {
    error: boolean
    error_message?: string
    statements?: { node: SelectNode }[]
  }
  if (parsed.error) throw refuse(`the expression is not SQL: ${parsed.error_message ?? 'syntax'}`)
  const [statement, second] = parsed.statements ?? []
  const list = statement?.node.select_list ?? []
  if (statement === undefined || second !== undefined || list.length !== 1 || hasMore(statement.node)) {
    throw refuse('give one expression, without SELECT, FROM or ;')
  }
  const functions = new Map<string, number>()
  walk(list[0], refuse, isAggregate, functions)
  await checkFunctions(queries, functions, refuse, isAggregate)
}

/** Refuses functions that do not exist or give another result each time, and aggregates of a single record. */
async function checkFunctions(
  queries: Queries,
  functions: Map<string, number>,
  refuse: Refuse,
  isAggregate: boolean,
): Promise<void> {
  const names = [...functions.keys()]
  const rows = await queries.all<{ name: string; aggregates: boolean; varies: boolean }>(
    `SELECT lower(function_name) AS name, bool_and(function_type = 'aggregate') AS aggregates,
       bool_or(coalesce(stability, 'CONSISTENT') <> 'CONSISTENT') AS varies
     FROM duckdb_functions() WHERE function_type IN ('scalar', 'aggregate', 'macro')
       AND lower(function_name) IN (SELECT unnest(from_json($1::JSON, '["VARCHAR"]'))) GROUP BY ALL`,
    [JSON.stringify(names)],
  )
  for (const name of names) {
    const known = rows.find((row) => row.name === name)
    // `age` of one date counts from today.
    const varies = known?.varies === true || (name === 'age' && functions.get(name) === 1)
    if (varies) throw refuse(`the function ${name} may not be used in a mapping`)
    if (known === undefined && !builtIn.has(name)) throw refuse(`there is no function ${name}`)
    if (known?.aggregates === true && !isAggregate) {
      throw refuse(`${name} is computed over many records: use it in "take" of a join`)
    }
  }
}

/** Functions the parser makes of syntax, which the catalogue does not list. */
const builtIn = new Set(['count_star', 'list_value', 'struct_pack', 'row', 'map', 'try'])

interface SelectNode {
  type: string
  select_list?: unknown[]
  from_table?: { type: string }
  where_clause?: unknown
  group_expressions?: unknown[]
  having?: unknown
  qualify?: unknown
  modifiers?: unknown[]
  cte_map?: { map: unknown[] }
}

function hasMore(node: SelectNode): boolean {
  return (
    node.type !== 'SELECT_NODE' ||
    node.from_table?.type !== 'EMPTY' ||
    Boolean(node.where_clause ?? node.having ?? node.qualify) ||
    (node.group_expressions?.length ?? 0) > 0 ||
    (node.modifiers?.length ?? 0) > 0 ||
    (node.cte_map?.map.length ?? 0) > 0
  )
}

function walk(value: unknown, refuse: Refuse, isAggregate: boolean, functions: Map<string, number>): void {
  if (Array.isArray(value)) {
    for (const item of value) walk(item, refuse, isAggregate, functions)
    return
  }
  if (value === null || typeof value !== 'object') return
  const node = value as {
    class?: unknown
    function_name?: unknown
    try_cast?: unknown
    children?: unknown[]
    column_names?: string[]
  }
  if (isAggregate && node.class === 'CAST' && node.try_cast !== true) throw refuse('use try_cast here')
  if (typeof node.class === 'string' && !allowedClasses.has(node.class)) {
    throw refuse(`an expression may not contain a ${node.class.toLowerCase()}`)
  }
  const column =
    node.class === 'COLUMN_REF' && node.column_names?.length === 1 ? node.column_names[0] : undefined
  if (column !== undefined && clockWords.test(column)) {
    throw refuse(`${column.toLowerCase()} may not be used in a mapping`)
  }
  if (node.class === 'FUNCTION') {
    const name = String(node.function_name).toLowerCase()
    if (refusedFunctions.test(name)) throw refuse(`the function ${name} may not be used in a mapping`)
    functions.set(name, Math.min(node.children?.length ?? 0, functions.get(name) ?? Number.POSITIVE_INFINITY))
  }
  for (const item of Object.values(value)) walk(item, refuse, isAggregate, functions)
}
