// Finds columns that look like the answer itself: two values, and nearly the same order as the scores, or a name that
// says so. It changes no score.

import type { Table, TableColumn } from './columns.ts'

const names = /^(is[_ ]?)?(label|labels|target|class|y|outlier|anomaly|anomalous|fraud|ground[_ ]?truth)$/i
/** Share of pairs that column and scores put in the same order, from which on they almost agree. */
const agreement = 0.97

/** A note for each column of two values that almost equals the scores, or is named like a label. */
export function labelNotes(
  table: Table,
  learned: ReadonlySet<string>,
  ignored: ReadonlySet<string>,
  scores: Float64Array,
): string[] {
  return table.columns.flatMap((column) => {
    if (!learned.has(column.name) || ignored.has(column.name)) return []
    const isOne = twoValued(column)
    if (isOne === null) return []
    const says = agrees(scores, isOne)
      ? 'has two values and almost equals the score'
      : names.test(column.name)
        ? 'has two values and is named like a label'
        : null
    return says === null
      ? []
      : [`${column.name} ${says}: if it is the answer, leave it out with --ignore ${column.name}`]
  })
}

/** Which rows have the second of two values; null where there are more, or fewer. */
function twoValued({ values }: TableColumn): Uint8Array | null {
  let [first, second]: (number | string | null | undefined)[] = []
  const isSecond = new Uint8Array(values.length)
  for (let row = 0; row < values.length; row++) {
    const value = values[row] as number | string | null
    if (value === null || Number.isNaN(value)) return null
    if (first === undefined) first = value
    else if (value !== first && second === undefined) second = value
    if (value === first) continue
    if (value !== second) return null
    isSecond[row] = 1
  }
  return second === undefined ? null : isSecond
}

/** Whether pairs of the two kinds nearly always lie in one order. */
function agrees(scores: Float64Array, isOne: Uint8Array): boolean {
  const order = Uint32Array.from({ length: scores.length }, (_, i) => i)
  order.sort((a, b) => (scores[a] as number) - (scores[b] as number))
  let [zeros, pairs] = [0, 0]
  for (const row of order) {
    if (isOne[row] === 1) pairs += zeros
    else zeros++
  }
  const share = pairs / (zeros * (isOne.length - zeros))
  return share >= agreement || share <= 1 - agreement
}
