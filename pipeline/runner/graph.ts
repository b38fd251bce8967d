// Which model reads which, read from the SQL itself, and the order that follows. It never runs a model.

import { fail } from '#data/kernel'
import type { Queries } from '#data/warehouse'
import { type Model, modelsChecksum, readModels } from './models.ts'
import { cteNames, parse, type Tree, tablesOf } from './tree.ts'

/** A model with its tree and the tables and models it reads. */
export interface Node extends Model {
  tree: Tree
  reads: string[]
}

/** All models, each after what it reads. */
export interface Graph {
  nodes: Node[]
  byName: Map<string, Node>
  checksum: string
}

/**
 * The graph of the models.
 * @throws PIPELINE_MODEL_INVALID for a circle, and for a CTE named like a model or a table it reads
 */
export async function readGraph(queries: Queries, models: Model[] = readModels()): Promise<Graph> {
  const checksum = modelsChecksum(models)
  const known = graphs.get(checksum) ?? (await parseGraph(queries, models, checksum))
  graphs.set(checksum, known)
  return known
}

/** Graphs by the checksum of their models: the same text always gives the same tree. */
const graphs = new Map<string, Graph>()

async function parseGraph(queries: Queries, models: Model[], checksum: string): Promise<Graph> {
  const names = new Set(models.map((model) => model.name))
  const parsed = new Map<string, Node>()
  for (const model of models) {
    const tree = await parse(queries, model.name, model.sql)
    for (const cte of cteNames(tree.node)) {
      if (!names.has(cte)) continue
      throw fail('PIPELINE_MODEL_INVALID', { name: model.name, reason: `the CTE ${cte} has a model's name` })
    }
    parsed.set(model.name, { ...model, tree, reads: tablesOf(tree) })
  }
  const nodes = sorted(parsed)
  return { nodes, byName: parsed, checksum }
}

function sorted(parsed: Map<string, Node>): Node[] {
  const out: Node[] = []
  const state = new Map<string, 'open' | 'done'>()
  const visit = (node: Node): void => {
    const seen = state.get(node.name)
    if (seen === 'done') return
    if (seen === 'open') throw fail('PIPELINE_MODEL_INVALID', { name: node.name, reason: 'it reads itself' })
    state.set(node.name, 'open')
    for (const name of node.reads) {
      const read = parsed.get(name)
      if (read !== undefined) visit(read)
    }
    state.set(node.name, 'done')
    out.push(node)
  }
  for (const node of parsed.values()) visit(node)
  return out
}
