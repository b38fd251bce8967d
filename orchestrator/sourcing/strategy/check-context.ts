// What a strategy is checked against in a market: its strategies, groups and nodes as they are. It judges nothing.

import type { CoreState } from '#orchestrator/core'
import type { CheckContext } from './checks.ts'

/** What a strategy is checked against. */
export function checkContextOf({ strategies, network, nodes }: CoreState): CheckContext {
  const told = new Map(network.document.nodes.map((node) => [node.nodeId, node]))
  return {
    strategies: strategies.strategies,
    groupIds: new Set(network.document.groups.map(({ groupId }) => groupId)),
    nodes: [...nodes.values()].map(({ nodeId, type, isActive }) => {
      const own = told.get(nodeId)
      const groupIds = own?.groupIds ?? []
      return { nodeId, type: own?.type ?? type, isActive: isActive && own?.isActive !== false, groupIds }
    }),
  }
}
