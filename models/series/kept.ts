// How much of a series is kept between cycles, by the length of its buckets. Numbers only.

/** Buckets that are kept: the values themselves, and what was said of them. */
export interface Kept {
  isHourly: boolean
  values: number
  scores: number
  /** Newest that count for what is going on now. */
  lately: number
}

/** Length of an hour, ms. */
export const hourMs = 3_600_000
/** Length of a day, ms. */
export const dayMs = 24 * hourMs
/** Eight weeks of hours or half a year of days; four weeks of scores, or a third of a year. */
const keptHours: Kept = { isHourly: true, values: 56 * 24, scores: 28 * 24, lately: 96 }
const keptDays: Kept = { isHourly: false, values: 182, scores: 120, lately: 14 }

/** How much is kept of series with buckets of a length. */
export const keptOf = (stepMs: number): Kept => (stepMs === hourMs ? keptHours : keptDays)
