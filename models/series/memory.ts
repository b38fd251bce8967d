// What is remembered of one series: its level, its seasons and how far it strayed from them, in one list of numbers
// of fixed length. It is asked before it learns, so that nothing it says comes from the bucket itself or later ones.

import type { Scale } from './scales.ts'
import { add, clear, midmean, quantile, sizeOf, type Window, windowLength } from './window.ts'
import { zoneOffsetMs } from './zone.ts'

/** A bucket's expectation on the scale of its unit. */
export interface Outlook {
  expected: number
  sigma: number
}

const hourMs = 3_600_000
const dayMs = 24 * hourMs
/** Earlier values without which nothing is said. */
const leastHistory = 8
/** Values of one place in the week, and of one place in the day, that make its season. */
const weeksKept = 8
const daysKept = 28
/** Values after which a place in the day is judged by its own spread about as much as by that of all. */
const ownSpreadFrom = 10

/** Places of the single numbers in the list. */
const sinceLevel = 0
const levelAt = 1
const spreadAt = 2
const settledAt = 3
const scalars = 4

/** How the memory of a series with buckets of a length is laid out. */
export interface Layout {
  stepMs: number
  hasSeasons: boolean
  levelEvery: number
  seasonsFrom: number
  levels: Window
  strayed: Window
  /** By place in the week. */
  week: readonly Window[]
  /** By place in the day: season, and how far it strayed. */
  day: readonly Window[]
  dayStrayed: readonly Window[]
  /** Numbers in all. */
  length: number
}

const layouts = new Map<number, Layout>()

/** The layout for buckets of `stepMs`: an hour or a day has seasons. */
export function layoutOf(stepMs: number): Layout {
  const known = layouts.get(stepMs)
  if (known !== undefined) return known
  const isHourly = stepMs === hourMs
  let length = scalars
  const window = (capacity: number, isSorted: boolean): Window => {
    const at = length
    length += windowLength({ capacity, isSorted })
    return { at, capacity, isSorted }
  }
  const places = (count: number, capacity: number, isSorted: boolean) =>
    Array.from({ length: count }, () => window(capacity, isSorted))
  const layout: Layout = {
    stepMs,
    hasSeasons: isHourly || stepMs === dayMs,
    levelEvery: isHourly ? 6 : 1,
    seasonsFrom: isHourly ? 24 : leastHistory,
    levels: window(isHourly ? 168 : 28, true),
    strayed: window(isHourly ? 336 : 56, true),
    week: places(isHourly ? 168 : stepMs === dayMs ? 7 : 1, weeksKept, false),
    day: places(isHourly ? 24 : 1, daysKept, true),
    dayStrayed: places(isHourly ? 24 : 1, daysKept, true),
    length: 0,
  }
  layout.length = length
  layouts.set(stepMs, layout)
  return layout
}

/** Place in the week of a bucket that starts at `at`, epoch ms: the season follows the clock on the wall. */
export function weekPlaceOf(stepMs: number, at: number, timeZone: string): number {
  if (stepMs === hourMs) {
    const hours = Math.floor((at + zoneOffsetMs(timeZone, at)) / hourMs) + 4 * 24
    return ((hours % 168) + 168) % 168
  }
  if (stepMs !== dayMs) return 0
  return (((Math.floor(at / dayMs) + 4) % 7) + 7) % 7
}

/** The running memory of one series. */
export class Memory {
  readonly #scale: Scale
  readonly #layout: Layout
  readonly #list: Float32Array
  #week: Window
  #day: Window
  #dayStrayed: Window

  /** @param list numbers of a memory before, or `blank` ones; it is kept up to date */
  constructor(scale: Scale, layout: Layout, list: Float32Array = Memory.blank(layout)) {
    this.#scale = scale
    this.#layout = layout
    this.#list = list
    this.#week = layout.week[0] as Window
    this.#day = layout.day[0] as Window
    this.#dayStrayed = layout.dayStrayed[0] as Window
  }

  /** The numbers of a memory that knows nothing. */
  static blank(layout: Layout): Float32Array {
    const list = new Float32Array(layout.length)
    list[sinceLevel] = Number.POSITIVE_INFINITY
    list[levelAt] = Number.NaN
    list[spreadAt] = Number.NaN
    return list
  }

  /** Turns to a place in the week, from `weekPlaceOf`. */
  turnTo(place: number): void {
    const { week, day, dayStrayed } = this.#layout
    const ofDay = day.length === 1 ? 0 : place % day.length
    this.#week = week[place] as Window
    this.#day = day[ofDay] as Window
    this.#dayStrayed = dayStrayed[ofDay] as Window
  }

  /**
   * What is to be expected of the bucket; null while there is too little to go by.
   * @param thinness from `Scale.thinness`
   */
  expect(thinness: number): Outlook | null {
    if (sizeOf(this.#list, this.#layout.levels) < leastHistory) return null
    const level = this.#levelNow()
    const spread = this.#spread()
    const expected = this.#at(level, this.#season(this.#scale.isRatio ? spread / Math.max(1, level) : spread))
    const sigma = Math.max(spread, this.#scale.floor(expected)) * Math.sqrt(1 + thinness)
    return { expected, sigma }
  }

  /** What the place turned to usually is, against the level; neutral where nothing is known of it. */
  season(): number {
    return this.#season(this.#scale.isRatio ? this.#spread() / Math.max(1, this.level) : this.#spread())
  }

  /** The level that was told last; NaN before. */
  get level(): number {
    return this.#list[levelAt] as number
  }

  /** Whether the place turned to was seen often enough to know its season. */
  get knowsPlace(): boolean {
    return sizeOf(this.#list, this.#week) >= 2
  }

  /**
   * Takes in what the bucket showed.
   * @param scaled on the scale of the unit; @param outlook what had been expected of it
   */
  learn(scaled: number, thinness: number, outlook: Outlook | null): void {
    const list = this.#list
    if (outlook !== null) {
      this.#stray(Math.abs(scaled - outlook.expected) / Math.sqrt(1 + thinness))
      this.#place(scaled)
    }
    add(list, this.#layout.levels, scaled)
    list[sinceLevel] = (list[sinceLevel] as number) + 1
  }

  /** Takes in a value for the level alone. */
  learnLevel(scaled: number): void {
    add(this.#list, this.#layout.levels, scaled)
    this.#list[sinceLevel] = Number.POSITIVE_INFINITY
  }

  /** Forgets the level that was; seasons and spread stay. */
  forgetLevel(): void {
    clear(this.#list, this.#layout.levels)
    this.#list[sinceLevel] = Number.POSITIVE_INFINITY
  }

  /** Against a level that is not known yet a value would say nothing about its season. */
  #place(scaled: number): void {
    const list = this.#list
    if (sizeOf(list, this.#layout.levels) < this.#layout.seasonsFrom) return
    const level = this.#levelNow()
    const relative = this.#scale.isRatio ? scaled / Math.max(1, level) : scaled - level
    add(list, this.#day, relative)
    add(list, this.#week, relative)
  }

  /** While a place was not seen before, straying says little about it: such residuals only serve until better come. */
  #stray(residual: number): void {
    const list = this.#list
    const { hasSeasons, strayed } = this.#layout
    const isSettled = list[settledAt] === 1
    const isKnown = !hasSeasons || (sizeOf(list, this.#week) > 0 && sizeOf(list, this.#day) >= 3)
    if (isKnown && hasSeasons) add(list, this.#dayStrayed, residual)
    if (isKnown && !isSettled) {
      list[settledAt] = 1
      if (hasSeasons) clear(list, strayed)
    }
    if (isKnown || !isSettled) add(list, strayed, residual)
  }

  #levelNow(): number {
    const list = this.#list
    const { levels, strayed, levelEvery } = this.#layout
    if ((list[sinceLevel] as number) < levelEvery && sizeOf(list, levels) > 4 * leastHistory) {
      return list[levelAt] as number
    }
    list[sinceLevel] = 0
    list[levelAt] = midmean(list, levels)
    const isKnown = sizeOf(list, strayed) >= leastHistory
    list[spreadAt] = isKnown ? quantile(list, strayed, 0.8) / 1.28 : this.#range()
    return list[levelAt] as number
  }

  #at(level: number, season: number): number {
    return this.#scale.isRatio ? Math.max(1, level) * season : level + season
  }

  /** The place in the day as far as it differs from the level, the place in the week as far as from the day. */
  #season(spread: number): number {
    const neutral = this.#scale.isRatio ? 1 : 0
    const day = shrunk(this.#list, this.#day, neutral, spread)
    return shrunk(this.#list, this.#week, day, spread)
  }

  #spread(): number {
    const list = this.#list
    const own = this.#dayStrayed
    const size = sizeOf(list, own)
    const all = list[spreadAt] as number
    if (size < 3) return all
    const weight = size / (size + ownSpreadFrom)
    return Math.sqrt(weight * (quantile(list, own, 0.85) / 1.44) ** 2 + (1 - weight) * all ** 2)
  }

  /** Spread of the values themselves, where no residual is known yet. */
  #range(): number {
    const { levels } = this.#layout
    return 0.75 * (quantile(this.#list, levels, 0.9) - quantile(this.#list, levels, 0.1))
  }
}

/** Mean of a place, drawn towards `centre` by the part of the difference that chance explains. */
function shrunk(list: Float32Array, place: Window, centre: number, spread: number): number {
  const size = sizeOf(list, place)
  if (size === 0) return centre
  const difference = midmean(list, place) - centre
  const chance = Math.min(spread, ownSpread(list, place)) ** 2 / size
  const weight = difference === 0 ? 0 : Math.max(0, 1 - chance / difference ** 2)
  return centre + weight * difference
}

/** Spread within a place; with few values more than they show, with two none that can be told. */
function ownSpread(list: Float32Array, place: Window): number {
  const size = sizeOf(list, place)
  if (size < 3) return Number.POSITIVE_INFINITY
  const middle = (quantile(list, place, 0.8) - quantile(list, place, 0.2)) / 1.68
  return (middle + 0.02) * (1 + 2 / (size - 1))
}
