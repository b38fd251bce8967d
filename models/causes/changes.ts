// Judges slices of additive measures by the relative change of their leaves: within one cause all leaves change alike,
// while ordinary leaves scatter as their forecasts do. The size of a leaf matters only for how far it scatters.

import type { LeafCube } from './cube.ts'
import type { Cuboid } from './cuboid.ts'
import { type Ordinary, ordinaryOf } from './density.ts'
import { type Evidence, type Judge, perSibling, restlessness, type Shift, stray } from './evidence.ts'

/** Smallest spread of a common change, and smallest distance from the ordinary one that counts. */
const leastSpread = 0.02
const leastChange = 0.05
const changePerSpread = 0.7
/** Leaves of similar size that share a density. */
const classLeaves = 1500
const classesAtMost = 6
const rounds = 3
const logRoot = 0.5 * Math.log(2 * Math.PI)

/** Evidence from relative changes: (actual - expected) / the larger of the two, from -1 to 1. */
export function changeEvidence(cube: LeafCube): Evidence {
  const changes = new Float64Array(cube.leaves)
  const telling: number[] = []
  for (let leaf = 0; leaf < cube.leaves; leaf++) {
    const actual = cube.actual[leaf] as number
    const expected = cube.expected[leaf] as number
    const size = Math.max(Math.abs(actual), Math.abs(expected))
    if (size === 0) continue
    changes[leaf] = Math.max(-1, Math.min(1, (actual - expected) / size))
    telling.push(leaf)
  }
  telling.sort((a, b) => (changes[a] as number) - (changes[b] as number) || a - b)
  const sizeOf = (leaf: number): number => Math.abs(cube.expected[leaf] as number)
  const bySize = Int32Array.from(telling).sort((a, b) => sizeOf(a) - sizeOf(b) || a - b)
  return {
    telling: Int32Array.from(telling),
    judge: (open) => new ChangeJudge(cube, changes, open, bySize),
  }
}

class ChangeJudge implements Judge {
  readonly #changes: Float64Array
  readonly #ordinary: Ordinary
  /** Log of the ordinary density at each leaf's change. */
  readonly #base: Float64Array
  /** Variance of each leaf's ordinary change above that of the most certain leaves. */
  readonly #excess: Float64Array
  readonly #least: number

  constructor(cube: LeafCube, changes: Float64Array, open: Int32Array, bySize: Int32Array) {
    const isOpen = new Uint8Array(cube.leaves)
    for (const leaf of open) isOpen[leaf] = 1
    this.#changes = changes
    this.#ordinary = ordinaryOf(changes, open, leastSpread)
    this.#base = new Float64Array(cube.leaves)
    this.#excess = new Float64Array(cube.leaves)
    const classes = sizeClasses(
      cube,
      bySize.filter((leaf) => isOpen[leaf] === 1),
    )
    const densities = classes.map((leaves) => ordinaryOf(changes, leaves, leastSpread))
    const surest = Math.min(...densities.map(({ spread }) => spread))
    for (const [c, leaves] of classes.entries()) {
      const { spread, logDensity } = densities[c] as Ordinary
      for (const leaf of leaves) {
        this.#base[leaf] = logDensity(changes[leaf] as number)
        this.#excess[leaf] = spread ** 2 - surest ** 2
      }
    }
    this.#least = Math.max(leastChange, changePerSpread * surest)
  }

  leastShift({ groups, starts, members }: Cuboid): number {
    const middles = new Float64Array(groups)
    let chance = 0
    for (let group = 0; group < groups; group++) {
      const from = starts[group] as number
      const n = (starts[group + 1] as number) - from
      middles[group] = this.#at(members, from, n, 0.5)
      chance += (1.57 * this.#ordinary.spread ** 2) / n
    }
    return Math.max(this.#least, perSibling * restlessness(middles, chance / groups))
  }

  fit(members: Int32Array, from: number, to: number, leastShift: number): Shift | null {
    const n = to - from
    const usual = this.#ordinary.centre
    let centre = this.#at(members, from, n, 0.5)
    if (Math.abs(centre - usual) < leastShift) return null
    const quarters = this.#at(members, from, n, 0.75) - this.#at(members, from, n, 0.25)
    let variance = Math.max(leastSpread, quarters / 1.349) ** 2
    const logStray = Math.log(stray)
    const logFollow = Math.log(1 - stray) - logRoot
    let evidence = 0
    let precision = 0
    for (let round = 0; ; round++) {
      evidence = 0
      precision = 0
      let weight = 0
      let sum = 0
      let squares = 0
      const share = Math.max(0, 1 - Math.abs(centre))
      for (let i = from; i < to; i++) {
        const leaf = members[i] as number
        const off = (this.#changes[leaf] as number) - centre
        const own = share * (this.#excess[leaf] as number)
        const all = variance + own
        const follow = logFollow - 0.5 * (Math.log(all) + (off * off) / all) - (this.#base[leaf] as number)
        const most = Math.max(follow, logStray)
        const both = Math.exp(follow - most) + Math.exp(logStray - most)
        const part = Math.exp(follow - most) / both
        evidence += most + Math.log(both)
        weight += part
        precision += part / all
        sum += (part * off) / all
        squares += part * (off * off - own)
      }
      if (round === rounds || weight < 0.5) break
      const move = sum / precision
      variance = Math.max(0, squares / weight - move * move) + leastSpread ** 2
      centre += move
    }
    if (Math.abs(centre - usual) < leastShift) return null
    return { centre, spread: Math.sqrt(variance), evidence: evidence - freedom(n, precision) }
  }

  /** A quantile of the changes of a group, which are in order. */
  #at(members: Int32Array, from: number, n: number, part: number): number {
    return this.#changes[members[from + Math.floor(part * (n - 1) + 0.5)] as number] as number
  }
}

/** What choosing centre and spread freely is worth: the prior widths over the widths that the data leave. */
function freedom(n: number, precision: number): number {
  const ofCentre = Math.log(2) + 0.5 * Math.log(precision) - logRoot
  const ofSpread = Math.log(Math.log(0.5 / leastSpread) * Math.sqrt(2 * n)) - logRoot
  return Math.max(0, ofCentre) + Math.max(0, ofSpread)
}

/** Leaves by what was expected of them: those of nothing, and even parts of the others. */
function sizeClasses({ expected }: LeafCube, bySize: Int32Array): Int32Array[] {
  const sized = bySize.findIndex((leaf) => expected[leaf] !== 0)
  const first = sized < 0 ? bySize.length : sized
  const rest = bySize.length - first
  const classes = first === 0 ? [] : [bySize.subarray(0, first)]
  const parts = rest === 0 ? 0 : Math.max(1, Math.min(classesAtMost, Math.floor(rest / classLeaves)))
  for (let part = 0; part < parts; part++) {
    const edge = (p: number): number => first + Math.floor((p * rest) / parts)
    classes.push(bySize.subarray(edge(part), edge(part + 1)))
  }
  return classes
}
