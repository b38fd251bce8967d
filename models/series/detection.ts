// What a detection says: anomalies as rows of the contract, and constraints per node, carrier or the whole.
// Shapes, and how ids are made.

import { createHash } from 'node:crypto'
import type { operations, RowOf } from '#data/contracts'

/** A row of the table `anomalies`; instants are ISO 8601 texts. */
export type AnomalyRow = RowOf<typeof operations.anomalies>

/** What to look at. */
export interface DetectOptions {
  market: string
  /** The time of the market, epoch ms; later buckets are left out. */
  now: number
  /** Newest hours that are scored. Default 6, at most 48. */
  windowHours?: number
  /** Share of false alarms allowed among the points that stand out. Default 0.1. */
  fdr?: number
  /** Keys of constraints that are open (`node/x`): each is among the answer, breaching, recovered or neither. */
  openKeys?: readonly string[]
}

/** A slice that explains a part of an excess. */
export interface Cause {
  dimension: string
  value: string
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

/** Something that holds work up: a node, a carrier or the whole, with the metrics that show it. */
export interface Constraint {
  /** `dimension/dimensionValue` */
  key: string
  dimension: 'node' | 'carrier' | 'all'
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
}

/** An id that is the same whenever the same thing is found again. */
export function idOf(...parts: string[]): string {
  return createHash('sha256').update(parts.join('\u001F')).digest('hex').slice(0, 32)
}
