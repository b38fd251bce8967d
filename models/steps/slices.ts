// The slices of a step: what was seen and usual of each in an hour, and the evidence that it strays. They know no
// tables.

import { type AlarmLimits, Watchpoint } from './evidence.ts'
import type { StepColumn, StepKind, Way } from './kinds.ts'
import { FlowLaw } from './laws.ts'
import { Scatter } from './scatter.ts'

/** What is not known or not one is no slice. */
const noValue = ['none', 'unknown', 'multiple', 'mixed', '']
/** Expected pieces by which the scatter of a slice is drawn towards that of its kin. */
const scatterPull = 60

/** What is left of what was learned of marks after an hour. */
const markedKept = 0.997
const latelyKept = 0.7
/** A class is bought for its price where this much more of it than usual is reduced. */
const reducedTimes = 3
const reducedLeast = 0.2

/** Slices of a step by the same columns: they share how much they scatter. */
export interface Kin {
  kind: StepKind
  columns: readonly StepColumn[]
  scatter: Scatter
  slices: Slice[]
}

/** One slice of one step. */
export class Slice {
  readonly kin: Kin
  readonly kind: StepKind
  /** `dimension/value`; conjunctions are joined by ` x `. */
  readonly key: string
  readonly dimension: string
  readonly value: string
  readonly ways: readonly Watchpoint[]
  readonly scatter = new Scatter()
  /** What flows in has a law for each slice. */
  readonly flow: FlowLaw | null
  /** Of the hour under way. */
  seen = 0
  usual = 0
  /** Part of what was seen that is marked: lines at a reduced price. */
  marked = 0
  /** Whether something of it is not expected in full: a holiday. */
  isMuted = false
  touched = -1
  #markedUsual = 0
  #markedOf = 0
  #seenLately = 1
  #markedLately = 0

  constructor(kin: Kin, value: string) {
    this.kin = kin
    this.kind = kin.kind
    this.dimension = kin.columns.length === 0 ? 'all' : kin.columns.join(' x ')
    this.value = kin.columns.length === 0 ? 'all' : value
    this.key = `${this.dimension}/${this.value}`
    this.ways = kin.kind.ways.map((way) => new Watchpoint(way))
    this.flow = kin.kind.law === 'flow' ? new FlowLaw() : null
  }

  /** Adds to what was seen and usual in an hour. */
  add(hour: number, seen: number, usual: number, marked = 0, isMuted = false): void {
    if (this.touched !== hour) {
      this.touched = hour
      this.seen = 0
      this.usual = 0
      this.marked = 0
      this.isMuted = false
    }
    this.isMuted ||= isMuted
    this.seen += seen
    this.usual += usual
    this.marked += marked
  }

  /** Whether more of it than usual was bought at a reduced price lately. */
  get isReduced(): boolean {
    return this.#markedLately >= Math.max(reducedTimes * this.markedShare, reducedLeast) * this.#seenLately
  }

  /** Notes what was bought at a reduced price. */
  noteMarked(): void {
    this.#seenLately = this.#seenLately * latelyKept + this.seen
    this.#markedLately = this.#markedLately * latelyKept + this.marked
  }

  /** Learns which part is usually marked. */
  learnMarked(seen: number, marked: number): void {
    this.#markedUsual = this.#markedUsual * markedKept + marked
    this.#markedOf = this.#markedOf * markedKept + seen
  }

  /** Part that is usually marked. */
  get markedShare(): number {
    return this.#markedUsual / Math.max(1, this.#markedOf)
  }

  /** Variance against that of chance. */
  get spread(): number {
    const ofKin = this.kin.scatter.spread(1, 20)
    return this.scatter.spread(ofKin, scatterPull)
  }

  /** Takes the hour under way as evidence. @param times what may be expected against the usual */
  weigh(
    hour: number,
    limitsOf: (slice: Slice, way: Way) => AlarmLimits,
    times: Readonly<Record<Way, number>>,
  ): void {
    if (this.touched !== hour || Number.isNaN(this.usual)) return
    const { spread } = this
    for (const one of this.ways) {
      one.take(hour, this.seen, this.usual * times[one.way], spread, limitsOf(this, one.way))
    }
  }

  /** Whether there is an alarm in any way. */
  get isAlarmed(): boolean {
    return this.ways.some(({ alarmedAt }) => alarmedAt !== null)
  }

  /** Whether an hour was out of the ordinary in any way. */
  isOdd(hour: number): boolean {
    return this.ways.some((one) => one.isOdd(hour))
  }
}

/** The value of a conjunction, or null where a part of it is not known. */
export function valueIn(
  row: Readonly<Record<StepColumn, string>>,
  columns: readonly StepColumn[],
): string | null {
  let value = ''
  for (const column of columns) {
    const part = row[column]
    if (noValue.includes(part)) return null
    value = value === '' ? part : `${value} x ${part}`
  }
  return value
}
