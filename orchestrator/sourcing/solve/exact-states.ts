// Amounts of the lines of an order as one number (mixed radix), so that costs and partial solutions lie in flat tables.
// It knows no places and no costs.

/** Most amounts that are numbered; beyond, there is no table. */
export const statesMost = 1 << 15

const kept = new Map<string, States | null>()
const keptMost = 256
const keptSize = 4096

/** Every amount of every line from nothing to all that is wanted: state 0 is nothing, the last is everything. */
export interface States {
  lines: number
  size: number
  quantities: readonly number[]
  /** Number of one unit of a line. */
  strides: Int32Array
  /** Units of line i in state s at `s * lines + i`. */
  digits: Int32Array
  /** The same as arrays, for cost functions and answers; never written again. */
  units: readonly (readonly number[])[]
  /** Lines with units, units in all, and the first line with units. */
  lineCounts: Int32Array
  unitCounts: Int32Array
  firstLines: Int32Array
}

/**
 * Amounts of an order's lines; kept for the next order with the same quantities where they are few.
 * @param quantities of each line, whole numbers above 0
 * @returns null where there are more than `statesMost`
 */
export function statesOf(quantities: readonly number[]): States | null {
  const key = quantities.join()
  const known = kept.get(key)
  if (known !== undefined) return known
  const states = build(quantities)
  if (states === null || states.size <= keptSize) {
    if (kept.size >= keptMost) kept.clear()
    kept.set(key, states)
  }
  return states
}

function build(quantities: readonly number[]): States | null {
  const lines = quantities.length
  const strides = new Int32Array(lines)
  let size = 1
  for (let i = 0; i < lines; i++) {
    strides[i] = size
    size *= (quantities[i] as number) + 1
    if (size > statesMost) return null
  }
  const digits = new Int32Array(size * lines)
  const lineCounts = new Int32Array(size)
  const unitCounts = new Int32Array(size)
  const firstLines = new Int32Array(size).fill(lines)
  const units: number[][] = []
  for (let state = 0; state < size; state++) {
    const amounts: number[] = []
    for (let i = 0; i < lines; i++) {
      const amount = Math.floor(state / (strides[i] as number)) % ((quantities[i] as number) + 1)
      amounts.push(amount)
      digits[state * lines + i] = amount
      if (amount === 0) continue
      lineCounts[state] = (lineCounts[state] as number) + 1
      unitCounts[state] = (unitCounts[state] as number) + amount
      if (firstLines[state] === lines) firstLines[state] = i
    }
    units.push(amounts)
  }
  return {
    lines,
    size,
    quantities: [...quantities],
    strides,
    digits,
    units,
    lineCounts,
    unitCounts,
    firstLines,
  }
}
