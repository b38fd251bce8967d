// The incremental update of row marts: the same models over the changed rows, then delete and insert by key.
// It leaves metrics to buckets.ts.

import { type Effects, quoteName } from '#data/kernel'
import type { Queries } from '#data/warehouse'
import { type Changes, copyChanged, placed, type Scope } from './changes.ts'
import type { Graph, Node } from './graph.ts'
import { takeNotes } from './notes.ts'
import type { Scratch } from './scratch.ts'
import { insertSql, type ModelRun, martsOf } from './tables.ts'
import { print, type Replacement, replaceTables, type Tree } from './tree.ts'

/**
 * Brings the row marts up to date.
 * @param hasLightWork whether light cycles ran before
 * @returns rows and seconds by mart that was written
 */
export async function updateRows(
  scratch: Scratch,
  graph: Graph,
  changes: Changes,
  effects: Effects,
  hasLightWork: boolean,
): Promise<ModelRun[]> {
  const copied = new Set<string>()
  const scopes: Scope[] = []
  if (changes.orders > 0) scopes.push('order')
  if (changes.stock > 0) scopes.push('inventory')
  await scratch.fill('cycle_old_market_clock', 'FROM market_clock')
  for (const scope of scopes) {
    for (const table of await copyChanged(scratch, graph, scope)) copied.add(table)
  }
  if (hasLightWork) await takeNotes(scratch, graph, changes.orders > 0)
  const runs: ModelRun[] = []
  for (const node of martsOf(graph)) {
    const start = effects.clock.now()
    const rows = await updateMart(scratch, graph, node, { scopes, copied, kinds: changes.kinds })
    if (rows !== null) runs.push({ name: node.name, rows, seconds: (effects.clock.now() - start) / 1000 })
  }
  return runs
}

interface Given {
  scopes: Scope[]
  copied: Set<string>
  kinds: Set<string>
}

/** @returns rows written, null where the mart is not touched */
async function updateMart(scratch: Scratch, graph: Graph, node: Node, given: Given): Promise<number | null> {
  const { incremental, name } = node
  if (given.scopes.some((scope) => scope === incremental)) {
    return updateByKey(scratch, graph, node, given.copied)
  }
  const isDue = incremental === 'always' || incremental === 'sku' || incremental === 'node'
  if (!isDue || (incremental !== 'always' && !given.kinds.has(incremental))) return null
  await scratch.run(`DELETE FROM ${quoteName(name)}`)
  return scratch.run(insertSql(node, node.sql))
}

/** Writes the changed rows of a mart anew. @param copied raw tables whose changed rows are copied */
export async function updateByKey(
  scratch: Scratch,
  graph: Graph,
  node: Node,
  copied: ReadonlySet<string>,
): Promise<number> {
  const model = await narrowedText(scratch, graph, node, copied)
  const fresh = `cycle_new_${node.name}`
  await scratch.fill(fresh, `FROM ${quoteName(node.name)} LIMIT 0`)
  await scratch.run(insertSql(node, model, quoteName(fresh)))
  await scratch.run(`DELETE FROM ${quoteName(node.name)} WHERE ${placed(node.name)}`)
  return scratch.run(`INSERT INTO ${quoteName(node.name)} FROM ${quoteName(fresh)}`)
}

const texts = new WeakMap<Node, Map<string, string>>()

/** The model over the changed rows: the same text for the same tables, so it is made once. */
async function narrowedText(
  queries: Queries,
  graph: Graph,
  node: Node,
  copied: ReadonlySet<string>,
): Promise<string> {
  const own = texts.get(node) ?? new Map<string, string>()
  texts.set(node, own)
  const key = [...copied].sort().join(' ')
  const text =
    own.get(key) ??
    (await print(
      queries,
      narrow(graph, node.tree, (table) => narrowRows(graph, table, copied)),
    ))
  own.set(key, text)
  return text
}

/** Raw tables become the changed rows, marts of the same kind the rows just made; all else stays. */
function narrowRows(graph: Graph, table: string, copied: ReadonlySet<string>): Replacement {
  if (copied.has(table)) return { table: `cycle_now_${table}` }
  const kind = graph.byName.get(table)?.incremental
  return kind === 'order' || kind === 'inventory' ? { table: `cycle_new_${table}` } : null
}

/** A query over other tables, the views it reads written out inside it. */
export function narrow(graph: Graph, tree: Tree, replacementOf: (table: string) => Replacement): Tree {
  return replaceTables(tree, (table) => {
    const replacement = replacementOf(table)
    if (replacement !== null) return replacement
    const view = graph.byName.get(table)
    if (view === undefined || view.layer === 'marts') return null
    return { query: narrow(graph, view.tree, replacementOf) }
  })
}
