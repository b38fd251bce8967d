// The cuboids of a cube: every set of dimensions whose values are looked at together, and its groups of leaves. It
// judges none of them.

import type { LeafCube } from './cube.ts'

/** A set of dimensions with its elements: one group of leaves for each combination of values that occurs. */
export interface Cuboid {
  /** Places of the dimensions, ascending. */
  dims: readonly number[]
  groups: number
  /** Leaves of group g: `members` from `starts[g]` to before `starts[g + 1]`, in the order that was given. */
  starts: Int32Array
  members: Int32Array
}

/** Cells of the table that groups are found by; above, a map is taken. */
const cellsAtMost = 4_000_000

/** Which leaves share their values in some dimensions. */
export interface Grouping {
  dims: readonly number[]
  groups: number
  /** Group of each leaf; -1 for a leaf that was not grouped. */
  groupOf: Int32Array
}

/** Groups leaves by their values in some dimensions. */
export function groupLeaves(cube: LeafCube, dims: readonly number[], leaves: Int32Array): Grouping {
  const { keys, cells } = keysOf(cube, dims, leaves)
  const groupOf = new Int32Array(cube.leaves).fill(-1)
  const numberOf = cells <= cellsAtMost ? byTable(cells) : byMap()
  let groups = 0
  for (let i = 0; i < leaves.length; i++) {
    const group = numberOf(keys[i] as number, groups)
    if (group === groups) groups++
    groupOf[leaves[i] as number] = group
  }
  return { dims, groups, groupOf }
}

/**
 * The elements of a grouping that hold some of its leaves.
 * @param order leaves that are looked at, in the order in which each element lists them
 */
export function cuboidOf({ dims, groups: all, groupOf: known }: Grouping, order: Int32Array): Cuboid {
  const numbers = new Int32Array(all).fill(-1)
  const counts = new Int32Array(all)
  let groups = 0
  for (const leaf of order) {
    const group = known[leaf] as number
    if (numbers[group] === -1) numbers[group] = groups++
    const place = numbers[group] as number
    counts[place] = (counts[place] as number) + 1
  }
  const starts = new Int32Array(groups + 1)
  for (let g = 0; g < groups; g++) starts[g + 1] = (starts[g] as number) + (counts[g] as number)
  const places = starts.slice(0, groups)
  const members = new Int32Array(order.length)
  for (const leaf of order) {
    const group = numbers[known[leaf] as number] as number
    const place = places[group] as number
    members[place] = leaf
    places[group] = place + 1
  }
  return { dims, groups, starts, members }
}

/** A number per leaf that is the same for the same values; made dense again before it gets too large. */
function keysOf(cube: LeafCube, dims: readonly number[], order: Int32Array) {
  const keys = new Float64Array(order.length)
  let cells = 1
  for (const d of dims) {
    const size = (cube.values[d] as readonly string[]).length
    const codes = cube.codes[d] as Int32Array
    if (cells * size > Number.MAX_SAFE_INTEGER) cells = makeDense(keys)
    for (let i = 0; i < order.length; i++)
      keys[i] = (keys[i] as number) * size + (codes[order[i] as number] as number)
    cells *= size
  }
  return { keys, cells }
}

function makeDense(keys: Float64Array): number {
  const numberOf = byMap()
  let count = 0
  for (let i = 0; i < keys.length; i++) {
    const dense = numberOf(keys[i] as number, count)
    if (dense === count) count++
    keys[i] = dense
  }
  return count
}

/** The number that a key has, or `next`, which it has from then on. */
type Numbering = (key: number, next: number) => number

function byTable(cells: number): Numbering {
  const table = new Int32Array(cells).fill(-1)
  return (key, next) => {
    const known = table[key] as number
    if (known >= 0) return known
    table[key] = next
    return next
  }
}

function byMap(): Numbering {
  const map = new Map<number, number>()
  return (key, next) => {
    const known = map.get(key)
    if (known !== undefined) return known
    map.set(key, next)
    return next
  }
}

/**
 * Sets of dimensions, small ones first.
 * @param atMost sets in all; those with fewer dimensions come first
 * @param deepest dimensions of one set at most
 */
export function dimensionSets(dimensions: number, atMost: number, deepest: number): number[][] {
  const sets: number[][] = []
  let layer: number[][] = [[]]
  for (let size = 1; size <= Math.min(dimensions, deepest); size++) {
    layer = layer.flatMap((set) => {
      const from = (set.at(-1) ?? -1) + 1
      return Array.from({ length: dimensions - from }, (_, i) => [...set, from + i])
    })
    sets.push(...layer.slice(0, atMost - sets.length))
    if (sets.length >= atMost) return sets
  }
  return sets
}
