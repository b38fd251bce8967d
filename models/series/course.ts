// What a series would show if nothing were wrong, bucket by bucket: its memory and several other opinions, weighed by
// what they were worth on it. While it strays far it learns cautiously; a level that lasts becomes the new one.

import type { Example } from '../forecast/index.ts'
import { Experts, expert, expertCount } from './experts.ts'
import type { Lookahead } from './lookahead.ts'
import { type Layout, Memory, type Outlook } from './memory.ts'
import type { Scale } from './scales.ts'
import type { Siblings } from './siblings.ts'
import { Stretch } from './stretch.ts'

/** A bucket as a course takes it. */
export interface Bucket {
  tick: number
  /** Place in the week. */
  place: number
  /** On the scale of the unit; NaN = nothing was seen. */
  scaled: number
  thinness: number
  /** Whether records are enough to judge it. */
  isTelling: boolean
}

/** A level that lasted became the new one. */
export interface Shift {
  /** When it began and when it was taken as the new one, ticks. */
  began: number
  tick: number
}

/** What a course may look at. */
export interface CourseParts {
  scale: Scale
  layout: Layout
  /** Value of an earlier bucket on the scale; NaN where it is not known. */
  past(tick: number): number
  siblings: Siblings | null
  /** Buckets after which a lasting level is the new one. */
  settleTicks: number
  /** What the forecaster says; null for series that it does not know. */
  lookahead: () => Lookahead | null
}

/** Standard deviations from what was expected up to which a value is learned while a series is astray. */
const learnedUpTo = 2
/** How fast the trend's level and slope follow, and how its slope fades; by the hour, by the day faster. */
const trends = { hour: { level: 0.03, slope: 0.002 }, day: { level: 0.2, slope: 0.05 } }
const fading = 0.98
const leastTrend = 24

/** The running expectation of one series. */
export class Course {
  readonly memory: Memory
  readonly #parts: CourseParts
  readonly #lookahead: Lookahead | null
  readonly #experts = new Experts()
  readonly #stretch: Stretch
  readonly #said = new Float64Array(expertCount)
  #level = Number.NaN
  #slope = 0
  #trendCount = 0
  #ownLevel = Number.NaN
  #ownCount = 0
  #pooledTo = Number.NEGATIVE_INFINITY
  /** Values before it belong to another level. */
  #since = Number.NEGATIVE_INFINITY
  /** The newest lasting change of level. */
  shift: Shift | null = null

  constructor(parts: CourseParts) {
    this.#parts = parts
    this.#lookahead = parts.lookahead()
    this.memory = new Memory(parts.scale, parts.layout)
    this.#stretch = new Stretch(parts.settleTicks)
  }

  /** What is expected of a bucket; then it is learned. Null where too little is known. */
  take(bucket: Bucket): Outlook | null {
    const { scale } = this.#parts
    const { memory } = this
    memory.turnTo(bucket.place)
    this.#lookahead?.turnTo(bucket.tick, bucket.place, memory)
    const usual = memory.expect(bucket.thinness)
    const outlook = usual === null ? null : this.#weigh(bucket, usual)
    if (Number.isNaN(bucket.scaled)) {
      this.#lookahead?.learn(bucket.tick, bucket.scaled, Number.NaN)
      return outlook
    }
    if (outlook === null) {
      memory.learn(bucket.scaled, bucket.thinness, null)
      return null
    }
    // Nothing that was said follows a fault, so all may be judged by it.
    this.#experts.learn(this.#said, bucket.scaled, outlook.sigma)
    const z = (bucket.scaled - outlook.expected) / outlook.sigma
    this.#lookahead?.learn(bucket.tick, bucket.scaled, bucket.isTelling ? z : Number.NaN)
    const standing = bucket.isTelling ? this.#stretch.take(bucket.tick, z) : 'calm'
    if (standing === 'settled') this.#settle(bucket.tick)
    if (standing === 'astray' && memory.knowsPlace) {
      const most = learnedUpTo * outlook.sigma
      const learned = Math.min(outlook.expected + most, Math.max(outlook.expected - most, bucket.scaled))
      memory.learn(Math.max(scale.forth(0), learned), bucket.thinness, outlook)
      return outlook
    }
    memory.learn(bucket.scaled, bucket.thinness, outlook)
    if (standing === 'calm') this.#learn(bucket)
    return outlook
  }

  /** Has each day that is over told as an example; null = no more. */
  collect(take: ((example: Example) => void) | null): void {
    if (this.#lookahead !== null) this.#lookahead.collect = take
  }

  /** Losses and weights of the opinions on the bucket taken last. */
  opinions(): { said: number[]; weights: number[] } {
    return { said: [...this.#said], weights: this.#experts.weights(this.#said) }
  }

  #weigh({ tick, place, thinness }: Bucket, usual: Outlook): Outlook {
    const said = this.#said
    const { past, siblings, layout, scale } = this.#parts
    const week = layout.week.length
    const last = tick - week >= this.#since ? past(tick - week) : Number.NaN
    said[expert.season] = usual.expected
    said[expert.week] = week > 1 ? last : Number.NaN
    said[expert.weeks] = week > 1 ? this.#middleOf(last, tick, week) : Number.NaN
    said[expert.trend] =
      this.#trendCount < leastTrend ? Number.NaN : this.#at(this.#level + this.#slope, this.memory.season())
    const shared = siblings?.season(tick, place) ?? Number.NaN
    said[expert.siblings] = this.#ownCount < 3 ? Number.NaN : this.#at(this.#ownLevel, shared)
    const net = this.#lookahead?.of(tick) ?? null
    said[expert.net] = net === null ? Number.NaN : net.expected
    const expected = this.#experts.mix(said)
    const least = scale.floor(expected) * Math.sqrt(1 + thinness)
    return { expected, sigma: Math.max(usual.sigma, least) }
  }

  /** Median of the same place in the last three weeks. */
  #middleOf(last: number, tick: number, week: number): number {
    const { past } = this.#parts
    if (tick - 3 * week < this.#since) return Number.NaN
    const [a, b, c] = [last, past(tick - 2 * week), past(tick - 3 * week)]
    return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c))
  }

  #at(level: number, season: number): number {
    return this.#parts.scale.isRatio ? level * season : level + season
  }

  #without(scaled: number, season: number): number {
    return this.#parts.scale.isRatio ? scaled / Math.max(0.05, season) : scaled - season
  }

  #learn({ tick, place, scaled }: Bucket): void {
    const { siblings, layout, scale } = this.#parts
    const rates = layout.day.length > 1 ? trends.hour : trends.day
    const bare = this.#without(scaled, this.memory.season())
    if (this.#trendCount++ === 0) this.#level = bare
    const level = this.#level
    const rate = Math.max(rates.level, 1 / this.#trendCount)
    this.#level = level + this.#slope + rate * (bare - level - this.#slope)
    if (this.#trendCount > leastTrend) {
      this.#slope = fading * this.#slope + rates.slope * (this.#level - level - fading * this.#slope)
    }
    if (siblings === null) return
    const shared = siblings.season(tick, place)
    if (!Number.isNaN(shared)) {
      this.#ownCount++
      const bareOfShared = this.#without(scaled, shared)
      const own = Number.isNaN(this.#ownLevel) ? bareOfShared : this.#ownLevel
      this.#ownLevel = own + (bareOfShared - own) / Math.min(this.#ownCount, 168)
    }
    if (tick <= this.#pooledTo || Number.isNaN(this.memory.level)) return
    this.#pooledTo = tick
    const usual = this.memory.level
    siblings.add(tick, place, scale.isRatio ? scaled / Math.max(1, usual) : scaled - usual)
  }

  /** What was seen since the stretch began makes the level from now on. */
  #settle(tick: number): void {
    const { began } = this.#stretch
    const { past } = this.#parts
    this.memory.forgetLevel()
    for (let at = began; at < tick; at++) {
      const scaled = past(at)
      if (!Number.isNaN(scaled)) this.memory.learnLevel(scaled)
    }
    this.#experts.forget()
    this.#trendCount = 0
    this.#slope = 0
    this.#ownCount = 0
    this.#ownLevel = Number.NaN
    this.#since = began
    this.#stretch.end()
    this.shift = { began, tick }
  }

  /** Begins anew, as if nothing had been seen; what siblings were told stays told. */
  restarted(): Course {
    const course = new Course(this.#parts)
    course.#pooledTo = this.#pooledTo
    return course
  }
}
