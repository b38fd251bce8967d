// One line of `detour bench`. A shape only.

/** A measurement, what it is held against, and whether that is enough. */
export interface BenchRow {
  group: string
  /** What was measured, with its sizes. */
  name: string
  /** Median of the rounds. */
  value: number
  unit: string
  /** What was measured beside it, in words with its number; null where there is nothing to compare with. */
  baseline: string | null
  /** value / baseline value, 1 = equal. */
  ratio: number | null
  /** The bound, in the unit of `value`; a bound on the ratio is given as that share of the baseline value. */
  goal: number | null
  /** Whether the goal is met; null without a goal. */
  pass: boolean | null
  /** Median and 99th percentile of the time that one request took, ms, where requests were timed. */
  p50?: number
  p99?: number
}

/** What a measurement is told beside the world outside. */
export interface BenchOptions {
  /** Folder with labelled data that others made; null where none was named. */
  data: string | null
}
