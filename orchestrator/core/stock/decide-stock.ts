// What commands on nodes lead to. Pure.

import type { CommandData } from '../commands.ts'
import { done, event, type Verdict } from '../decision.ts'
import type { Node } from '../market.ts'
import type { CoreState } from '../state.ts'

/** Nodes that are new or different. */
export function defineNodes(state: CoreState, { nodes }: CommandData['DefineNodes'], at: number): Verdict {
  const changed = nodes.filter((node) => !sameNode(state.nodes.get(node.nodeId), node))
  return done(changed.map((node) => event('NodeDefined', { node, at })))
}

function sameNode(a: Node | undefined, b: Node): boolean {
  return a !== undefined && JSON.stringify(a) === JSON.stringify(b)
}
