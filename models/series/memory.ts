// What is remembered of one series: its level, its seasons and how far it strayed from them.
// It is asked before it learns, so that nothing it says comes from the bucket itself or from later ones.

import type { Scale } from './scales.ts'
import { RollingWindow } from './window.ts'
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

/** A place in the day: what it usually is against the level, and how far it strayed. */
interface DayPlace {
  season: RollingWindow
  strayed: RollingWindow
}

/** The running memory of one series. */
export class Memory {
  readonly #scale: Scale
  readonly #stepMs: number
  readonly #timeZone: string
  readonly #levels: RollingWindow
  readonly #strayed: RollingWindow
  readonly #week: (RollingWindow | undefined)[] = []
  readonly #day: (DayPlace | undefined)[] = []
  readonly #levelEvery: number
  readonly #seasonsFrom: number
  #sinceLevel = Number.POSITIVE_INFINITY
  #level = Number.NaN
  #usualSpread = Number.NaN
  #isSettled = false
  #weekPlace: RollingWindow
  #dayPlace: DayPlace

  /** @param stepMs length of a bucket: an hour or a day has seasons */
  constructor(scale: Scale, stepMs: number, timeZone: string) {
    this.#scale = scale
    this.#stepMs = stepMs
    this.#timeZone = timeZone
    const isHourly = stepMs === hourMs
    this.#levels = new RollingWindow(isHourly ? 168 : 28)
    this.#strayed = new RollingWindow(isHourly ? 336 : 56)
    this.#levelEvery = isHourly ? 6 : 1
    this.#seasonsFrom = isHourly ? 24 : leastHistory
    this.#weekPlace = new RollingWindow(weeksKept)
    this.#dayPlace = dayPlace()
  }

  /** Turns to the bucket that starts at `at`, epoch ms. */
  turnTo(at: number): void {
    const stepMs = this.#stepMs
    if (stepMs !== hourMs && stepMs !== dayMs) return
    const local = stepMs === hourMs ? at + zoneOffsetMs(this.#timeZone, at) : at
    const hour = stepMs === hourMs ? ((Math.floor(local / hourMs) % 24) + 24) % 24 : 0
    const weekday = (((Math.floor(local / dayMs) + 4) % 7) + 7) % 7
    this.#weekPlace = placed(this.#week, weekday * 24 + hour, () => new RollingWindow(weeksKept))
    this.#dayPlace = placed(this.#day, hour, dayPlace)
  }

  /**
   * What is to be expected of the bucket; null while there is too little to go by.
   * @param thinness from `Scale.thinness`
   */
  expect(thinness: number): Outlook | null {
    if (this.#levels.size < leastHistory) return null
    const level = this.#levelNow()
    const spread = this.#spread()
    const expected = this.#at(level, this.#season(this.#scale.isRatio ? spread / Math.max(1, level) : spread))
    const sigma = Math.max(spread, this.#scale.floor(expected)) * Math.sqrt(1 + thinness)
    return { expected, sigma }
  }

  /** Takes in what the bucket showed. @param outlook what had been expected of it */
  learn(value: number, thinness: number, outlook: Outlook | null): void {
    const scaled = this.#scale.forth(value)
    if (outlook !== null) {
      this.#stray(Math.abs(scaled - outlook.expected) / Math.sqrt(1 + thinness))
      this.#place(scaled)
    }
    this.#levels.add(scaled)
    this.#sinceLevel++
  }

  /** Against a level that is not known yet a value would say nothing about its season. */
  #place(scaled: number): void {
    if (this.#levels.size < this.#seasonsFrom) return
    const level = this.#levelNow()
    const relative = this.#scale.isRatio ? scaled / Math.max(1, level) : scaled - level
    this.#dayPlace.season.add(relative)
    this.#weekPlace.add(relative)
  }

  /** While a place was not seen before, straying says little about it: such residuals only serve until better come. */
  #stray(residual: number): void {
    const hasSeasons = this.#week.length > 0
    const isKnown = !hasSeasons || (this.#weekPlace.size > 0 && this.#dayPlace.season.size >= 3)
    if (isKnown && hasSeasons) this.#dayPlace.strayed.add(residual)
    if (isKnown && !this.#isSettled) {
      this.#isSettled = true
      if (hasSeasons) this.#strayed.clear()
    }
    if (isKnown || !this.#isSettled) this.#strayed.add(residual)
  }

  #levelNow(): number {
    if (this.#sinceLevel < this.#levelEvery && this.#levels.size > 4 * leastHistory) return this.#level
    this.#sinceLevel = 0
    this.#level = this.#levels.midmean()
    const isKnown = this.#strayed.size >= leastHistory
    this.#usualSpread = isKnown ? this.#strayed.quantile(0.8) / 1.28 : this.#range()
    return this.#level
  }

  #at(level: number, season: number): number {
    return this.#scale.isRatio ? Math.max(1, level) * season : level + season
  }

  /** The place in the day as far as it differs from the level, the place in the week as far as from the day. */
  #season(spread: number): number {
    const neutral = this.#scale.isRatio ? 1 : 0
    const day = shrunk(this.#dayPlace.season, neutral, spread)
    return shrunk(this.#weekPlace, day, spread)
  }

  #spread(): number {
    const own = this.#dayPlace.strayed
    const all = this.#usualSpread
    if (own.size < 3) return all
    const weight = own.size / (own.size + ownSpreadFrom)
    return Math.sqrt(weight * (own.quantile(0.85) / 1.44) ** 2 + (1 - weight) * all ** 2)
  }

  /** Spread of the values themselves, where no residual is known yet. */
  #range(): number {
    return 0.75 * (this.#levels.quantile(0.9) - this.#levels.quantile(0.1))
  }
}

const dayPlace = (): DayPlace => ({
  season: new RollingWindow(daysKept),
  strayed: new RollingWindow(daysKept),
})

/** Mean of a place, drawn towards `centre` by the part of the difference that chance explains. */
function shrunk(place: RollingWindow, centre: number, spread: number): number {
  if (place.size === 0) return centre
  const difference = place.midmean() - centre
  const chance = Math.min(spread, ownSpread(place)) ** 2 / place.size
  const weight = difference === 0 ? 0 : Math.max(0, 1 - chance / difference ** 2)
  return centre + weight * difference
}

/** Spread within a place; with few values more than they show, with two none that can be told. */
function ownSpread(place: RollingWindow): number {
  if (place.size < 3) return Number.POSITIVE_INFINITY
  const middle = (place.quantile(0.8) - place.quantile(0.2)) / 1.68
  return (middle + 0.02) * (1 + 2 / (place.size - 1))
}

function placed<T>(places: (T | undefined)[], key: number, make: () => T): T {
  const known = places[key] ?? make()
  places[key] = known
  return known
}
