// What a detection says: anomalies as rows of the contract, and constraints per node, carrier or the whole.
// Shapes, and how ids are made.

import { createHash } from 'node:crypto'
import type { operations, RowOf } from '#data/contracts'
import type { Judgement } from './settings.ts'
import type { Dimension } from './watched.ts'

/** A row of the table `anomalies`; instants are ISO 8601 texts. */
export type AnomalyRow = RowOf<typeof operations.anomalies>

/** What to look at. */
export interface DetectOptions {
  market: string
  /** The time of the market, epoch ms; later buckets are left out. */
  now: number
  /** Newest hours that are scored. Default 6, at most 48. */
  windowHours?: number
  /** What people set and said. Default: the settings Detour starts with. */
  judgement?: Judgement
  /** Share of false alarms allowed among the points that stand out; instead of that of the settings. */
  fdr?: number
  /** Constraints that were told in the last week, for the budget of alerts. */
  recent?: readonly { at: number; severity: number }[]
  /** Keys of constraints that are open (`node/x`): each is among the answer, breaching, recovered or neither. */
  openKeys?: readonly string[]
  /** Whether series are left as they were: only steps of work are read, where they tell. */
  isLight?: boolean
}

/** A slice that explains a part of an excess. */
export interface Cause {
  /** Its dimensions and their values, each joined by ` x `. */
  dimension: string
  value: string
  /** The same one by one. */
  slice?: { dimension: string; value: string }[]
  /** Part of the excess, 0 to 1. */
  share: number
}

/** What one metric of a constraint says in its newest telling bucket. */
export interface MetricFinding {
  metric: string
  /** Start of the bucket, epoch ms. */
  bucketStart: number
  value: number
  expected: number
  expectedLow: number
  expectedHigh: number
  pValue: number
  /** Studentised residual in the direction of concern. */
  z: number
}

/** Something that is out of the ordinary: a slice or the whole, with the metrics that show it. */
export interface Constraint {
  /** `dimension/dimensionValue` */
  key: string
  dimension: Dimension
  dimensionValue: string
  /** The metric that shows it best. */
  metric: string
  /** 0 to 1. */
  severity: number
  /** Start of its first bucket, epoch ms. */
  beganAt: number
  value: number | null
  expected: number | null
  expectedLow: number | null
  expectedHigh: number | null
  pValue: number | null
  /** Confirmed now. */
  isBreaching: boolean
  /** Back to ordinary by the stricter threshold; only ever true where it is not breaching. */
  hasRecovered: boolean
  /** Start of a level that has lasted so long that it counts as usual now, epoch ms; null = none. */
  newLevelSince: number | null
  model: string
  causes: Cause[]
  /** Every metric that is breaching, the leading one first. */
  metrics: MetricFinding[]
}

/** What one detection found. */
export interface Detection {
  anomalies: AnomalyRow[]
  constraints: Constraint[]
  /** Series looked at and points tested, for the record. */
  series: number
  tested: number
  /** Constraints that were not told for want of budget. */
  heldBack: number
}

/** An id that is the same whenever the same thing is found again. */
export function idOf(...parts: string[]): string {
  return createHash('sha256').update(parts.join('\u001F')).digest('hex').slice(0, 32)
}
