// Whether a slice strays: the evidence of hour after hour is added up from where it began to speak against the usual,
// so that what strays a little for some hours counts as much as what strays far in one. It knows no slices.

import type { Way } from './kinds.ts'

/** Parts of the usual that are thought of, for each way: all but standing still, halved, a quarter less; and so on. */
const parts: Readonly<Record<Way, readonly number[]>> = {
  low: [0.08, 0.3, 0.6],
  high: [1.5, 2.5, 6, 16, 40],
}

/** Evidence of one slice in one way, told as the logarithm of a likelihood ratio. */
export class Evidence {
  readonly #parts: readonly number[]
  readonly #sums: Float64Array
  readonly #since: Int32Array
  readonly #seen: Float64Array
  readonly #usual: Float64Array

  constructor(way: Way) {
    this.#parts = parts[way]
    const count = this.#parts.length
    this.#sums = new Float64Array(count)
    this.#since = new Int32Array(count)
    this.#seen = new Float64Array(count)
    this.#usual = new Float64Array(count)
  }

  /**
   * Takes an hour in.
   * @param spread variance against that of chance alone, 1 or more
   * @param most evidence beyond it is not kept: it would only hold up the end
   * @source Page: Continuous inspection schemes; Lorden: Procedures for reacting to a change in distribution (a mean
   *   of such statistics reaches the logarithm of A by chance at most once in A hours)
   */
  take(hour: number, seen: number, usual: number, spread: number, most: number): void {
    for (let i = 0; i < this.#parts.length; i++) {
      const part = this.#parts[i] as number
      const gain = (seen * Math.log(part) + usual * (1 - part)) / spread
      if (this.#sums[i] === 0) this.#since[i] = hour
      const sum = (this.#sums[i] as number) + gain
      if (sum <= 0) {
        this.#sums[i] = 0
        this.#since[i] = hour + 1
        this.#seen[i] = 0
        this.#usual[i] = 0
        continue
      }
      this.#sums[i] = Math.min(sum, most)
      this.#seen[i] = (this.#seen[i] as number) + seen
      this.#usual[i] = (this.#usual[i] as number) + usual
    }
  }

  /** Logarithm of the mean over the parts; 0 or less = none. */
  get weight(): number {
    let sum = 0
    for (const one of this.#sums) sum += Math.exp(one)
    return Math.log(sum / this.#sums.length)
  }

  /** Where the strongest evidence began, and what was seen and usual since. */
  get stretch(): { since: number; seen: number; usual: number } {
    let best = 0
    for (let i = 1; i < this.#sums.length; i++) {
      if ((this.#sums[i] as number) > (this.#sums[best] as number)) best = i
    }
    return {
      since: this.#since[best] as number,
      seen: this.#seen[best] as number,
      usual: this.#usual[best] as number,
    }
  }

  /** Forgets everything. */
  reset(hour: number): void {
    this.#sums.fill(0)
    this.#seen.fill(0)
    this.#usual.fill(0)
    this.#since.fill(hour + 1)
  }
}

/** Evidence that a slice is as usual again, against the rate of its fault, that ends an alarm. */
const calmFrom = 3
/** Evidence of a single hour that it is not. */
const badFrom = 0.5
/** A stretch in which a slice was out of the ordinary; `to` is infinite while it lasts. Hours. */
export interface Episode {
  since: number
  to: number
}
/** Episodes that are remembered: those that what is learned late may lie in. */
const episodesKept = 4

/** One way in which a slice may go wrong: its evidence, and whether it is an alarm. */
export class Watchpoint {
  readonly way: Way
  readonly evidence: Evidence
  /** The newest last. */
  readonly episodes: Episode[] = []
  /** Whether it is told: nothing else explains it. */
  isRoot = false
  /** First hour of what is told, null = nothing is. */
  began: number | null = null
  /** The root that explains it, null = none. */
  explainedBy: string | null = null
  /** Hour after which it is an alarm, null = it is none. */
  alarmedAt: number | null = null
  /** Start of a level that lasted and was taken as usual, hours. */
  newLevelSince: number | null = null
  #rate = 1
  #calm = 0
  #badAt = 0

  constructor(way: Way) {
    this.way = way
    this.evidence = new Evidence(way)
  }

  /**
   * Takes an hour in.
   * @param alarm weight that makes an alarm; @param settleHours after which what lasts is the new level
   */
  take(hour: number, seen: number, usual: number, spread: number, limits: AlarmLimits): void {
    this.evidence.take(hour, seen, usual, spread, limits.alarm + evidenceBeyond)
    if (this.alarmedAt === null) {
      if (this.evidence.weight >= limits.alarm && this.#matters(limits)) this.#begin(hour)
      return
    }
    const rate = this.#rateNow()
    this.#rate = this.way === 'low' ? Math.min(this.#rate, rate) : Math.max(this.#rate, rate)
    const gain = (seen * -Math.log(this.#rate) - usual * (1 - this.#rate)) / spread
    this.#calm = Math.max(0, this.#calm + gain)
    const between = (1 + this.#rate) / 2
    if ((seen * Math.log(between) + usual * (1 - between)) / spread > badFrom) this.#badAt = hour
    const lasts = hour - (this.episodes.at(-1)?.since ?? hour) >= limits.settleHours
    if (lasts) this.newLevelSince = this.episodes.at(-1)?.since ?? hour
    const isCalm = this.#calm >= calmFrom && hour - this.#badAt >= limits.restHours
    if (isCalm || lasts) this.#end(hour, lasts)
  }

  /** Whether an hour was part of an episode. */
  isOdd(hour: number): boolean {
    return this.episodes.some(({ since, to }) => hour >= since && hour <= to)
  }

  /** Makes it an alarm, as what explains others that are. */
  begin(hour: number, since: number): void {
    if (this.alarmedAt !== null) return
    this.#begin(hour)
    const episode = this.episodes.at(-1)
    if (episode !== undefined) episode.since = since
  }

  /** Drops the alarm: what explained it is over. */
  dismiss(hour: number): void {
    this.#end(hour, false)
  }

  #begin(hour: number): void {
    this.alarmedAt = hour
    this.explainedBy = null
    this.isRoot = false
    this.began = null
    this.newLevelSince = null
    this.#rate = this.#rateNow()
    this.#calm = 0
    this.#badAt = hour
    this.episodes.push({ since: this.evidence.stretch.since, to: Number.POSITIVE_INFINITY })
    if (this.episodes.length > episodesKept) this.episodes.shift()
  }

  /** A level that lasts is learned as if it had been ordinary. */
  #end(hour: number, isNewLevel: boolean): void {
    this.alarmedAt = null
    this.isRoot = false
    const last = this.episodes.at(-1)
    if (isNewLevel) this.episodes.pop()
    else if (last !== undefined) last.to = hour
    this.evidence.reset(hour)
  }

  #rateNow(): number {
    const { seen, usual } = this.evidence.stretch
    const rate = (seen + 1) / (usual + 1)
    return this.way === 'low' ? Math.min(0.75, rate) : Math.max(1.4, rate)
  }

  #matters({ leastShare, leastChange }: AlarmLimits): boolean {
    const { seen, usual } = this.evidence.stretch
    const change = this.way === 'low' ? usual - seen : seen - usual
    return change >= leastChange && change >= leastShare * usual
  }
}

/** What makes an alarm. */
export interface AlarmLimits {
  alarm: number
  leastShare: number
  /** Pieces. */
  leastChange: number
  settleHours: number
  /** Hours without anything bad before it is over. */
  restHours: number
}

/** What makes an alarm that people want to hear of. */
export interface TellingLimits extends AlarmLimits {
  /** Least change of what is told, for certain and in the unit of its metric. */
  leastTold: number
  /** It explains what it explains, but is not told. */
  isMuted: boolean
}

/** Evidence that is kept beyond what an alarm takes. */
const evidenceBeyond = 8
