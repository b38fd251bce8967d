// Several opinions on the next value of a series, weighed by how well each did on this very series before. It knows
// neither the opinions' ways nor the future: a loss counts once the value is known.

/** Opinions, in their order in a list. */
export const expertNames = ['season', 'weeks', 'week', 'trend', 'siblings', 'net'] as const

/** How many there are. */
export const expertCount = expertNames.length

/** Place of an opinion. */
export const expert = { season: 0, weeks: 1, week: 2, trend: 3, siblings: 4, net: 5 } as const

/** Values over which a loss is forgotten by and by. */
const memoryTicks = 336
/** Difference of mean losses, in standard deviations, that makes an opinion count a third. */
const temperature = 0.02
/** Values after which losses decide about half. */
const trustFrom = 24
/** No loss is larger, in standard deviations: a fault says little about who was right. */
const lossAtMost = 3

/**
 * The weights of opinions from their past losses.
 * @source Herbster, Warmuth: Tracking the Best Expert; exponential weights over discounted losses
 */
export class Experts {
  /** Mean loss and number of values of each. */
  readonly #losses = new Float32Array(expertCount)
  readonly #counts = new Float32Array(expertCount)

  /** The weighed opinion. @param said NaN where an expert is silent; the first never is */
  mix(said: ArrayLike<number>): number {
    let least = Number.POSITIVE_INFINITY
    for (let i = 0; i < expertCount; i++) {
      if (!Number.isNaN(said[i] as number)) least = Math.min(least, this.#losses[i] as number)
    }
    let sum = 0
    let weights = 0
    for (let i = 0; i < expertCount; i++) {
      const opinion = said[i] as number
      if (Number.isNaN(opinion)) continue
      const count = this.#counts[i] as number
      const trust = count / (count + trustFrom)
      // An opinion that was never tried counts little beside those that were.
      const untried = i === 0 ? 1 : 0.1 + 0.9 * trust
      const weight =
        untried * Math.exp((-((this.#losses[i] as number) - least) / temperature) * Math.min(1, trust * 2))
      sum += weight * opinion
      weights += weight
    }
    return sum / weights
  }

  /** The weights that `mix` would give, 0 for the silent. */
  weights(said: ArrayLike<number>): number[] {
    const ones = Array.from({ length: expertCount }, (_, i) => {
      const alone = Array.from({ length: expertCount }, (_, k) =>
        Number.isNaN(said[k] as number) ? Number.NaN : k === i ? 1 : 0,
      )
      return Number.isNaN(said[i] as number) ? 0 : this.mix(alone)
    })
    return ones
  }

  /** Takes in what was right. @param sigma standard deviation of the value */
  learn(said: ArrayLike<number>, value: number, sigma: number): void {
    for (let i = 0; i < expertCount; i++) {
      const opinion = said[i] as number
      if (Number.isNaN(opinion)) continue
      const loss = Math.min(lossAtMost, Math.abs(value - opinion) / sigma)
      const count = Math.min(memoryTicks, (this.#counts[i] as number) + 1)
      this.#counts[i] = count
      this.#losses[i] = (this.#losses[i] as number) + (loss - (this.#losses[i] as number)) / count
    }
  }

  /** Forgets all losses. */
  forget(): void {
    this.#losses.fill(0)
    this.#counts.fill(0)
  }
}
