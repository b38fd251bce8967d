// What light cycles leave for the next whole one: which orders they changed, and rows and clock as they were before.
// Notes are temporary; a mark in the list of changes outlives them, so that whoever lacks them builds everything.

import { quoteName } from '#data/kernel'
import type { Queries } from '#data/warehouse'
import type { Graph, Node } from './graph.ts'
import type { Scratch } from './scratch.ts'
import { martsOf } from './tables.ts'

/** The mart that a light cycle is for; what it reads of orders is brought up to date, too. */
export const target = 'step_hours'
/** Tells a process that comes after this one that tables are half done. */
const marker = "('all', 'light cycle', NULL)"

/** Whether light cycles ran since the last whole one, and what they noted is still there. */
export const hasLightWork = (scratch: Scratch): boolean => scratch.has('light_orders')

/** Marts of orders that the target is made of, each after what it reads. */
export function lightMarts(graph: Graph): Node[] {
  const found = new Set<string>()
  const visit = (name: string): void => {
    const node = graph.byName.get(name)
    // The clock also goes by returns, which only files tell of: their load is no work for a light cycle.
    if (node === undefined || found.has(name) || node.incremental === 'always') return
    found.add(name)
    for (const read of node.reads) visit(read)
  }
  visit(target)
  return martsOf(graph).filter((node) => node.incremental === 'order' && found.has(node.name))
}

/** Makes room for notes. @param marts what light cycles bring up to date */
export async function beginNotes(scratch: Scratch, marts: readonly Node[]): Promise<void> {
  await scratch.fill('light_orders', 'SELECT order_id, provider, order_external_id FROM cycle_orders LIMIT 0')
  await scratch.fill('light_loads', 'SELECT count(*) AS loads FROM loads')
  await scratch.fill('light_old_market_clock', 'FROM market_clock')
  await scratch.fill('light_hours', "SELECT '' AS market, 0::BIGINT AS bucket_hour LIMIT 0")
  for (const { name } of marts) await scratch.fill(`light_old_${name}`, `FROM ${quoteName(name)} LIMIT 0`)
  await scratch.run(`INSERT INTO pipeline_changes VALUES ${marker}`)
}

/** Notes rows as they were before the first light cycle that changed them. */
export async function noteOld(queries: Queries, marts: readonly Node[]): Promise<void> {
  for (const { name } of marts) {
    await queries.run(
      `INSERT INTO ${quoteName(`light_old_${name}`)}
       FROM ${quoteName(`cycle_old_${name}`)} ANTI JOIN light_orders USING (order_id)`,
    )
  }
  await queries.run(
    `INSERT INTO light_orders SELECT order_id, provider, order_external_id FROM cycle_orders
     ANTI JOIN light_orders AS known USING (order_id)`,
  )
}

/** Notes the hours that this light cycle wrote: what changed in them may change back before a whole one looks. */
export async function noteHours(queries: Queries): Promise<void> {
  await queries.run('INSERT INTO light_hours FROM cycle_hours EXCEPT FROM light_hours')
}

/**
 * Puts what light cycles noted in the place of what a whole one copied: it compares with the tables of the last whole
 * cycle.
 * @param hasOrders whether any order changed: without, light cycles only let the clock go on
 */
export async function takeNotes(queries: Queries, graph: Graph, hasOrders: boolean): Promise<void> {
  await queries.run('DELETE FROM cycle_old_market_clock')
  await queries.run('INSERT INTO cycle_old_market_clock FROM light_old_market_clock')
  if (!hasOrders) return
  for (const { name } of lightMarts(graph)) {
    const old = quoteName(`cycle_old_${name}`)
    await queries.run(`DELETE FROM ${old} WHERE order_id IN (SELECT order_id FROM light_orders)`)
    await queries.run(`INSERT INTO ${old} FROM ${quoteName(`light_old_${name}`)}`)
  }
}
