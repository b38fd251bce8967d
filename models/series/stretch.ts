// Follows how long a series has strayed to one side, so that a fault is not learned as ordinary, and a level that lasts
// is taken as the new one after a set time. It sees residuals alone.

/** From here on a stretch begins, */
const beginsZ = 3
/** and a bucket belongs to it. */
const belongsZ = 1.25
/** Telling buckets in a row near what was expected that end it. */
const calmTicks = 4
/** Share of the telling buckets of a stretch that belong to it, for a level to count as lasting. */
const leastShare = 0.7
const leastTelling = 6

/** How a series stands: near what was expected, astray, or on a new level that has lasted. */
export type Standing = 'calm' | 'astray' | 'settled'

/** The stretch that a series is in. */
export class Stretch {
  #sign = 0
  #began = 0
  #same = 0
  #telling = 0
  #calm = 0
  readonly #settleTicks: number

  /** @param settleTicks buckets after which a lasting level is the new one */
  constructor(settleTicks: number) {
    this.#settleTicks = settleTicks
  }

  /** First tick of the stretch; only where it is astray or settled. */
  get began(): number {
    return this.#began
  }

  /** @param z residual in standard deviations, of either sign */
  take(tick: number, z: number): Standing {
    if (this.#sign === 0) {
      if (!(Math.abs(z) >= beginsZ)) return 'calm'
      this.#sign = Math.sign(z)
      this.#began = tick
      this.#same = 1
      this.#telling = 1
      this.#calm = 0
      return 'astray'
    }
    this.#telling++
    if (z * this.#sign >= belongsZ) {
      this.#same++
      this.#calm = 0
    } else if (++this.#calm >= calmTicks) {
      this.end()
      return 'calm'
    }
    if (tick - this.#began < this.#settleTicks) return 'astray'
    const lasts = this.#telling >= leastTelling && this.#same >= leastShare * this.#telling
    if (!lasts) this.end()
    return lasts ? 'settled' : 'calm'
  }

  /** There is no stretch any more. */
  end(): void {
    this.#sign = 0
    this.#calm = 0
  }
}
