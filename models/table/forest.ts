// Isolation forests: trees of random cuts; what is alone after few cuts is odd. Cuts run along one column or slanted
// over a few. It knows rows of numbers, not what they mean.

import type { Random } from '#data/kernel'
import { draw, type Matrix } from './matrix.ts'

/** How a forest is grown. */
export interface ForestShape {
  trees: number
  /** Rows that each tree is grown on, at most. */
  sample: number
  /** Columns in each cut; 1 = along the axes. */
  width: number
}

/** A grown forest; nodes of all trees one after the other, the second child behind the first. */
export interface Forest extends ForestShape {
  /** First node of each tree. */
  roots: Uint32Array
  /** First child of a node; 0 = a leaf. */
  children: Uint32Array
  /** Columns of the cut, `width` a node. */
  columns: Uint16Array
  /** Weights of those columns, `width` a node. */
  weights: Float32Array
  /** Of a cut: up to here to the first child. Of a leaf: steps to it, with those that its rows would still take. */
  values: Float32Array
  /** Steps that a row takes on average among `sample` rows. */
  usual: number
}

/**
 * Grows a forest on rows whose columns are on one scale.
 * @source Liu, Ting, Zhou: Isolation forest (2008); Hariri et al.: Extended isolation forest (2019)
 */
export function growForest(matrix: Matrix, shape: ForestShape, random: Random): Forest {
  const sample = Math.min(shape.sample, matrix.rows)
  const width = Math.min(shape.width, matrix.columns)
  const nodes = new Nodes(width, shape.trees * 2 * sample)
  const roots = new Uint32Array(shape.trees)
  const depth = Math.max(1, Math.ceil(Math.log2(Math.max(2, sample))))
  const grower = new Grower(matrix, width, nodes, depth, random)
  for (let tree = 0; tree < shape.trees; tree++) {
    roots[tree] = nodes.count
    grower.grow(draw(matrix.rows, sample, random))
  }
  return { ...shape, sample, width, roots, ...nodes.trimmed(), usual: stepsAmong(sample) }
}

/** Steps that a row takes on average in a tree of `count` rows. */
function stepsAmong(count: number): number {
  if (count < 2) return 0
  if (count === 2) return 1
  return 2 * (Math.log(count - 1) + 0.5772156649) - (2 * (count - 1)) / count
}

class Nodes {
  readonly #width: number
  count = 0
  readonly children: Uint32Array
  readonly columns: Uint16Array
  readonly weights: Float32Array
  readonly values: Float32Array

  constructor(width: number, most: number) {
    this.#width = width
    this.children = new Uint32Array(most)
    this.columns = new Uint16Array(most * width)
    this.weights = new Float32Array(most * width)
    this.values = new Float32Array(most)
  }

  trimmed(): Pick<Forest, 'children' | 'columns' | 'weights' | 'values'> {
    const { count } = this
    return {
      children: this.children.slice(0, count),
      columns: this.columns.slice(0, count * this.#width),
      weights: this.weights.slice(0, count * this.#width),
      values: this.values.slice(0, count),
    }
  }
}

class Grower {
  readonly #matrix: Matrix
  readonly #width: number
  readonly #nodes: Nodes
  readonly #depth: number
  readonly #random: Random
  readonly #free: Uint16Array

  constructor(matrix: Matrix, width: number, nodes: Nodes, depth: number, random: Random) {
    this.#matrix = matrix
    this.#width = width
    this.#nodes = nodes
    this.#depth = depth
    this.#random = random
    this.#free = Uint16Array.from({ length: matrix.columns }, (_, i) => i)
  }

  grow(rows: Uint32Array): void {
    this.#split(this.#nodes.count++, rows, 0)
  }

  #split(node: number, rows: Uint32Array, depth: number): void {
    const nodes = this.#nodes
    const cut = depth < this.#depth && rows.length > 1 ? this.#cut(node, rows) : null
    if (cut === null) {
      nodes.values[node] = depth + stepsAmong(rows.length)
      return
    }
    const first = nodes.count
    nodes.count += 2
    nodes.children[node] = first
    nodes.values[node] = cut.at
    const near = rows.filter((_, i) => (cut.places[i] as number) <= cut.at)
    const far = rows.filter((_, i) => (cut.places[i] as number) > cut.at)
    this.#split(first, near, depth + 1)
    this.#split(first + 1, far, depth + 1)
  }

  /** A random cut with rows on either side; null where all rows are alike. */
  #cut(node: number, rows: Uint32Array): { at: number; places: Float32Array } | null {
    const [width, random] = [this.#width, this.#random]
    let left = this.#free.length
    while (left > 0) {
      for (let i = 0; i < width; i++) {
        const picked = i < left ? random.int(0, left - 1 - i) : random.int(0, this.#free.length - 1)
        const column = this.#free[picked] as number
        const last = i < left ? left - 1 - i : picked
        this.#free[picked] = this.#free[last] as number
        this.#free[last] = column
        this.#nodes.columns[node * width + i] = column
        this.#nodes.weights[node * width + i] = width === 1 ? 1 : random.normal(0, 1)
      }
      const places = this.#places(node, rows)
      let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
      for (const place of places) {
        if (place < low) low = place
        if (place > high) high = place
      }
      const at = Math.fround(low + random.next() * (high - low))
      if (low <= at && at < high) return { at, places }
      left -= width
    }
    return null
  }

  #places(node: number, rows: Uint32Array): Float32Array {
    const { columns, values } = this.#matrix
    const [width, nodes] = [this.#width, this.#nodes]
    const places = new Float32Array(rows.length)
    for (let i = 0; i < rows.length; i++) {
      places[i] = place(
        values,
        (rows[i] as number) * columns,
        nodes.columns,
        nodes.weights,
        node * width,
        width,
      )
    }
    return places
  }
}

/** Where a row lies along a cut; sums are rounded alike when growing and when asking. */
function place(
  values: Float32Array,
  row: number,
  columns: Uint16Array,
  weights: Float32Array,
  from: number,
  width: number,
): number {
  if (width === 1) return values[row + (columns[from] as number)] as number
  let sum = 0
  for (let i = from; i < from + width; i++) {
    sum += (weights[i] as number) * (values[row + (columns[i] as number)] as number)
  }
  return Math.fround(sum)
}

/** How odd each row is, 0 to 1: 2^-(mean steps / usual steps). */
export function isolation(forest: Forest, { rows, columns, values }: Matrix): Float64Array {
  const { roots, usual, width } = forest
  const steps = new Float64Array(rows)
  const walk = width === 1 ? walkStraight : walkSlanted
  // tree by tree within a block of rows, so that a tree stays near the processor
  for (let from = 0; from < rows; from += 1024) {
    const to = Math.min(rows, from + 1024)
    for (const root of roots) walk(forest, root, { values, columns, from, to, steps })
  }
  const scale = roots.length * (usual === 0 ? 1 : usual)
  return steps.map((sum) => 2 ** (-sum / scale))
}

interface Walk {
  values: Float32Array
  columns: number
  from: number
  to: number
  /** What is added to. */
  steps: Float64Array
}

function walkStraight(forest: Forest, root: number, { values, columns, from, to, steps }: Walk): void {
  const { children, columns: cutColumns, values: cuts } = forest
  for (let row = from; row < to; row++) {
    const start = row * columns
    let node = root
    for (let next = children[node] as number; next !== 0; next = children[node] as number) {
      node =
        (values[start + (cutColumns[node] as number)] as number) <= (cuts[node] as number) ? next : next + 1
    }
    steps[row] = (steps[row] as number) + (cuts[node] as number)
  }
}

function walkSlanted(forest: Forest, root: number, { values, columns, from, to, steps }: Walk): void {
  const { children, columns: cutColumns, weights, values: cuts, width } = forest
  for (let row = from; row < to; row++) {
    const start = row * columns
    let node = root
    for (let next = children[node] as number; next !== 0; next = children[node] as number) {
      const at = place(values, start, cutColumns, weights, node * width, width)
      node = at <= (cuts[node] as number) ? next : next + 1
    }
    steps[row] = (steps[row] as number) + (cuts[node] as number)
  }
}
