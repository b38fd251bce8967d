// The season that series of one kind share, week by week, so that a young series need not find it alone. What is asked
// of a week comes from the weeks before it.

/** Weeks that are kept, and that count. */
const weeksKept = 9
/** Values of a place in the week without which nothing is said of it. */
const leastValues = 3

/** The shared season of a group of series with buckets of one length. */
export class Siblings {
  readonly #places: number
  readonly #sums: Float64Array
  readonly #counts: Float64Array
  readonly #weeks = new Float64Array(weeksKept).fill(-1)

  /** @param places in the week: 168 hours or 7 days */
  constructor(places: number) {
    this.#places = places
    this.#sums = new Float64Array(places * weeksKept)
    this.#counts = new Float64Array(places * weeksKept)
  }

  /** A member tells what a place of a week was against its level. */
  add(tick: number, place: number, relative: number): void {
    const week = Math.floor(tick / this.#places)
    const row = week % weeksKept
    if (this.#weeks[row] !== week) {
      if ((this.#weeks[row] as number) > week) return
      this.#weeks[row] = week
      this.#sums.fill(0, row * this.#places, (row + 1) * this.#places)
      this.#counts.fill(0, row * this.#places, (row + 1) * this.#places)
    }
    const at = row * this.#places + place
    this.#sums[at] = (this.#sums[at] as number) + relative
    this.#counts[at] = (this.#counts[at] as number) + 1
  }

  /** What a place usually is against the level of a series, from whole weeks before; NaN where too little is known. */
  season(tick: number, place: number): number {
    const week = Math.floor(tick / this.#places)
    let sum = 0
    let count = 0
    for (let row = 0; row < weeksKept; row++) {
      const of = this.#weeks[row] as number
      if (of < 0 || of >= week || of < week - weeksKept + 1) continue
      sum += this.#sums[row * this.#places + place] as number
      count += this.#counts[row * this.#places + place] as number
    }
    return count < leastValues ? Number.NaN : sum / count
  }
}
