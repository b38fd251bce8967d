// The ways between the tiles of a flow. It knows which tile may follow on which, and nothing of what they do.

import type { api } from '#data/contracts'

/** A way from one tile to another. */
export interface Edge {
  /** `next`, `yes`, `no`, `branch 1`, `failed`, ... */
  label: string
  to: string
}

/** Ways out of a tile. */
export function edgesOf(tile: api.FlowTile): Edge[] {
  switch (tile.type) {
    case 'exit':
      return []
    case 'condition':
      return [edge('yes', tile.yes), edge('no', tile.no)]
    case 'splitter':
      return [
        ...tile.branches.map(({ next }, i) => edge(`branch ${i + 1}`, next)),
        ...maybe('rest', tile.rest),
      ]
    case 'start':
    case 'condition_merge':
    case 'splitter_merge':
    case 'timer':
      return [edge('next', tile.next)]
    case 'wait':
      return [edge('next', tile.next), ...maybe('timed out', tile.timedOut)]
    case 'approval':
      return [
        edge('approved', tile.approved),
        edge('rejected', tile.rejected),
        ...maybe('timed out', tile.timedOut),
      ]
    default:
      return [edge('next', tile.next), ...maybe('failed', tile.failed)]
  }
}

const edge = (label: string, to: string): Edge => ({ label, to })
const maybe = (label: string, to: string | undefined): Edge[] => (to === undefined ? [] : [{ label, to }])

/** Tiles by their name. */
export type Tiles = ReadonlyMap<string, api.FlowTile>

/** Names of the tiles that can be reached from one, with it. */
export function reachedFrom(tiles: Tiles, from: string, until: ReadonlySet<string> = new Set()): Set<string> {
  const seen = new Set<string>()
  const open = [from]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const tile = tiles.get(next)
    if (tile === undefined || seen.has(next)) continue
    seen.add(next)
    if (until.has(next)) continue
    for (const { to } of edgesOf(tile)) open.push(to)
  }
  return seen
}

/** Names of tiles that lie on a ring of ways which all pass `isIn`, null = there is no such ring. */
export function ringAmong(tiles: Tiles, isIn: (tile: api.FlowTile, edge: Edge) => boolean): string[] | null {
  const done = new Set<string>()
  const path: string[] = []
  const onPath = new Set<string>()
  const visit = (name: string): string[] | null => {
    if (onPath.has(name)) return path.slice(path.indexOf(name))
    const tile = tiles.get(name)
    if (tile === undefined || done.has(name)) return null
    path.push(name)
    onPath.add(name)
    for (const edge of edgesOf(tile)) {
      const ring = isIn(tile, edge) ? visit(edge.to) : null
      if (ring !== null) return ring
    }
    path.pop()
    onPath.delete(name)
    done.add(name)
    return null
  }
  for (const name of tiles.keys()) {
    const ring = visit(name)
    if (ring !== null) return ring
  }
  return null
}
