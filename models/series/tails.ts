// How rare a residual is among those of series of its kind over the last weeks: counts in narrow bins, block by block,
// so that a cycle costs the same however many residuals there were. Residuals of known incidents are held apart.

/** Bins: up to `fineUpTo` of equal width, then wider by a part each. */
const lowest = -4
const fineWidth = 0.02
const fineUpTo = 12
const fineBins = Math.round((fineUpTo - lowest) / fineWidth)
const coarseGrowth = 1.02
const coarseBins = 400
const bins = fineBins + coarseBins

/** Largest share of residuals that is left out as belonging to incidents. */
const leftOutAtMost = 0.05

interface Block {
  kept: Uint32Array
  leftOut: Uint32Array
}

function binOf(z: number): number {
  if (z < fineUpTo) return Math.max(0, Math.floor((z - lowest) / fineWidth))
  return Math.min(bins - 1, fineBins + Math.floor(Math.log(z / fineUpTo) / Math.log(coarseGrowth)))
}

/** The residuals of one family of series. */
export class Tail {
  readonly #blocks: Block[] = []
  readonly #blocksAtMost: number
  /** Residuals in a bin or above it. */
  readonly #kept = new Float64Array(bins + 1)
  readonly #leftOut = new Float64Array(bins + 1)
  #isStale = false

  /** @param blocksAtMost newest blocks that count */
  constructor(blocksAtMost: number) {
    this.#blocksAtMost = blocksAtMost
  }

  /** Begins a block; the oldest leaves when there are too many. */
  begin(): void {
    this.#blocks.push({ kept: new Uint32Array(bins), leftOut: new Uint32Array(bins) })
    if (this.#blocks.length > this.#blocksAtMost) this.#blocks.shift()
    this.#isStale = true
  }

  /** Adds a residual to the block that was begun last. @param isApart whether it belongs to a known incident */
  add(z: number, isApart: boolean): void {
    const block = this.#blocks.at(-1)
    if (block === undefined || Number.isNaN(z)) return
    const counts = isApart ? block.leftOut : block.kept
    const bin = binOf(z)
    counts[bin] = (counts[bin] as number) + 1
    this.#isStale = true
  }

  /** Residuals that count. */
  get size(): number {
    this.#refresh()
    const kept = this.#kept[0] as number
    const apart = this.#leftOut[0] as number
    return kept + Math.max(0, apart - Math.floor(leftOutAtMost * (kept + apart)))
  }

  /**
   * Conformal p-value: the share of residuals at least as large, the new one counted in; a little too large where
   * others share its bin. The largest of those held apart do not count, up to a twentieth of all.
   * @source Vovk, Gammerman, Shafer: Algorithmic Learning in a Random World
   */
  pValue(z: number): number {
    this.#refresh()
    const bin = binOf(z)
    const all = (this.#kept[0] as number) + (this.#leftOut[0] as number)
    const dropped = Math.floor(leftOutAtMost * all)
    const above = (this.#kept[bin] as number) + Math.max(0, (this.#leftOut[bin] as number) - dropped)
    const counted = (this.#kept[0] as number) + Math.max(0, (this.#leftOut[0] as number) - dropped)
    return (above + 1) / (counted + 1)
  }

  #refresh(): void {
    if (!this.#isStale) return
    this.#isStale = false
    sumUp(this.#blocks, 'kept', this.#kept)
    sumUp(this.#blocks, 'leftOut', this.#leftOut)
  }
}

function sumUp(blocks: readonly Block[], which: keyof Block, above: Float64Array): void {
  above.fill(0)
  for (const block of blocks) {
    const counts = block[which]
    for (let bin = 0; bin < bins; bin++) above[bin] = (above[bin] as number) + (counts[bin] as number)
  }
  for (let bin = bins - 1; bin >= 0; bin--) above[bin] = (above[bin] as number) + (above[bin + 1] as number)
}
