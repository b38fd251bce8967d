// What is expected of a step in an hour: rates by place, hour and age that are learned from what came before, and the
// hours of the week of what flows in. A law is asked before it learns; it never looks ahead.

/** Weight that is left of what was learned after a day. */
const keptPerDay = 0.97

/** Sums of what there was and what was done, by cell. */
class Cells {
  readonly seen: Float64Array
  readonly done: Float64Array

  constructor(cells: number) {
    this.seen = new Float64Array(cells)
    this.done = new Float64Array(cells)
  }

  add(cell: number, seen: number, done: number): void {
    this.seen[cell] = (this.seen[cell] as number) + seen
    this.done[cell] = (this.done[cell] as number) + done
  }

  /** The rate of a cell, drawn towards another one by so many pieces. */
  rate(cell: number, towards: number, pull: number): number {
    return ((this.done[cell] as number) + pull * towards) / ((this.seen[cell] as number) + pull)
  }

  fade(part: number): void {
    for (let i = 0; i < this.seen.length; i++) {
      this.seen[i] = (this.seen[i] as number) * part
      this.done[i] = (this.done[i] as number) * part
    }
  }
}

/** How a rate law is laid out. */
export interface RateShape {
  /** Hours of working days, Saturdays and Sundays, or weekdays; 1 = none. */
  contexts: number
  /** Contexts that are alike but for the kind of day: their number divides the contexts. */
  alike: number
  /** Ages, or days and parts of days. */
  strata: number
  /** Pieces that the rate of all alike counts beside those of one cell. */
  pull: number
  /**
   * How fast a place is against its peers before it was seen, and pieces that this counts; null = as fast as they.
   * `kinds`: parts of its contexts that are told apart, since some places are closed on Sundays and some are not.
   */
  pace: { first: number; pull: number; kinds: number } | null
}

/** A place is taken for at most so many times faster than its peers. */
const paceMost = 3

/**
 * Rates by place, context (hour of the place) and stratum (age). What a place has seen little of is taken from its
 * peers, as fast as it is against them; what those have seen little of from the same hour of other days, and that from
 * all hours.
 */
export class RateLaw {
  readonly #shape: RateShape
  readonly #all: Cells
  /** By hour alone, and by hour and stratum. */
  readonly #hours = new Map<string, Cells>()
  readonly #alike = new Map<string, Cells>()
  readonly #peers = new Map<string, Cells>()
  readonly #own = new Map<string, Cells>()
  /** What peers would have done in the place of each, and what it did. */
  readonly #paces = new Map<string, Cells>()

  constructor(shape: RateShape) {
    this.#shape = shape
    this.#all = new Cells(shape.strata)
  }

  /** Part of what is there that is expected to be done, or its mean amount; NaN while nothing is known. */
  rate(own: string, peers: string, context: number, stratum: number): number {
    const { strata, pull, pace } = this.#shape
    const ofPeers = this.#ofPeers(peers, context, stratum)
    if (Number.isNaN(ofPeers)) return Number.NaN
    const asFast = pace === null ? ofPeers : Math.min(1, ofPeers * this.#paceOf(own, context, pace))
    return this.#own.get(own)?.rate(context * strata + stratum, asFast, pull) ?? asFast
  }

  learn(own: string, peers: string, context: number, stratum: number, seen: number, done: number): void {
    const { contexts, alike, strata, pace } = this.#shape
    const cell = context * strata + stratum
    const ofPeers = pace === null ? Number.NaN : this.#ofPeers(peers, context, stratum)
    if (pace !== null && !Number.isNaN(ofPeers))
      cellsOf(this.#paces, own, pace.kinds).add(this.#kindOf(context, pace), ofPeers * seen, done)
    this.#all.add(stratum, seen, done)
    cellsOf(this.#hours, peers, alike).add(context % alike, seen, done)
    cellsOf(this.#alike, peers, alike * strata).add((context % alike) * strata + stratum, seen, done)
    cellsOf(this.#peers, peers, contexts * strata).add(cell, seen, done)
    cellsOf(this.#own, own, contexts * strata).add(cell, seen, done)
  }

  #ofPeers(peers: string, context: number, stratum: number): number {
    const { alike, strata, pull } = this.#shape
    const all = this.#all.rate(stratum, 0, 0)
    if (Number.isNaN(all)) return Number.NaN
    const hour = context % alike
    const anyAge = alike === 1 ? all : (this.#hours.get(peers)?.rate(hour, all, 1) ?? all)
    const ofHour = this.#alike.get(peers)?.rate(hour * strata + stratum, anyAge, pull) ?? anyAge
    return this.#peers.get(peers)?.rate(context * strata + stratum, ofHour, pull) ?? ofHour
  }

  #paceOf(own: string, context: number, pace: NonNullable<RateShape['pace']>): number {
    const { first, pull } = pace
    return Math.min(paceMost, this.#paces.get(own)?.rate(this.#kindOf(context, pace), first, pull) ?? first)
  }

  #kindOf(context: number, { kinds }: NonNullable<RateShape['pace']>): number {
    return Math.floor((context * kinds) / this.#shape.contexts)
  }

  /** A day is over: what is older counts less. */
  fade(): void {
    this.#all.fade(keptPerDay)
    for (const map of [this.#hours, this.#alike, this.#peers, this.#own, this.#paces])
      for (const cells of map.values()) cells.fade(keptPerDay)
  }
}

function cellsOf(map: Map<string, Cells>, key: string, count: number): Cells {
  const known = map.get(key)
  if (known !== undefined) return known
  const cells = new Cells(count)
  map.set(key, cells)
  return cells
}

/** How much of what a node was seen to do at most is left after a day, and how fast more is believed. */
const capacityKept = 0.97
const capacityGain = 0.5
/** Hours with work done from which on a kind of day is judged by itself. */
const capacityFrom = 12

/** What a node gets done in an hour at most, by kind of day, as it was seen: more cannot be expected of it. */
export class Capacity {
  readonly #most: Float64Array
  readonly #hours: Float64Array

  /** @param kinds of day */
  constructor(kinds: number) {
    this.#most = new Float64Array(kinds)
    this.#hours = new Float64Array(kinds)
  }

  /** The most of a kind of day; of all while too little of it was seen. */
  most(kind: number): number {
    if ((this.#hours[kind] as number) >= capacityFrom) return this.#most[kind] as number
    const most = Math.max(...this.#most)
    return most > 0 ? most : Number.POSITIVE_INFINITY
  }

  learn(kind: number, done: number): void {
    const known = this.#most[kind] as number
    if (done > 0) this.#hours[kind] = (this.#hours[kind] as number) + 1
    if (done > known) this.#most[kind] = known + capacityGain * (done - known)
  }

  fade(): void {
    for (let kind = 0; kind < this.#most.length; kind++)
      this.#most[kind] = (this.#most[kind] as number) * capacityKept
  }
}

const weekHours = 168
/** Weeks that the hour of the day and the weekday count for, beside the hour of the week itself. */
const pullWeeks = 2
/** How much of the level of an hour ago is left, and hours of ordinary flow that steady it. */
const levelKept = 0.985
const levelPull = 24

/** What flows in by the hour of the week, at the level of late. */
export class FlowLaw {
  readonly #week = new Cells(weekHours)
  readonly #hours = new Cells(24)
  readonly #days = new Cells(7)
  readonly #all = new Cells(1)
  #levelSeen = 0
  #levelUsual = 0
  #learned = 0

  /** @param place in the week, 0 to 167; NaN while nothing is known */
  expected(place: number): number {
    if (this.#learned === 0) return Number.NaN
    return this.#usual(place) * this.level
  }

  /** Level of late against that of the weeks. */
  get level(): number {
    const pull = Math.max(8, levelPull * this.#all.rate(0, 0, 1e-9))
    return (this.#levelSeen + pull) / (this.#levelUsual + pull)
  }

  learn(place: number, value: number): void {
    if (++this.#learned > weekHours) {
      this.#levelUsual = this.#levelUsual * levelKept + this.#usual(place)
      this.#levelSeen = this.#levelSeen * levelKept + value
    }
    // What is learned of the week is learned at the level of the weeks.
    const bare = value / this.level
    this.#week.add(place, 1, bare)
    this.#hours.add(place % 24, 1, bare)
    this.#days.add(Math.floor(place / 24), 1, bare)
    this.#all.add(0, 1, bare)
  }

  fade(): void {
    for (const cells of [this.#week, this.#hours, this.#days, this.#all]) cells.fade(keptPerDay)
  }

  #usual(place: number): number {
    const mean = this.#all.rate(0, 0, 1e-9)
    if (!(mean > 0)) return 0
    const hour = this.#hours.rate(place % 24, mean, 1)
    const day = this.#days.rate(Math.floor(place / 24), mean, 12)
    return this.#week.rate(place, (hour * day) / mean, pullWeeks)
  }
}
