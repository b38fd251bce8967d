// One watched series as it is kept between cycles: its newest values, what was expected of them and how far they
// strayed. It takes one bucket after the other and never looks ahead.

import type { Example, Kind } from '../forecast/index.ts'
import { bandOf } from './baseline.ts'
import { Course, type Shift } from './course.ts'
import { hourMs, type Kept, keptOf } from './kept.ts'
import { type AskForecaster, Lookahead } from './lookahead.ts'
import { layoutOf, type Outlook, weekPlaceOf } from './memory.ts'
import { type Scale, scaleOf } from './scales.ts'
import type { Shared } from './shared.ts'
import type { Siblings } from './siblings.ts'
import type { Dimension, WatchedMetric } from './watched.ts'
import { zoneOffsetMs } from './zone.ts'

/** What a series is of. */
export interface SeriesName {
  watched: WatchedMetric
  dimension: Dimension
  dimensionValue: string
}

/** Where a series is measured. */
export interface SeriesPlace {
  timeZone: string
  /** Slices that do the same kind of work: warehouses with 3PLs, stores, vendors, carriers. */
  peers: string
}

/** What a series is kept with. */
export interface TrackedParts {
  stepMs: number
  /** First tick that it will take. */
  from: number
  /** Buckets after which a lasting level is the new one. */
  settleTicks: number
  siblings: Siblings | null
  /** Whether nothing is judged or learned on a day, `YYYY-MM-DD` on its own clock. */
  isClosed: ((day: string) => boolean) | null
  forecaster: AskForecaster
}

/** A series; buckets are named by their tick, the start divided by the length of a bucket. */
export class Tracked implements SeriesName, SeriesPlace {
  readonly watched: WatchedMetric
  readonly dimension: Dimension
  readonly dimensionValue: string
  readonly timeZone: string
  readonly peers: string
  readonly stepMs: number
  /** What slices of its kind have in common, taken off how far it strayed. */
  readonly common: Shared[] = []
  readonly #scale: Scale
  readonly #kept: Kept
  /** As they were read, NaN = no point. */
  readonly #points: Float32Array
  readonly #bottoms: Float32Array | null
  /** With what lasts between points; expectations and residuals on the scale of the unit. */
  readonly #values: Float32Array
  readonly #expected: Float32Array
  readonly #sigmas: Float32Array
  readonly #strayed: Float32Array
  readonly #isClosed: ((day: string) => boolean) | null
  #course: Course
  #held = Number.NaN
  /** First tick with a point, and the one after the newest taken. */
  first = Number.POSITIVE_INFINITY
  next: number

  constructor(
    name: SeriesName,
    place: SeriesPlace,
    { stepMs, from, settleTicks, siblings, isClosed, forecaster }: TrackedParts,
  ) {
    this.watched = name.watched
    this.dimension = name.dimension
    this.dimensionValue = name.dimensionValue
    this.timeZone = place.timeZone
    this.peers = place.peers
    this.stepMs = stepMs
    this.next = from
    this.#scale = scaleOf(name.watched.unit)
    this.#kept = keptOf(stepMs)
    this.#points = new Float32Array(this.#kept.values).fill(Number.NaN)
    this.#bottoms =
      name.watched.kind === 'ratio' ? new Float32Array(this.#kept.values).fill(Number.NaN) : null
    const scores = () => new Float32Array(this.#kept.scores).fill(Number.NaN)
    this.#values = scores()
    this.#expected = scores()
    this.#sigmas = scores()
    this.#strayed = scores()
    const layout = layoutOf(stepMs)
    const past = (tick: number) => this.#scale.forth(this.value(tick))
    this.#isClosed = isClosed
    const lookahead = () => (stepMs === hourMs ? new Lookahead(kindOf(name.watched), forecaster, past) : null)
    this.#course = new Course({ scale: this.#scale, layout, past, siblings, settleTicks, lookahead })
  }

  /** The newest level that lasted and became the new one, null where none did. */
  get shift(): Shift | null {
    return this.#course.shift
  }

  /**
   * Notes a point; buckets after it are taken by `advance`.
   * @returns whether it differs from what was known of a bucket already taken
   */
  note(tick: number, value: number, bottom: number): boolean {
    const slot = tick % this.#kept.values
    const before = this.#points[slot]
    const beforeBottom = this.#bottoms?.[slot]
    this.#points[slot] = value
    if (this.#bottoms !== null) this.#bottoms[slot] = bottom
    if (Number.isNaN(value)) return tick < this.next && !Number.isNaN(before as number)
    this.first = Math.min(this.first, tick)
    const isSame = Object.is(before, this.#points[slot]) && Object.is(beforeBottom, this.#bottoms?.[slot])
    return tick < this.next && !isSame
  }

  /** Forgets the points of the buckets from `next` up to `end`: their places held older ones. */
  makeRoom(end: number): void {
    for (let tick = this.next; tick < end; tick++) {
      this.#points[tick % this.#kept.values] = Number.NaN
      if (this.#bottoms !== null) this.#bottoms[tick % this.#kept.values] = Number.NaN
    }
  }

  /** Takes every bucket before `end`. */
  advance(end: number): void {
    while (this.next < end) this.#take(this.next++)
  }

  /** Takes all that is kept anew, up to `end`: a past value changed, or nothing was taken yet. */
  replay(end: number): void {
    this.#begin(end)
    this.advance(end)
  }

  #begin(end: number): void {
    this.#course = this.#course.restarted()
    this.#held = Number.NaN
    for (const list of [this.#values, this.#expected, this.#sigmas, this.#strayed]) list.fill(Number.NaN)
    this.next = Math.max(end - this.#kept.values, Math.min(this.first, end))
  }

  /** Takes all that is kept anew, and tells each day of it as an example. */
  examples(): Example[] {
    const told: Example[] = []
    const end = this.next
    this.#begin(end)
    this.#course.collect((example) => told.push(example))
    this.advance(end)
    this.#course.collect(null)
    return told
  }

  #take(tick: number): void {
    const slot = tick % this.#kept.values
    const { watched, stepMs } = this
    const point = this.#points[slot] as number
    if (!Number.isNaN(point)) this.#held = watched.kind === 'flow' && point === 0 ? this.#held : point
    const value = !Number.isNaN(point) ? this.#began(point) : this.#between()
    const bottom = this.#bottoms?.[slot] ?? Number.NaN
    const thinness = this.#scale.thinness(Number.isNaN(bottom) ? null : bottom)
    const isOpen = this.#isClosed?.(dayOf(tick * stepMs, stepMs, this.timeZone)) !== true
    const isTelling = isOpen && !(bottom < watched.leastRecords)
    const place = weekPlaceOf(stepMs, tick * stepMs, this.timeZone)
    const scaled = Number.isNaN(value) || !isOpen ? Number.NaN : this.#scale.forth(value)
    const outlook = this.#course.take({ tick, place, scaled, thinness, isTelling })
    this.#keep(tick, value, isTelling, outlook)
  }

  /** A flow begins with its first bucket above 0; the zeros before that are no part of it. */
  #began(point: number): number {
    return this.watched.kind === 'flow' && Number.isNaN(this.#held) ? Number.NaN : point
  }

  /** A state without a point is as it was, a flow 0, a ratio unknown. */
  #between(): number {
    if (this.watched.kind === 'state') return this.#held
    return this.watched.kind === 'flow' && !Number.isNaN(this.#held) ? 0 : Number.NaN
  }

  #keep(tick: number, value: number, isTelling: boolean, outlook: Outlook | null): void {
    const slot = tick % this.#kept.scores
    this.#values[slot] = value
    this.#expected[slot] = outlook?.expected ?? Number.NaN
    this.#sigmas[slot] = outlook?.sigma ?? Number.NaN
    if (outlook === null || !isTelling || Number.isNaN(value)) {
      this.#strayed[slot] = Number.NaN
      return
    }
    const sign = this.watched.concern === 'high' ? 1 : -1
    this.#strayed[slot] = (sign * (this.#scale.forth(value) - outlook.expected)) / outlook.sigma
  }

  /** Whether what was said of a bucket is still kept. */
  has(tick: number): boolean {
    return tick < this.next && tick >= this.next - this.#kept.scores
  }

  /** What was seen, NaN where nothing. */
  value(tick: number): number {
    return this.has(tick) ? (this.#values[tick % this.#kept.scores] as number) : Number.NaN
  }

  /** How far it strayed in the direction of concern, in standard deviations, before what is common; NaN = unknown. */
  alone(tick: number): number {
    return this.has(tick) ? (this.#strayed[tick % this.#kept.scores] as number) : Number.NaN
  }

  /** The same less what half of the slices of its kind strayed: that is the matter of the whole. */
  z(tick: number): number {
    let z = this.alone(tick)
    for (const shared of this.common) z -= shared.at(tick)
    return z
  }

  /** What was expected, as a band in the unit; null where nothing was. */
  band(tick: number) {
    if (!this.has(tick)) return null
    const slot = tick % this.#kept.scores
    const expected = this.#expected[slot] as number
    if (Number.isNaN(expected)) return null
    return bandOf({ expected, sigma: this.#sigmas[slot] as number }, this.#scale)
  }

  /** Whether a lack would show: where next to nothing is expected, nothing is no news. */
  canTell(tick: number): boolean {
    if (this.watched.kind !== 'flow' || this.watched.concern !== 'low') return true
    if (!this.has(tick)) return false
    const expected = this.#expected[tick % this.#kept.scores] as number
    return !Number.isNaN(expected) && this.#scale.back(expected) >= this.watched.leastChange
  }
}

function kindOf({ kind, unit }: WatchedMetric): Kind {
  if (unit === 'share') return 'share'
  if (kind === 'ratio') return 'hours'
  if (unit === 'cents') return 'amount'
  return kind === 'state' ? 'state' : 'flow'
}

/** Day on the clock of a place, `YYYY-MM-DD`. */
function dayOf(at: number, stepMs: number, timeZone: string): string {
  const local = stepMs === hourMs ? at + zoneOffsetMs(timeZone, at) : at
  return new Date(local).toISOString().slice(0, 10)
}

/** `dimension/value` of a series. */
export const sliceOf = (series: SeriesName): string => `${series.dimension}/${series.dimensionValue}`
