// Putting rows into the tables of the marts. It knows contracts and models, never what a row means.

import { columnsOf, createTableSql, marts, type TableContract } from '#data/contracts'
import { fail, quoteName } from '#data/kernel'
import type { Queries } from '#data/warehouse'
import type { Graph, Node } from './graph.ts'

/** How long one model took and how many rows were written. */
export interface ModelRun {
  name: string
  rows: number
  seconds: number
}

const contracts = new Map(Object.values(marts).map((contract) => [contract.name, contract as TableContract]))

/** The contract of a mart. @throws PIPELINE_MODEL_INVALID when it has none */
export function contractOf(name: string): TableContract {
  const contract = contracts.get(name)
  if (contract === undefined) throw fail('PIPELINE_MODEL_INVALID', { name, reason: 'no contract' })
  return contract
}

/** The marts of the graph, each after what it reads. */
export function martsOf(graph: Graph): Node[] {
  return graph.nodes.filter((node) => node.layer === 'marts')
}

/** `INSERT` of a query's rows into a mart, its columns in the contract's order, its rows by time. */
export function insertSql(node: Node, query: string, target = node.name): string {
  const columns = columnsOf(contractOf(node.name)).map((column) => quoteName(column.name))
  const order =
    node.order === null || !columns.includes(quoteName(node.order)) ? '' : `\nORDER BY ${node.order}`
  const list = columns.join(', ')
  return `INSERT INTO ${target} (${list})\nSELECT ${list} FROM (\n${query}\n) AS model${order}`
}

/** Puts an empty table of the mart's contract in the place of the old one. */
export async function emptyTable(queries: Queries, name: string): Promise<void> {
  await queries.run(`DROP TABLE IF EXISTS ${quoteName(name)}`)
  await queries.run(createTableSql(contractOf(name)))
}
