// Models of buckets over what falls into a stretch of time. It runs none of them.

import type { Queries } from '#data/warehouse'
import type { Graph, Node } from './graph.ts'
import type { Facts } from './models.ts'
import { parse, print, replaceTables, type Tree } from './tree.ts'
import { narrow } from './update.ts'

/** First and end of a stretch of time, in microseconds since 1970. */
export interface Span {
  first: number
  end: number
}

/** A stretch as it stands in the text of a statement, and the values of its parameters. */
export interface Asked {
  first: string
  end: string
  parameters: number[]
}

/**
 * The stretch of a statement: parameters where its plan is kept, so that the text is the same in all cycles; else its
 * values, which tell DuckDB what it need not read.
 */
export function askedFor({ first, end }: Span, { keepsPlans }: Queries): Asked {
  return keepsPlans
    ? { first: '$1::BIGINT', end: '$2::BIGINT', parameters: [first, end] }
    : { first: String(first), end: String(end), parameters: [] }
}

/** The condition of rows whose time is in a stretch. */
export const between = (column: string, { first, end }: { first: number | string; end: number | string }) =>
  `${column} >= make_timestamptz(${first}) AND ${column} < make_timestamptz(${end})`

/** Stands in the text of a narrowed model for the stretch of a cycle: the text is the same in all of them. */
const some: Span = { first: 1_111_111_111_111_111, end: 2_222_222_222_222_222 }
const texts = new WeakMap<Graph, Map<string, string>>()

/** A model of buckets over the facts of the listed days or hours within a stretch only. */
export async function narrowedTo(
  { first, end }: Asked,
  queries: Queries,
  { graph, node, grain }: { graph: Graph; node: Node; grain: 'day' | 'hour' },
): Promise<string> {
  const text = await narrowedSql(queries, graph, node, grain)
  return text.replaceAll(String(some.first), first).replaceAll(String(some.end), end)
}

async function narrowedSql(
  queries: Queries,
  graph: Graph,
  node: Node,
  grain: 'day' | 'hour',
): Promise<string> {
  const known = texts.get(graph) ?? new Map<string, string>()
  texts.set(graph, known)
  const found = known.get(node.name)
  if (found !== undefined) return found
  const narrowedOf = await narrowAll(queries, graph, grain)
  const narrowed = narrow(graph, node.tree, (table) => {
    const query = narrowedOf.get(table)
    return query === undefined ? null : { query }
  })
  const text = await print(queries, narrowed)
  known.set(node.name, text)
  return text
}

/** The models of facts, and of the hours that others make rows of, over the listed days or hours only. */
async function narrowAll(queries: Queries, graph: Graph, grain: 'day' | 'hour'): Promise<Map<string, Tree>> {
  const narrowed = new Map<string, Tree>()
  for (const node of graph.nodes) {
    if (node.facts !== null) narrowed.set(node.name, await narrowFacts(queries, graph, node, grain))
    if (node.hours !== null) narrowed.set(node.name, await narrowHours(queries, node, node.hours))
  }
  return narrowed
}

/** The hours that a model names, within the listed ones. */
async function narrowHours(
  queries: Queries,
  node: Node,
  { from, to }: NonNullable<Node['hours']>,
): Promise<Tree> {
  const outer = await parse(
    queries,
    node.name,
    `SELECT * REPLACE (
       greatest(${from}, ${some.first} // 3600000000) AS ${from},
       least(${to}, (${some.end} - 1) // 3600000000) AS ${to}
     ) FROM cycle_span`,
  )
  return replaceTables(outer, (table) => (table === 'cycle_span' ? { query: node.tree } : null))
}

/** Facts of the listed days or hours; their table is read within the range of those. */
async function narrowFacts(queries: Queries, graph: Graph, node: Node, grain: 'day' | 'hour'): Promise<Tree> {
  const { facts } = node
  if (facts === null) return node.tree
  const rows =
    facts.table === null
      ? null
      : await parse(queries, node.name, `SELECT * FROM ${facts.table} WHERE ${within(facts, some)}`)
  const inner = narrow(graph, node.tree, (table) =>
    rows !== null && table === facts.table ? { query: rows } : null,
  )
  if (facts.to !== null) return inner
  const list =
    grain === 'day'
      ? 'cycle_days AS listed ON listed.bucket_day = facts.bucket_hour // 24'
      : 'cycle_hours AS listed ON listed.bucket_hour = facts.bucket_hour'
  const outer = await parse(
    queries,
    node.name,
    `SELECT facts.* FROM cycle_facts AS facts SEMI JOIN ${list} AND listed.market = facts.market`,
  )
  return replaceTables(outer, (table) => (table === 'cycle_facts' ? { query: inner } : null))
}

/** What a span counts may stand in an hour up to a day after its end, unless it lasts no longer than some hours. */
function within({ from, to, lasts }: Facts, span: Span): string {
  if (to === null) return between(from, span)
  const first = `make_timestamptz(${span.first})`
  if (lasts !== null) {
    return `${from} >= ${first} - INTERVAL ${lasts} HOUR AND ${from} < make_timestamptz(${span.end})`
  }
  return `${from} < make_timestamptz(${span.end})
    AND (${to} IS NULL OR ${to} >= ${first} - INTERVAL 1 DAY OR ${from} >= ${first})`
}
