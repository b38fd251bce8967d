// Points of a series as rows of a chart: wall-clock time of the zone, display values, ticks. Pure.

import type { api } from '#data/contracts'
import { bucketZone, wallMs } from '../times.ts'

/** A row of a chart's data. */
export interface Row {
  /** Wall clock of the series' zone as if it were UTC, epoch ms. */
  t: number
  value: number | null
  previous: number | null
  low: number | null
  high: number | null
  odd: boolean
}

const hourMs = 3_600_000
const dayMs = 24 * hourMs

/** Rows of a series; shares in percent, cents in whole units of money. */
export function rowsOf(series: api.MetricSeries, minorUnits = 2): Row[] {
  const factor = series.metric.unit === 'share' ? 100 : series.metric.unit === 'cents' ? 10 ** -minorUnits : 1
  const zone = bucketZone(series)
  const scaled = (value: number | null) => (value === null ? null : round(value * factor))
  return series.points.map((point) => ({
    t: wallMs(point.at, zone),
    value: scaled(point.value),
    previous: scaled(point.previous),
    // What is expected of an hour in which nothing was measured says nothing.
    low: point.value === null ? null : scaled(point.low),
    high: point.value === null ? null : scaled(point.high),
    odd: point.anomaly !== null,
  }))
}

/** Rows whose neighbours lack the field: a line or a band that begins and ends there cannot be seen. */
export function aloneIn(rows: readonly Row[], field: 'value' | 'previous' | 'high'): Row[] {
  const isThere = (row: Row | undefined) => row !== undefined && row[field] !== null
  return rows.filter((row, i) => isThere(row) && !isThere(rows[i - 1]) && !isThere(rows[i + 1]))
}

function round(value: number): number {
  return Number(value.toPrecision(10))
}

/** Where the time axis is labelled, and how. */
export interface Ticks {
  values: number[]
  format: string
}

/** Round instants between two wall-clock times, at most about nine. */
export function ticksBetween(from: number, to: number): Ticks {
  const span = to - from
  if (span <= 2 * dayMs) return { values: steps(from, to, 4 * hourMs), format: '%H:%M' }
  if (span <= 9 * dayMs) return { values: steps(from, to, dayMs), format: '%a %-d' }
  if (span <= 40 * dayMs) return { values: steps(from, to, 4 * dayMs), format: '%-d %b' }
  if (span <= 120 * dayMs) return { values: steps(from, to, 14 * dayMs), format: '%-d %b' }
  return { values: months(from, to), format: '%b %Y' }
}

function steps(from: number, to: number, step: number): number[] {
  const values: number[] = []
  for (let at = Math.ceil(from / step) * step; at <= to; at += step) values.push(at)
  return values
}

function months(from: number, to: number): number[] {
  const start = new Date(from)
  const all: number[] = []
  for (let i = 1; ; i++) {
    const at = Date.UTC(start.getUTCFullYear(), start.getUTCMonth() + i, 1)
    if (at > to) break
    all.push(at)
  }
  const every = Math.max(1, Math.ceil(all.length / 8))
  return all.filter((_, i) => i % every === 0)
}
