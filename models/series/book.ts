// The watched series of a market with buckets of one length, kept between cycles: it reads what is new or changed,
// lets each series take it, and says what slices have in common. The cost of a cycle does not grow with history.

import { setImmediate } from 'node:timers/promises'
import type { Queries } from '#data/warehouse'
import { type Example, type Examples, type Forward, laidOut } from '../forecast/index.ts'
import {
  batches,
  busiest,
  keyOf,
  leastPoints,
  noPlace,
  range,
  settleTicksOf,
  slicesAtMost,
  tellingOf,
} from './choice.ts'
import { type Caught, type Look, type Span, spanOf } from './ground.ts'
import { keptOf } from './kept.ts'
import { layoutOf } from './memory.ts'
import {
  type Places,
  placeOf,
  placesOf,
  readCounts,
  readHistory,
  readPoints,
  readRevised,
  type SeriesCount,
  type StoredPoint,
  type StoredSeries,
} from './read.ts'
import { Judgement } from './settings.ts'
import { Shared } from './shared.ts'
import { Siblings } from './siblings.ts'
import { Tracked } from './tracked.ts'
import { type WatchedMetric, watchedOf } from './watched.ts'

/** Buckets before the newest that are read again: they may have been told as complete a moment too early. */
const readAgain = 2
/** Ticks that count after they were scored: what is common of older ones stays as it was. */
const settledTicks = 120
/** Points after which what could tell nothing is asked again. */
const strangersRest = 64
/** Work between two pauses, in buckets taken. */
const bucketsAtOnce = 12_000

/** The series of a market by the hour or by the day. */
export class SeriesBook {
  readonly #market: string
  readonly #stepMs: number
  /** By metric, dimension and value: a metric may be watched in both directions. */
  readonly #byKey = new Map<string, Tracked[]>()
  readonly #groups = new Map<string, Shared>()
  readonly #siblings = new Map<string, Siblings>()
  /** Series that could not tell anything so far, with their buckets that had records enough. */
  readonly #strangers = new Map<string, number>()
  #span: Span | null = null
  #places = ''
  #judgement = new Judgement()
  #run = 0

  /** @param stepMs an hour or a day */
  constructor(market: string, stepMs: number) {
    this.#market = market
    this.#stepMs = stepMs
  }

  /** Asked for an opinion on each day to come, from when it is set on. */
  forecaster: Forward | null = null
  /** The series, in an order that does not change with what was read first. */
  series: readonly Tracked[] = []
  /** The series as the last whole cycle left them, up to its end; it can be read while another one is under way. */
  settled: { series: readonly Tracked[]; end: number } = { series: [], end: 0 }

  /**
   * Brings every series up to the last complete bucket before `now`.
   * @returns null where the market has no data yet
   */
  async catchUp(queries: Queries, { ground, now, judgement }: Look): Promise<Caught | null> {
    const stepMs = this.#stepMs
    const known = spanOf(ground, now, stepMs)
    if (known === null) return null
    const span = { start: Math.max(known.start, known.end - keptOf(stepMs).values), end: known.end }
    const places = placesOf(ground)
    const revised = await readRevised(queries, this.#market, span, stepMs, this.#run)
    const before = this.#span
    const isFar = before === null || span.end < before.end || span.end - before.end > settledTicks
    const isOther = judgement.course !== this.#judgement.course
    const isNew = isFar || isOther || JSON.stringify([...places.ofNode]) !== this.#places
    this.#judgement = judgement
    if (isNew) await this.#readAll(queries, span, places)
    else await this.#readNews(queries, { ...span, from: before.end }, places, revised.ticks)
    this.#places = JSON.stringify([...places.ofNode])
    this.#span = span
    this.#run = revised.run
    this.settled = { series: this.series, end: span.end }
    return { ...span, isNew }
  }

  /**
   * Days of the series to learn from, of as many series as give the examples wanted: every so many-th.
   * @param most examples
   */
  async examples(most: number): Promise<Examples> {
    const perSeries = Math.max(1, keptOf(this.#stepMs).values / 24 - 7)
    const every = Math.max(1, Math.ceil((this.series.length * perSeries) / most))
    const told: Example[] = []
    for (let i = 0; i < this.series.length; i += every) {
      const series = this.series[i] as Tracked
      // The first days have nothing to be seen of.
      told.push(...series.examples().slice(14))
      await setImmediate()
    }
    return laidOut(told)
  }

  async #readAll(queries: Queries, span: Span, places: Places): Promise<void> {
    this.#byKey.clear()
    this.#groups.clear()
    this.#siblings.clear()
    this.#strangers.clear()
    const counts = await readCounts(queries, this.#market, span, this.#stepMs)
    const kept: SeriesCount[] = []
    for (const one of busiest(counts)) {
      if (tellingOf(one, this.#stepMs).length > 0) kept.push(one)
      else this.#strangers.set(keyOf(one.metric, one.dimension, one.value), one.telling)
    }
    const names = new Set(kept.map(({ metric, dimension, value }) => keyOf(metric, dimension, value)))
    for (const metrics of batches(kept)) {
      const wanted = { metrics, values: null }
      for (const row of await readHistory(queries, this.#market, span, this.#stepMs, wanted)) {
        if (names.has(keyOf(row.metric, row.dimension, row.value))) this.#enter(row, span, places)
      }
      await setImmediate()
    }
    this.#order()
    // The oldest first: the young learn the season from them.
    const byAge = this.series.toSorted((a, b) => a.first - b.first)
    await this.#take(byAge, span.end, 'replay')
    await this.#settle(new Set(this.#groups.values()), span.end - keptOf(this.#stepMs).scores, span.end)
  }

  /** A series enters the book in each direction in which it is watched and can tell something. */
  #enter(row: StoredSeries, span: Span, places: Places): Tracked[] {
    const ticks = JSON.parse(row.ticks) as number[]
    const shown = JSON.parse(row.shown) as number[]
    const bottoms = JSON.parse(row.bottoms) as number[]
    const most = shown.reduce((high, value) => Math.max(high, value), Number.NEGATIVE_INFINITY)
    const entered: Tracked[] = []
    for (const watched of watchedOf(this.#stepMs)) {
      if (watched.metric !== row.metric || !watched.dimensions.includes(row.dimension)) continue
      const telling = bottoms.filter((bottom) => bottom >= watched.leastRecords).length
      if (watched.kind === 'ratio' ? telling < leastPoints : most < watched.leastChange) continue
      const name = { watched, dimension: row.dimension, dimensionValue: row.value }
      const place = placeOf(places, row.dimension, row.value, this.#stepMs)
      const series = new Tracked(name, place, {
        stepMs: this.#stepMs,
        from: span.start,
        settleTicks: settleTicksOf(this.#judgement, this.#stepMs),
        forecaster: () => this.forecaster,
        isClosed: this.#judgement.hasClosedDays ? (day) => this.#judgement.isClosed(day) : null,
        siblings: this.#siblingsOf(watched, row.dimension, place.timeZone),
      })
      for (const [i, tick] of ticks.entries()) series.note(tick, shown[i] as number, bottoms[i] as number)
      this.#join(series)
      entered.push(series)
    }
    const key = keyOf(row.metric, row.dimension, row.value)
    if (entered.length > 0) this.#byKey.set(key, entered)
    return entered
  }

  #join(series: Tracked): void {
    const { watched, dimension, peers } = series
    const kin = `${watched.metric}/${watched.concern}/${dimension}`
    for (const key of new Set([`${kin}/of ${peers}`, kin])) {
      const group = this.#groups.get(key) ?? new Shared(this.#stepMs)
      this.#groups.set(key, group)
      group.join(series)
    }
  }

  #siblingsOf({ metric, concern }: WatchedMetric, dimension: string, timeZone: string): Siblings {
    const key = `${metric}/${concern}/${dimension}/${timeZone}`
    const known = this.#siblings.get(key) ?? new Siblings(layoutOf(this.#stepMs).week.length)
    this.#siblings.set(key, known)
    return known
  }

  #order(): void {
    this.series = [...this.#byKey].sort(([a], [b]) => (a < b ? -1 : 1)).flatMap(([, each]) => each)
  }

  async #readNews(
    queries: Queries,
    span: Span & { from: number },
    places: Places,
    revised: readonly number[],
  ): Promise<void> {
    const from = Math.max(span.start, span.from - readAgain)
    const changed = revised.filter((tick) => tick < from)
    const points = await readPoints(queries, this.#market, this.#stepMs, { from, end: span.end, changed })
    for (const series of this.series) series.makeRoom(span.end)
    const dirty = this.#note(points, new Set([...changed, ...range(from, span.from)]))
    const entered = await this.#readStrangers(queries, span, places, points)
    const all = new Set([...dirty, ...entered])
    await this.#take([...all], span.end, 'replay')
    await this.#take(this.series, span.end, 'advance')
    const groups = new Set([...all].flatMap((series) => series.common))
    await this.#settle(groups, Math.max(span.start, span.end - settledTicks), span.from)
    await this.#settle(new Set(this.#groups.values()), span.from, span.end)
  }

  /** @returns the series of which a bucket already taken is not as before */
  #note(points: readonly StoredPoint[], readAnew: ReadonlySet<number>): Set<Tracked> {
    const dirty = new Set<Tracked>()
    const told = new Map<number, Set<Tracked>>([...readAnew].map((tick) => [tick, new Set()]))
    for (const { metric, dimension, value, tick, shown, bottom } of points) {
      for (const series of this.#byKey.get(keyOf(metric, dimension, value)) ?? []) {
        if (series.note(tick, shown, bottom)) dirty.add(series)
        told.get(tick)?.add(series)
      }
    }
    for (const [tick, known] of told) {
      for (const series of this.series) {
        if (!known.has(series) && series.note(tick, Number.NaN, Number.NaN)) dirty.add(series)
      }
    }
    return dirty
  }

  /** Series that can tell something now enter with their history. */
  async #readStrangers(
    queries: Queries,
    span: Span,
    places: Places,
    points: readonly StoredPoint[],
  ): Promise<Tracked[]> {
    const metrics = new Set<string>()
    const values = new Set<string>()
    const names = new Set<string>()
    for (const point of points) {
      const { metric, dimension, value, shown, bottom } = point
      const key = keyOf(metric, dimension, value)
      if (this.#byKey.has(key) || noPlace.includes(value) || this.#byKey.size > 20 * slicesAtMost) continue
      const telling = (this.#strangers.get(key) ?? 0) + 1
      this.#strangers.set(key, telling)
      const now = { ...point, points: 1, most: shown, telling: bottom >= 1 ? telling : 0 }
      if (tellingOf(now, this.#stepMs).length === 0) continue
      metrics.add(metric)
      values.add(value)
      names.add(key)
    }
    if (names.size === 0) return []
    const wanted = { metrics: [...metrics], values: [...values] }
    const rows = await readHistory(queries, this.#market, span, this.#stepMs, wanted)
    const entered = rows
      .filter(({ metric, dimension, value }) => names.has(keyOf(metric, dimension, value)))
      .flatMap((row) => this.#enter(row, span, places))
    if (entered.length > 0) this.#order()
    // What could tell nothing after all is asked again once it has more points.
    for (const name of names) if (!this.#byKey.has(name)) this.#strangers.set(name, -strangersRest)
    return entered
  }

  /** Lets other work run in between. */
  async #take(series: readonly Tracked[], end: number, how: 'replay' | 'advance'): Promise<void> {
    let buckets = 0
    for (const one of series) {
      buckets += how === 'replay' ? keptOf(this.#stepMs).values : end - one.next
      one[how](end)
      if (buckets < bucketsAtOnce) continue
      buckets = 0
      await setImmediate()
    }
  }

  async #settle(groups: ReadonlySet<Shared>, from: number, end: number): Promise<void> {
    const scratch = new Float64Array(Math.max(1, this.series.length))
    let done = 0
    for (const group of this.#groups.values()) {
      if (!groups.has(group)) continue
      for (let tick = from; tick < end; tick++) {
        group.settle(tick, scratch)
        done += group.size
        if (done < bucketsAtOnce * 10) continue
        done = 0
        await setImmediate()
      }
    }
  }
}
