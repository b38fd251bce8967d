// Outcomes as numbers that a net learns, and back: labels by their place, numbers on a scale. It learns no net.

import { quantileSorted } from 'simple-statistics'
import type { Frame } from './frame.ts'
import type { Aim } from './roles.ts'

/** How outcomes that are numbers were scaled; plain JSON. */
export interface TargetScale {
  isLog: boolean
  centre: number
  spread: number
}

/** The scale of a number from the rows learned from; labels need none. */
export function targetScale(frame: Frame, target: string, aim: Aim, rows: readonly number[]): TargetScale {
  if (aim.kind === 'class') return { isLog: false, centre: 0, spread: 1 }
  const values = frame.columns.get(target)?.values ?? []
  const sorted = rows.map((row) => Number(values[row])).sort((a, b) => a - b)
  const [low, middle, high] = [0.05, 0.5, 0.95].map((q) => quantileSorted(sorted, q)) as [
    number,
    number,
    number,
  ]
  const isLog = (sorted[0] as number) >= 0 && high - middle > 4 * (middle - low) && high > 1
  const shaped = isLog ? sorted.map(Math.log1p) : sorted
  const spread = (quantileSorted(shaped, 0.95) - quantileSorted(shaped, 0.05)) / 3.29
  return { isLog, centre: quantileSorted(shaped, 0.5), spread: spread > 1e-9 ? spread : 1 }
}

/** One number for each row: the place of its label, or the scaled outcome. */
export function outcomesOf(
  frame: Frame,
  target: string,
  aim: Aim,
  scale: TargetScale,
  rows: readonly number[],
): Float32Array {
  const values = frame.columns.get(target)?.values ?? []
  if (aim.kind === 'number') return Float32Array.from(rows, (row) => scaled(Number(values[row]), scale))
  const places = new Map(aim.labels.map((label, place) => [label, place]))
  return Float32Array.from(rows, (row) => places.get(String(values[row])) ?? 0)
}

/** An outcome on the scale. */
export function scaled(value: number, { isLog, centre, spread }: TargetScale): number {
  return ((isLog ? Math.log1p(Math.max(0, value)) : value) - centre) / spread
}

/** What was told on the scale, in the unit of the target. */
export function unscaled(value: number, { isLog, centre, spread }: TargetScale): number {
  const shaped = value * spread + centre
  return isLog ? Math.max(0, Math.expm1(Math.min(700, shaped))) : shaped
}

/** Shares from sums, [rows x labels]. */
export function softmaxOf(sums: Float32Array, labels: number): Float64Array {
  const shares = new Float64Array(sums.length)
  for (let at = 0; at < sums.length; at += labels) {
    let highest = Number.NEGATIVE_INFINITY
    for (let i = 0; i < labels; i++) highest = Math.max(highest, sums[at + i] as number)
    let total = 0
    for (let i = 0; i < labels; i++) total += Math.exp((sums[at + i] as number) - highest)
    for (let i = 0; i < labels; i++) shares[at + i] = Math.exp((sums[at + i] as number) - highest) / total
  }
  return shares
}
