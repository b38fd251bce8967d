// Nodes by their names for people, as files or the network tell them.

import { server } from '../api.ts'
import { settledNodes } from './entries.ts'

/** Every node: its id and its name, the id where it has none. */
export async function namedNodes(): Promise<{ value: string; title: string }[]> {
  const nodes = settledNodes(await server.network())
  return nodes.map(({ nodeId, name }) => ({ value: nodeId, title: name ?? nodeId }))
}
