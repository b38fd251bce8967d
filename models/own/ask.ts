// What a learned target says of rows: calibrated probabilities or intervals, and the columns that speak loudest.
// It learns nothing.

import { conformal } from '../series/calibrate.ts'
import { stepAt } from './calibrate.ts'
import { encode } from './encode.ts'
import type { Frame } from './frame.ts'
import { mixed, openNets, type Taught } from './recipe.ts'
import { scaled, softmaxOf, unscaled } from './target.ts'

/** A column that made a score what it is. */
export interface Reason {
  feature: string
  value: number | string | null
  /** Of an odd cell: what was expected. */
  expected?: number | string | null
  /**
   * Against the same row with what is usual in this column: log-odds of the prediction, or its unit. Of an odd cell:
   * how far it is off, in usual differences.
   */
  effect: number
}

/** What is said of one row. */
export interface RowScore {
  /** 0 to 1: chance of the positive label, of the label foretold, or the share of held-back rows told lower. */
  score: number
  /** How rare so large an error, or so odd a row, was among held-back rows; null where nothing is to compare. */
  pValue: number | null
  /** The label, or the number as text; null for oddness. */
  prediction: string | null
  predictionValue: number | null
  /** Nine of ten outcomes lie between; null for labels and oddness. */
  lower: number | null
  upper: number | null
  reasons: Reason[]
}

const rowsAtOnce = 4_096
const reasonsMost = 3
/** Columns asked about for reasons at most. */
const askedMost = 100

/** Calibrated shares of the labels, [rows x labels]. */
export function sharesOf({ meta }: Taught, sums: Float32Array): Float64Array {
  const { aim, steps } = meta
  if (aim.kind !== 'class') return new Float64Array(0)
  const labels = aim.labels.length
  const shares = softmaxOf(sums, labels)
  for (let at = 0; at < shares.length; at += labels) {
    let total = 0
    for (let i = 0; i < labels; i++) {
      const rising = steps[i] ?? null
      if (rising !== null) shares[at + i] = stepAt(rising, shares[at + i] as number)
      total += shares[at + i] as number
    }
    for (let i = 0; i < labels; i++)
      shares[at + i] = total > 0 ? (shares[at + i] as number) / total : 1 / labels
  }
  return shares
}

/** What is told of rows, before reasons: sums of both nets together. */
export async function sumsFor(taught: Taught, frame: Frame, rows: readonly number[]): Promise<Float32Array> {
  const nets = await openNets(taught)
  try {
    return mixed(await nets.sums(encode(frame, taught.meta.encoder, rows), rows.length), taught.meta.mix)
  } finally {
    nets.close()
  }
}

/** The scores of rows, with reasons. */
export async function askTarget(
  taught: Taught,
  frame: Frame,
  rows: readonly number[],
  signal?: AbortSignal,
): Promise<RowScore[]> {
  const nets = await openNets(taught)
  const { encoder, mix } = taught.meta
  const scores: RowScore[] = []
  try {
    for (let from = 0; from < rows.length && signal?.aborted !== true; from += rowsAtOnce) {
      const some = rows.slice(from, from + rowsAtOnce)
      const inputs = encode(frame, encoder, some)
      const sums = mixed(await nets.sums(inputs, some.length), mix)
      const told = scoresOf(taught, frame, some, sums)
      const base = signals(taught, sums, told)
      const reasons = told.map((): Reason[] => [])
      for (const column of encoder.columns.slice(0, askedMost)) {
        const without = inputs.slice()
        for (let i = 0; i < some.length; i++) without.set(column.usual, i * encoder.width + column.from)
        const other = signals(taught, mixed(await nets.sums(without, some.length), mix), told)
        const values = frame.columns.get(column.name)?.values ?? []
        for (const [i, row] of some.entries()) {
          const effect = (base[i] as number) - (other[i] as number)
          keepReason(reasons[i] as Reason[], { feature: column.name, value: values[row] ?? null, effect })
        }
      }
      scores.push(...told.map((score, i) => ({ ...score, reasons: (reasons[i] as Reason[]).map(rounded) })))
    }
    return scores
  } finally {
    nets.close()
  }
}

/** What effects are measured on: log-odds of the label that the score is about, or the number foretold. */
function signals({ meta }: Taught, sums: Float32Array, told: readonly RowScore[]): Float64Array {
  const { aim, scale } = meta
  if (aim.kind === 'number') return Float64Array.from(sums, (sum) => unscaled(sum, scale))
  const labels = aim.labels.length
  const shares = softmaxOf(sums, labels)
  return Float64Array.from(told, ({ prediction }, row) => {
    const label = aim.labels.indexOf(aim.positive ?? prediction ?? '')
    const share = Math.min(1 - 1e-6, Math.max(1e-6, shares[row * labels + Math.max(0, label)] as number))
    return Math.log(share / (1 - share))
  })
}

function keepReason(reasons: Reason[], reason: Reason): void {
  const place = reasons.findIndex(({ effect }) => Math.abs(effect) < Math.abs(reason.effect))
  if (place >= 0) reasons.splice(place, 0, reason)
  else if (reasons.length < reasonsMost) reasons.push(reason)
  if (reasons.length > reasonsMost) reasons.pop()
}

function rounded({ feature, value, effect }: Reason): Reason {
  return { feature, value, effect: Number(effect.toPrecision(4)) }
}

function scoresOf(taught: Taught, frame: Frame, rows: readonly number[], sums: Float32Array): RowScore[] {
  const { aim } = taught.meta
  if (aim.kind === 'number') return numberScores(taught, frame, rows, sums)
  const shares = sharesOf(taught, sums)
  const labels = aim.labels.length
  const positive = aim.positive === null ? -1 : aim.labels.indexOf(aim.positive)
  return rows.map((_, i) => {
    const mine = shares.subarray(i * labels, (i + 1) * labels)
    const likeliest = mine.indexOf(Math.max(...mine))
    const score = mine[positive >= 0 ? positive : likeliest] as number
    const prediction = aim.labels[likeliest] as string
    return { score, pValue: null, prediction, predictionValue: null, lower: null, upper: null, reasons: [] }
  })
}

function numberScores(
  { meta }: Taught,
  frame: Frame,
  rows: readonly number[],
  sums: Float32Array,
): RowScore[] {
  const { scale, interval, target } = meta
  const [rankOf, pValueOf] = [conformal(meta.told), conformal(meta.residuals)]
  const outcomes = frame.columns.get(target)?.values ?? []
  return rows.map((row, i) => {
    const sum = sums[i] as number
    const came = outcomes[row] ?? null
    const value = unscaled(sum, scale)
    return {
      score: 1 - rankOf(sum),
      pValue: came === null ? null : pValueOf(Math.abs(scaled(Number(came), scale) - sum)),
      prediction: String(Number(value.toPrecision(6))),
      predictionValue: value,
      lower: unscaled(sum + interval[0], scale),
      upper: unscaled(sum + interval[1], scale),
      reasons: [],
    }
  })
}
