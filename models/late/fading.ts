// Means that forget: what was told long ago counts less. Of a group, and of groups within groups. They know time only
// as it is told to them, and never what comes later.

const dayMs = 86_400_000

/** A weighted mean that forgets. */
export class Fading {
  #sum = 0
  #weight = 0
  #at = Number.NEGATIVE_INFINITY
  readonly #spanMs: number

  /** @param days after which a value counts 1/e of what it did */
  constructor(days: number) {
    this.#spanMs = days * dayMs
  }

  /** @param at epoch ms */
  add(at: number, value: number, weight = 1): void {
    this.#fade(at)
    this.#sum += value * weight
    this.#weight += weight
  }

  /** The mean, drawn to `prior` as by so many values. */
  mean(at: number, prior: number, strength: number): number {
    this.#fade(at)
    return (this.#sum + prior * strength) / (this.#weight + strength)
  }

  /** Values that count now. */
  weight(at: number): number {
    this.#fade(at)
    return this.#weight
  }

  #fade(at: number): void {
    if (at <= this.#at) return
    if (this.#weight > 0) {
      const left = Math.exp((this.#at - at) / this.#spanMs)
      this.#sum *= left
      this.#weight *= left
    }
    this.#at = at
  }
}

/** Fading means by key. */
export class FadingBy {
  readonly #days: number
  readonly #means = new Map<string, Fading>()

  constructor(days: number) {
    this.#days = days
  }

  add(key: string, at: number, value: number): void {
    let mean = this.#means.get(key)
    if (mean === undefined) {
      mean = new Fading(this.#days)
      this.#means.set(key, mean)
    }
    mean.add(at, value)
  }

  /** `prior` where the key was never seen. */
  mean(key: string, at: number, prior: number, strength: number): number {
    return this.#means.get(key)?.mean(at, prior, strength) ?? prior
  }

  weight(key: string, at: number): number {
    return this.#means.get(key)?.weight(at) ?? 0
  }
}

/** What is expected, and on how much that rests. */
export interface Expected {
  value: number
  /** Values behind the narrowest group. */
  evidence: number
}

/**
 * A mean for groups within groups: each narrower group learns how it differs from the wider ones, shrunk to no
 * difference while it has few values. Values far out count as far out only: one that took weeks moves little.
 */
export class Shrunk {
  readonly #all: Fading
  readonly #spread: Fading
  readonly #levels: FadingBy[]
  readonly #strength: number
  readonly #first: number
  readonly #isRobust: boolean

  /**
   * @param levels groups, the widest first; the whole comes before them
   * @param first what is expected before anything is known
   * @param isRobust values far out count less; not for shares, whose values are 0 and 1. Default true
   */
  constructor(
    levels: number,
    {
      days,
      strength,
      first,
      isRobust = true,
    }: { days: number; strength: number; first: number; isRobust?: boolean },
  ) {
    this.#isRobust = isRobust
    this.#all = new Fading(days)
    this.#spread = new Fading(days)
    this.#levels = Array.from({ length: levels }, () => new FadingBy(days))
    this.#strength = strength
    this.#first = first
  }

  /** @param keys of the groups, as many as levels */
  expect(keys: readonly string[], at: number): Expected {
    let value = this.#all.mean(at, this.#first, 1)
    for (const [i, level] of this.#levels.entries()) value += level.mean(keys[i] ?? '', at, 0, this.#strength)
    return { value, evidence: this.#levels.at(-1)?.weight(keys.at(-1) ?? '', at) ?? this.#all.weight(at) }
  }

  add(keys: readonly string[], at: number, value: number): void {
    const reach = this.#isRobust ? 3 * this.#spread.mean(at, 1, 5) : Number.POSITIVE_INFINITY
    const centre = this.#all.mean(at, this.#first, 1)
    let left = Math.max(-reach, Math.min(reach, value - centre))
    this.#spread.add(at, Math.abs(left))
    this.#all.add(at, centre + left)
    for (const [i, level] of this.#levels.entries()) {
      const key = keys[i] ?? ''
      const known = level.mean(key, at, 0, this.#strength)
      level.add(key, at, left)
      left -= known
    }
  }
}
