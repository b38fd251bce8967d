// The newest values of a stream, kept in order of size, so that medians and quantiles cost next to nothing.
// It never looks ahead: what it says comes from the values added before.

/** The last `capacity` values that were added. */
export class RollingWindow {
  readonly #capacity: number
  /** Ring of values in the order they came. */
  readonly #ring: Float64Array
  readonly #sorted: Float64Array
  #size = 0
  #next = 0

  /** @param capacity values kept, >= 1 */
  constructor(capacity: number) {
    this.#capacity = capacity
    this.#ring = new Float64Array(capacity)
    this.#sorted = new Float64Array(capacity)
  }

  get size(): number {
    return this.#size
  }

  /** Adds a value; the oldest leaves when there are too many. Not a number is no value. */
  add(value: number): void {
    if (!Number.isFinite(value)) return
    const sorted = this.#sorted
    let hole = this.#size
    if (this.#size === this.#capacity) hole = this.#placeOf(this.#ring[this.#next] as number)
    else this.#size++
    for (; hole > 0 && (sorted[hole - 1] as number) > value; hole--) sorted[hole] = sorted[hole - 1] as number
    const last = this.#size - 1
    for (; hole < last && (sorted[hole + 1] as number) < value; hole++)
      sorted[hole] = sorted[hole + 1] as number
    sorted[hole] = value
    this.#ring[this.#next] = value
    this.#next = this.#next + 1 === this.#capacity ? 0 : this.#next + 1
  }

  /** Forgets everything. */
  clear(): void {
    this.#size = 0
    this.#next = 0
  }

  /** Mean of the middle half: robust to a quarter of bad values at either end. NaN where there is none. */
  midmean(): number {
    const from = Math.floor((this.#size + 1) / 4)
    const to = this.#size - from
    let sum = 0
    for (let i = from; i < to; i++) sum += this.#sorted[i] as number
    return sum / (to - from)
  }

  /** Quantile, 0 to 1, between the nearest two values; NaN where there is no value. */
  quantile(share: number): number {
    const place = share * (this.#size - 1)
    const below = Math.floor(place)
    const low = this.#sorted[below] as number
    if (this.#size < 2 || below + 1 >= this.#size) return this.#size === 0 ? Number.NaN : low
    return low + (place - below) * ((this.#sorted[below + 1] as number) - low)
  }

  #placeOf(value: number): number {
    let low = 0
    let high = this.#size
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.#sorted[middle] as number) < value) low = middle + 1
      else high = middle
    }
    return low
  }
}
