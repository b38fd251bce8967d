// Leaves of a deviation over several dimensions, as numbers: coded values, what was and what was expected. It adds up
// rows that stand for the same leaf and keeps an order of its own, so that the order of rows never matters.

/** Leaves to explain; arrays by leaf, in the order of what was expected, then of what was. */
export interface LeafCube {
  /** Names of the dimensions. */
  dimensions: readonly string[]
  /** Values of each dimension, by code. */
  values: readonly (readonly string[])[]
  /** Code of each leaf, per dimension. */
  codes: readonly Int32Array[]
  actual: Float64Array
  expected: Float64Array
  /** What a ratio is among, per leaf; 1 per row where none was given. */
  weight: Float64Array
  leaves: number
  /** Rows that stood for a leaf that another row stood for already; they were added to it. */
  repeated: number
}

/**
 * Leaves from rows.
 * @param dimensions names
 * @param texts values per dimension, one text per row
 * @param actual finite numbers by row
 * @param expected finite numbers by row
 * @param weight what a ratio is among, by row
 */
export function leafCube(
  dimensions: readonly string[],
  texts: readonly (readonly string[])[],
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  weight?: ArrayLike<number>,
): LeafCube {
  const coded = texts.map(encode)
  const rows = actual.length
  const leafOf = new Map<string | number, number>()
  const keyOf = keysOf(coded.map(({ names }) => names.length))
  const firsts: number[] = []
  const sums = {
    actual: new Float64Array(rows),
    expected: new Float64Array(rows),
    weight: new Float64Array(rows),
  }
  for (let row = 0; row < rows; row++) {
    const key = keyOf(coded.map(({ codes }) => codes[row] as number))
    let leaf = leafOf.get(key)
    if (leaf === undefined) {
      leaf = firsts.push(row) - 1
      leafOf.set(key, leaf)
    }
    sums.actual[leaf] = (sums.actual[leaf] as number) + (actual[row] as number)
    sums.expected[leaf] = (sums.expected[leaf] as number) + (expected[row] as number)
    sums.weight[leaf] = (sums.weight[leaf] as number) + (weight?.[row] ?? 1)
  }
  const order = firsts
    .map((_, leaf) => leaf)
    .sort(
      (a, b) =>
        (sums.expected[a] as number) - (sums.expected[b] as number) ||
        (sums.actual[a] as number) - (sums.actual[b] as number),
    )
  return {
    dimensions,
    values: coded.map(({ names }) => names),
    codes: coded.map(({ codes }) =>
      Int32Array.from(order, (leaf) => codes[firsts[leaf] as number] as number),
    ),
    actual: Float64Array.from(order, (leaf) => sums.actual[leaf] as number),
    expected: Float64Array.from(order, (leaf) => sums.expected[leaf] as number),
    weight: Float64Array.from(order, (leaf) => sums.weight[leaf] as number),
    leaves: order.length,
    repeated: rows - order.length,
  }
}

function encode(texts: readonly string[]): { names: string[]; codes: Int32Array } {
  const known = new Map<string, number>()
  const names: string[] = []
  const codes = new Int32Array(texts.length)
  for (const [row, text] of texts.entries()) {
    let code = known.get(text)
    if (code === undefined) {
      code = names.push(text) - 1
      known.set(text, code)
    }
    codes[row] = code
  }
  return { names, codes }
}

/** One key for the codes of all dimensions: a number where their product is one, else a text. */
function keysOf(sizes: readonly number[]): (codes: readonly number[]) => string | number {
  const product = sizes.reduce((all, size) => all * size, 1)
  if (product > Number.MAX_SAFE_INTEGER) return (codes) => codes.join()
  return (codes) => codes.reduce((key, code, d) => key * (sizes[d] as number) + code, 0)
}
