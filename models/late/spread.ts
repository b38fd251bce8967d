// A distribution of how long something takes: shares of bins around what was expected. It is asked for quantiles and
// for chances; it learns nothing.

/** Bins of the logarithm of hours + 1, around what was expected. */
export interface Bins {
  /** Edges, ascending, one more than bins. */
  edges: number[]
}

/** Equal shares of what was seen, the outermost edges a little beyond all of it. */
export function binsOf(values: readonly number[], count: number): Bins {
  const sorted = Float64Array.from(values).sort()
  const at = (share: number): number => {
    const place = share * (sorted.length - 1)
    const low = sorted[Math.floor(place)] ?? 0
    const high = sorted[Math.ceil(place)] ?? low
    return low + (high - low) * (place - Math.floor(place))
  }
  const edges: number[] = []
  for (let i = 0; i <= count; i++) {
    const inner = i === 0 ? 0.001 : i === count ? 0.999 : i / count
    // bins of no width would hide whatever lies in them
    edges.push(Math.max(at(inner), (edges.at(-1) ?? Number.NEGATIVE_INFINITY) + 1e-4))
  }
  return { edges }
}

/** The bin of a value; what lies outside is in the outermost. */
export function binAt({ edges }: Bins, value: number): number {
  let [low, high] = [0, edges.length - 1]
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if (value < (edges[middle] as number)) high = middle
    else low = middle
  }
  return low
}

/** How long something takes. */
export class Spread {
  readonly #edges: readonly number[]
  readonly #shares: ArrayLike<number>
  readonly #below: Float64Array
  readonly #centre: number

  /**
   * @param centre expected logarithm of hours + 1, from which the bins are counted
   * @param shares of the bins, sum 1
   */
  constructor({ edges }: Bins, shares: ArrayLike<number>, centre: number) {
    this.#edges = edges
    this.#shares = shares
    this.#centre = centre
    this.#below = new Float64Array(shares.length + 1)
    for (let i = 0; i < shares.length; i++)
      this.#below[i + 1] = (this.#below[i] as number) + (shares[i] as number)
  }

  /** Probability that it takes less than so many hours. */
  below(hours: number): number {
    if (!(hours > 0)) return 0
    const value = Math.log1p(hours) - this.#centre
    const edges = this.#edges
    const last = edges.length - 1
    if (value <= (edges[0] as number)) return 0
    if (value >= (edges[last] as number)) return 1
    const bin = binAt({ edges: edges as number[] }, value)
    const [low, high] = [edges[bin] as number, edges[bin + 1] as number]
    const share = this.#shares[bin] as number
    return Math.min(1, (this.#below[bin] as number) + (share * (value - low)) / (high - low))
  }

  /** Hours that it takes at most in such a share of cases. */
  quantile(share: number): number {
    const total = this.#below.at(-1) as number
    const wanted = Math.max(0, Math.min(1, share)) * total
    let bin = 0
    while (bin < this.#shares.length - 1 && (this.#below[bin + 1] as number) < wanted) bin++
    const [low, high] = [this.#edges[bin] as number, this.#edges[bin + 1] as number]
    const inside = (wanted - (this.#below[bin] as number)) / Math.max(1e-12, this.#shares[bin] as number)
    return Math.max(0, Math.expm1(this.#centre + low + (high - low) * Math.max(0, Math.min(1, inside))))
  }
}

/** Points at which the first of two spans is taken, when they are summed. */
const points = 40

/**
 * Probability that two spans, one after the other, take longer than so many hours.
 * @param gone hours that the first has taken already without an end
 */
export function chanceOver(first: Spread, second: Spread, hours: number, gone = 0): number {
  const done = first.below(gone)
  if (done >= 0.999) return 1 - second.below(hours - gone)
  let sum = 0
  for (let i = 0; i < points; i++) {
    const taken = first.quantile(done + ((i + 0.5) / points) * (1 - done))
    sum += 1 - second.below(hours - Math.max(gone, taken))
  }
  return sum / points
}

/** The same of a span that has taken `gone` hours already. */
export function chanceStillOver(span: Spread, hours: number, gone: number): number {
  const left = 1 - span.below(gone)
  return left <= 1e-3 ? 1 : Math.min(1, Math.max(0, (1 - span.below(Math.max(hours, gone))) / left))
}
