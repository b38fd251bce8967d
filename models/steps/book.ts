// The steps of a market, hour by hour: what was expected of every slice, and the evidence against it. What is learned
// of an hour is learned a day later, without what was out of the ordinary by then. It reads no tables.

import { isUnusualForShops } from './calendar.ts'
import type { AlarmLimits } from './evidence.ts'
import type { Way } from './kinds.ts'
import { type Leaf, Leaves, type StepRow } from './leaves.ts'
import type { Slice } from './slices.ts'
import {
  contextOf,
  dayAt,
  dayHours,
  isLate,
  partOf,
  placeOf,
  type StepPlace,
  stratumOf,
  weekHours,
} from './strata.ts'

/** What was seen of a leaf in an hour. */
export interface Entry {
  leaf: Leaf
  stratum: number
  atRisk: number
  done: number
  usual: number
}

/** An hour as it is remembered. */
export interface PastHour {
  hour: number
  entries: Entry[]
  sums: { slice: Slice; seen: number; usual: number; marked: number; isMuted: boolean }[]
}

/** Hours that are for learning only: the hours of a week have to be seen once, ages and places some times. */
const warmUpHours = 13 * dayHours
/** What may flow in against the usual, on days of which everybody knows, and while prices are reduced. */
const asUsual = { low: 1, high: 1 }
const unusual = { low: 0.4, high: 2.4 }
const reduced = { line: { low: 1, high: 2.6 }, order: { low: 0.9, high: 1.5 } }
/** Times the usual up to which odd hours are learned. */
const oddTimes = 1.5
/** Freight of one parcel counts up to so many times the usual. */
const largestTimes = 3
/** Hours that are remembered, for what alarms have in common. */
const rememberedHours = 120
/** Hours after which an hour is learned. */
const learnAfter = 24
const learnParcelsAfter = 108

/** Everything that is known of the steps of a market. */
export class StepBook {
  readonly #leaves: Leaves
  readonly #usual: StepPlace
  readonly #past: PastHour[] = []
  /** Slices of the hour under way. */
  #touched: Slice[] = []
  #learned = Number.NEGATIVE_INFINITY
  #learnedLate = Number.NEGATIVE_INFINITY
  #first = Number.NaN
  /** Slices with an alarm. */
  readonly alarmed = new Set<Slice>()
  /** Hour to be taken next, hours since 1970; NaN before the first. */
  next = Number.NaN

  /** @param usual where the most work is done */
  constructor(places: ReadonlyMap<string, StepPlace>, usual: StepPlace) {
    this.#leaves = new Leaves(places, usual)
    this.#usual = usual
  }

  /** All slices. */
  get slices(): Iterable<Slice> {
    return this.#leaves.slices.values()
  }

  /** Slices that are watched. */
  get size(): number {
    return this.#leaves.slices.size
  }

  /** The newest hours, the oldest first. */
  get past(): readonly PastHour[] {
    return this.#past
  }

  /** Leaves an hour out: nothing is judged or learned. */
  skip(hour: number): void {
    this.next = hour + 1
  }

  /** Whether enough was learned to judge. */
  get isWarm(): boolean {
    return this.next - this.#first > warmUpHours
  }

  /**
   * Takes the rows of an hour, and weighs what they say.
   * @param limitsOf what makes an alarm of a slice
   */
  take(hour: number, rows: readonly StepRow[], limitsOf: (slice: Slice, way: Way) => AlarmLimits): void {
    if (Number.isNaN(this.#first)) this.#first = hour
    this.next = hour + 1
    this.#touched = []
    const past: PastHour = { hour, entries: [], sums: [] }
    for (const row of rows) this.#enter(hour, row, past)
    this.#tell(hour, past)
    this.#flow(hour)
    const isWarm = this.isWarm
    const times = this.#timesOf(hour)
    for (const slice of this.#touched) {
      slice.isMuted ||= times(slice) !== asUsual
      const { seen, usual, marked, isMuted } = slice
      past.sums.push({ slice, seen, usual, marked, isMuted })
      if (isWarm) slice.weigh(hour, limitsOf, times(slice))
      if (slice.isAlarmed) this.alarmed.add(slice)
      else this.alarmed.delete(slice)
    }
    this.#past.push(past)
    this.#learnDue(hour)
    while ((this.#past[0]?.hour ?? hour) < hour - rememberedHours) this.#past.shift()
    if (hour % dayHours === 0) this.#leaves.fade()
  }

  #add(slice: Slice, hour: number, seen: number, usual: number, marked: number, isMuted: boolean): void {
    if (slice.touched !== hour) this.#touched.push(slice)
    slice.add(hour, seen, usual, marked, isMuted)
  }

  #enter(hour: number, row: StepRow, past: PastHour): void {
    const leaf = this.#leaves.of(row.name)
    if (leaf === null) return
    if (leaf.law === null) {
      const marked = row.stratum === 1 ? row.done : 0
      for (const slice of leaf.slices) this.#add(slice, hour, row.done, 0, marked, false)
      return
    }
    const stratum = stratumOf(leaf.kind.step, row.stratum)
    const rate = leaf.law.rate(leaf.own, leaf.peers, contextOf(hour, leaf), stratum)
    const usual = partOf(hour, leaf) * rate * row.atRisk
    const isPriced = leaf.kind.step === 'freight' && !Number.isNaN(usual)
    const done = isPriced ? Math.min(row.done, largestTimes * usual) : row.done
    past.entries.push({ leaf, stratum, atRisk: row.atRisk, done, usual })
  }

  /** No more is expected of a node than it was seen to do; then the slices are told. */
  #tell(hour: number, { entries }: PastHour): void {
    for (const [leaf, own] of Map.groupBy(entries, (entry) => entry.leaf)) {
      const most =
        leaf.capacity?.most(Math.floor(contextOf(hour, leaf) / dayHours)) ?? Number.POSITIVE_INFINITY
      const usual = own.reduce((sum, entry) => sum + entry.usual, 0)
      const part = usual > most ? most / usual : 1
      const isMuted = partOf(hour, leaf) < 1
      for (const entry of own) {
        entry.usual *= part
        if (Number.isNaN(entry.usual)) continue
        for (const slice of leaf.slices) this.#add(slice, hour, entry.done, entry.usual, 0, isMuted)
      }
    }
  }

  /** What flows in is expected also where nothing came. */
  #flow(hour: number): void {
    const place = placeOf(hour, this.#usual.timeZone)
    for (const slice of this.#leaves.flows) {
      this.#add(slice, hour, 0, 0, 0, false)
      slice.usual = slice.flow?.expected(place) ?? Number.NaN
    }
  }

  /** What may be expected of slices in an hour against the usual: of what flows in more where prices are reduced. */
  #timesOf(hour: number): (slice: Slice) => Readonly<Record<Way, number>> {
    const isUnusual = isUnusualForShops(dayAt(hour, this.#usual), this.#usual.country)
    let isReduced = false
    for (const slice of this.#leaves.flows) {
      if (slice.kind.step !== 'line') continue
      slice.noteMarked()
      isReduced ||= slice.isReduced
    }
    return (slice) => {
      if (slice.kind.step === 'line') return slice.isReduced ? reduced.line : isUnusual ? unusual : asUsual
      if (slice.kind.step !== 'order') return asUsual
      return isUnusual ? unusual : isReduced ? reduced.order : asUsual
    }
  }

  /** What parcels do shows only after days: it is learned later than the rest. */
  #learnDue(hour: number): void {
    for (const late of [false, true]) {
      const lag = this.isWarm ? (late ? learnParcelsAfter : learnAfter) : 0
      for (const past of this.#past) {
        if (past.hour >= hour - lag) break
        if (past.hour < (late ? this.#learnedLate : this.#learned)) continue
        this.#learn(past, late)
        if (late) this.#learnedLate = past.hour + 1
        else this.#learned = past.hour + 1
      }
    }
  }

  #learn(past: PastHour, late: boolean): void {
    const { hour } = past
    const doneBy = new Map<Leaf, number>()
    for (const { leaf, stratum, atRisk, done } of past.entries) {
      if (isLate(leaf.kind) !== late) continue
      if (leaf.slices.some((slice) => slice.isOdd(hour)) || partOf(hour, leaf) < 1) continue
      if (!Number.isNaN(done))
        leaf.law?.learn(leaf.own, leaf.peers, contextOf(hour, leaf), stratum, atRisk, done)
      if (leaf.capacity !== null) doneBy.set(leaf, (doneBy.get(leaf) ?? 0) + done)
    }
    for (const [leaf, done] of doneBy)
      leaf.capacity?.learn(Math.floor(contextOf(hour, leaf) / dayHours), done)
    const place = placeOf(hour, this.#usual.timeZone)
    const isSteady = hour - this.#first > weekHours
    for (const { slice, seen, usual: before, marked, isMuted } of past.sums) {
      if (isLate(slice.kind) !== late) continue
      const isOdd = isMuted || slice.isOdd(hour)
      if (isSteady && !isOdd && !Number.isNaN(before)) scatter(slice, seen, before)
      const { flow } = slice
      if (flow === null) continue
      const usual = flow.expected(place)
      // What was out of the ordinary is learned a little, so that what comes again is no surprise for ever.
      if (!isOdd) flow.learn(place, seen)
      else if (!isMuted && !Number.isNaN(usual))
        flow.learn(place, Math.max(usual / oddTimes, Math.min(usual * oddTimes, seen)))
      if (!isOdd) slice.learnMarked(seen, marked)
    }
  }
}

function scatter(slice: Slice, seen: number, usual: number): void {
  slice.scatter.take(seen, usual)
  slice.kin.scatter.take(seen, usual)
}
