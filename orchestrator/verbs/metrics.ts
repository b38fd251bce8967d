// Key figures as a table: value, the week before, and the change. It computes no figure.

import type { KeyMetric } from '#pipeline'
import { showTable } from './table.ts'

/** The figures in rows, each value in its unit. */
export function showMetrics(metrics: KeyMetric[]): string {
  const rows = metrics.map((metric) => [
    metric.title,
    showValue(metric.value, metric.unit),
    showValue(metric.previous, metric.unit),
    [showChange(metric), verdict(metric)].filter((part) => part !== '').join(', '),
  ])
  return showTable(['figure', 'last 7 days', '7 days before', 'change'], rows)
}

function showValue(value: number | null, unit: string): string {
  if (value === null) return 'none'
  if (unit === 'share') return `${digits(value * 100, 1)} %`
  if (unit === 'cents') return digits(value / 100, 2)
  const one = value === 1 ? unit.replace(/s$/, '') : unit
  return `${digits(value, unit === 'hours' ? 1 : 2)} ${one}`
}

/** Shares change in points, everything else in per cent. */
function showChange({ value, previous, unit }: KeyMetric): string {
  if (value === null || previous === null) return ''
  if (unit === 'share') return `${sign(value - previous)}${digits(Math.abs(value - previous) * 100, 1)} pt`
  if (previous === 0) return ''
  const change = value / previous - 1
  return `${sign(change)}${digits(Math.abs(change) * 100, 1)} %`
}

/** Whether the change is good. */
function verdict({ value, previous, betterWhen }: KeyMetric): string {
  if (betterWhen === 'neither' || value === null || previous === null || value === previous) return ''
  return value > previous === (betterWhen === 'higher') ? 'better' : 'worse'
}

function sign(value: number): string {
  return value < 0 ? '-' : '+'
}

function digits(value: number, most: number): string {
  return value.toLocaleString('en', { maximumFractionDigits: most })
}
