// Finds the few slices whose common deviations explain leaves best: greedy, and every choice is questioned again while
// the others stand. It knows no names and no units.

import type { LeafCube } from './cube.ts'
import { type Cuboid, cuboidOf, dimensionSets, type Grouping, groupLeaves } from './cuboid.ts'
import type { Evidence, Shift } from './evidence.ts'

/** A slice that is chosen: one code per dimension of `dims`. */
export interface Found extends Shift {
  dims: readonly number[]
  codes: readonly number[]
  /** Its leaves among those that tell something. */
  leaves: Int32Array
  /** Log odds that it is a cause. */
  odds: number
}

/** What a search is bound by: slices, and dimensions of one. */
export interface SearchBounds {
  causesAtMost: number
  deepest: number
}

const widest: SearchBounds = { causesAtMost: 20, deepest: Number.POSITIVE_INFINITY }
const questionings = 3
/** Leaves times sets of dimensions of one look: above, sets with many dimensions are left out. */
const workAtMost = 6_000_000
const setsAtMost = 256

/** The slices that explain the deviations, the surest first; none where nothing stands out. */
export function searchCauses(cube: LeafCube, evidence: Evidence, bounds = widest): Found[] {
  const { telling } = evidence
  const { causesAtMost, deepest } = bounds
  if (telling.length === 0) return []
  const atMost = Math.min(setsAtMost, Math.floor(workAtMost / telling.length))
  const sets = dimensionSets(cube.dimensions.length, Math.max(cube.dimensions.length, atMost), deepest)
  const groupings = sets.map((dims) => groupLeaves(cube, dims, telling))
  const look: Look = (chosen, freed) => bestElement(cube, evidence, groupings, chosen, freed)
  const chosen: Found[] = []
  extend(chosen, look, causesAtMost)
  for (let round = 0; round < questionings && chosen.length > 0; round++) {
    const hasChanged = question(chosen, look)
    if (!extend(chosen, look, causesAtMost) && !hasChanged) break
  }
  return chosen.sort((a, b) => b.odds - a.odds)
}

/** The best slice beside the chosen ones; where leaves were freed, among those that hold some of them. */
type Look = (chosen: readonly Found[], freed?: Int32Array) => Found | null

/** Adds slices while one is worth its words; whether there was one. */
function extend(chosen: Found[], look: Look, causesAtMost: number): boolean {
  const before = chosen.length
  while (chosen.length < causesAtMost) {
    const next = look(chosen)
    if (next === null) break
    chosen.push(next)
  }
  return chosen.length > before
}

/** Takes each slice away in turn and looks again what belongs there; whether that was another one or none. */
function question(chosen: Found[], look: Look): boolean {
  let hasChanged = false
  for (let i = chosen.length - 1; i >= 0; i--) {
    const [before] = chosen.splice(i, 1)
    const after = look(chosen, before?.leaves)
    if (after !== null) chosen.splice(i, 0, after)
    const isSame = after?.dims.join() === before?.dims.join() && after?.codes.join() === before?.codes.join()
    if (!isSame) hasChanged = true
  }
  return hasChanged
}

/** The slice that explains most of what the chosen ones leave; null where none is worth its words. */
function bestElement(
  cube: LeafCube,
  { telling, judge }: Evidence,
  groupings: readonly Grouping[],
  chosen: readonly Found[],
  freed: Int32Array | undefined,
): Found | null {
  const covered = new Uint8Array(cube.leaves)
  for (const { leaves } of chosen) for (const leaf of leaves) covered[leaf] = 1
  const open = telling.filter((leaf) => covered[leaf] === 0)
  if (open.length === 0) return null
  const judging = judge(open)
  let best: { cuboid: Cuboid; group: number; shift: Shift; odds: number } | null = null
  for (const grouping of groupings) {
    const cuboid = cuboidOf(grouping, open)
    const prior = Math.log(cuboid.groups) + Math.log(groupings.length)
    const isFreed = freed === undefined ? null : new Uint8Array(grouping.groups)
    for (const leaf of freed ?? []) (isFreed as Uint8Array)[grouping.groupOf[leaf] as number] = 1
    const leastShift = judging.leastShift(cuboid)
    for (let group = 0; group < cuboid.groups; group++) {
      const from = cuboid.starts[group] as number
      if (isFreed !== null && isFreed[grouping.groupOf[cuboid.members[from] as number] as number] === 0)
        continue
      const shift = judging.fit(cuboid.members, from, cuboid.starts[group + 1] as number, leastShift)
      if (shift === null) continue
      const odds = shift.evidence - prior
      if (odds > (best?.odds ?? 0)) best = { cuboid, group, shift, odds }
    }
  }
  if (best === null) return null
  const { cuboid, group, shift, odds } = best
  const first = cuboid.members[cuboid.starts[group] as number] as number
  const codeOf = (d: number, leaf: number): number => (cube.codes[d] as Int32Array)[leaf] as number
  const codes = cuboid.dims.map((d) => codeOf(d, first))
  const leaves = telling.filter((leaf) => cuboid.dims.every((d, i) => codeOf(d, leaf) === codes[i]))
  return { ...shift, dims: cuboid.dims, codes, leaves, odds }
}
