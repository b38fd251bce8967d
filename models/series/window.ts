// The newest values of a stream in a stretch of a longer list of numbers, so that thousands of them fit into little
// memory and can be copied at once. They never look ahead: what they say comes from the values added before.

/**
 * A window of `capacity` values at place `at` of a list: size, next place, the values as they came, and where it
 * is kept sorted, the values by size.
 */
export interface Window {
  at: number
  capacity: number
  isSorted: boolean
}

/** Numbers that a window takes in its list. */
export const windowLength = ({ capacity, isSorted }: Omit<Window, 'at'>): number =>
  2 + capacity * (isSorted ? 2 : 1)

/** Values in the window. */
export const sizeOf = (list: Float32Array, { at }: Window): number => list[at] as number

/** Adds a value; the oldest leaves when there are too many. Not a number is no value. */
export function add(list: Float32Array, window: Window, given: number): void {
  const value = Math.fround(given)
  if (!Number.isFinite(value)) return
  const { at, capacity, isSorted } = window
  const ring = at + 2
  const size = list[at] as number
  const next = list[at + 1] as number
  if (isSorted) addSorted(list, window, value, size === capacity ? (list[ring + next] as number) : null)
  if (size < capacity) list[at] = size + 1
  list[ring + next] = value
  list[at + 1] = next + 1 === capacity ? 0 : next + 1
}

function addSorted(list: Float32Array, window: Window, value: number, gone: number | null): void {
  const base = window.at + 2 + window.capacity
  const size = list[window.at] as number
  let hole = gone === null ? size : placeOf(list, base, size, gone)
  for (; hole > 0 && (list[base + hole - 1] as number) > value; hole--) {
    list[base + hole] = list[base + hole - 1] as number
  }
  const last = gone === null ? size : size - 1
  for (; hole < last && (list[base + hole + 1] as number) < value; hole++) {
    list[base + hole] = list[base + hole + 1] as number
  }
  list[base + hole] = value
}

function placeOf(list: Float32Array, base: number, size: number, value: number): number {
  let low = 0
  let high = size
  while (low < high) {
    const middle = (low + high) >> 1
    if ((list[base + middle] as number) < value) low = middle + 1
    else high = middle
  }
  return low
}

/** Forgets everything. */
export function clear(list: Float32Array, { at }: Window): void {
  list[at] = 0
  list[at + 1] = 0
}

/** Where sorted values of a window lie; the place is good until the next window is looked at. */
interface Sorted {
  list: Float32Array
  base: number
  size: number
}

const scratch = new Float32Array(64)
const sorted: Sorted = { list: scratch, base: 0, size: 0 }

function sortedOf(list: Float32Array, { at, capacity, isSorted }: Window): Sorted {
  const size = list[at] as number
  sorted.size = size
  if (isSorted) {
    sorted.list = list
    sorted.base = at + 2 + capacity
    return sorted
  }
  for (let i = 0; i < size; i++) {
    const value = list[at + 2 + i] as number
    let hole = i
    for (; hole > 0 && (scratch[hole - 1] as number) > value; hole--) {
      scratch[hole] = scratch[hole - 1] as number
    }
    scratch[hole] = value
  }
  sorted.list = scratch
  sorted.base = 0
  return sorted
}

/** Mean of the middle half: robust to a quarter of bad values at either end. NaN where there is none. */
export function midmean(list: Float32Array, window: Window): number {
  const { list: values, base, size } = sortedOf(list, window)
  const from = Math.floor((size + 1) / 4)
  const to = size - from
  let sum = 0
  for (let i = from; i < to; i++) sum += values[base + i] as number
  return sum / (to - from)
}

/** Quantile, 0 to 1, between the nearest two values; NaN where there is no value. */
export function quantile(list: Float32Array, window: Window, share: number): number {
  const { list: values, base, size } = sortedOf(list, window)
  if (size === 0) return Number.NaN
  const place = share * (size - 1)
  const below = Math.floor(place)
  const low = values[base + below] as number
  if (below + 1 >= size) return low
  return low + (place - below) * ((values[base + below + 1] as number) - low)
}
