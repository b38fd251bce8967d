// What columns look like, in few numbers, and how far later ones have moved from that. It keeps no rows.

/** What a column looked like. */
export interface ColumnProfile {
  name: string
  /** In words that people know; absent = its name. */
  title?: string
  kind: 'number' | 'word'
  /** Numbers: inner edges of the bins, ascending. */
  edges: number[]
  /** Words: those with a bin of their own; the next bin is for all others. */
  words: string[]
  /** Share of each bin; the last one is for what is missing. */
  shares: number[]
  /** Numbers: the middle; null where none is known. */
  middle: number | null
}

/** What the inputs of a model looked like. */
export interface Profile {
  rows: number
  columns: ColumnProfile[]
}

/**
 * The part of a profile that is watched, in words.
 * @param titles by name; other columns are not watched
 */
export function watchedPart({ rows, columns }: Profile, titles: ReadonlyMap<string, string>): Profile {
  return {
    rows,
    columns: columns.flatMap((column) => {
      const title = titles.get(column.name)
      return title === undefined ? [] : [{ ...column, title }]
    }),
  }
}

/** A column as it comes: numbers, or words; null where missing. */
export type Values = ArrayLike<number | string | boolean | null>

const bins = 10
const wordsAtMost = 20

/** The profile of columns of equal length. */
export function profileOf(columns: ReadonlyMap<string, Values>): Profile {
  const found = [...columns].map(([name, values]) => columnProfile(name, values))
  return { rows: Math.max(0, ...[...columns.values()].map(({ length }) => length)), columns: found }
}

function columnProfile(name: string, values: Values): ColumnProfile {
  const numbers: number[] = []
  const words = new Map<string, number>()
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? null
    if (typeof value === 'number') {
      if (Number.isFinite(value)) numbers.push(value)
    } else if (value !== null) words.set(String(value), (words.get(String(value)) ?? 0) + 1)
  }
  const isNumber = words.size === 0
  numbers.sort((a, b) => a - b)
  const edges = isNumber ? edgesOf(numbers) : []
  const kept = isNumber
    ? []
    : [...words]
        .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
        .slice(0, wordsAtMost)
        .map(([word]) => word)
  const empty = { name, kind: isNumber ? ('number' as const) : ('word' as const), edges, words: kept }
  const counts = countsOf({ ...empty, shares: [], middle: null }, values)
  const total = Math.max(1, values.length)
  const middle = isNumber && numbers.length > 0 ? (numbers[Math.floor(numbers.length / 2)] as number) : null
  return { ...empty, shares: counts.map((count) => count / total), middle }
}

/** Edges so that each bin has about as many values; equal values share a bin. */
function edgesOf(sorted: readonly number[]): number[] {
  const edges: number[] = []
  for (let i = 1; i < bins && sorted.length > 0; i++) {
    const edge = sorted[Math.floor((i * sorted.length) / bins)] as number
    if (edge > (edges.at(-1) ?? (sorted[0] as number))) edges.push(edge)
  }
  return edges
}

/** How many values fall into each bin of a column; the last one is for what is missing. */
export function countsOf({ kind, edges, words }: ColumnProfile, values: Values): number[] {
  const places = new Map(words.map((word, i) => [word, i]))
  const counts = new Array<number>((kind === 'number' ? edges.length + 1 : words.length + 1) + 1).fill(0)
  const missing = counts.length - 1
  for (let i = 0; i < values.length; i++) {
    const at = binOf(values[i] ?? null, { kind, edges, words }, places)
    const place = at < 0 ? missing : at
    counts[place] = (counts[place] as number) + 1
  }
  return counts
}

function binOf(
  value: number | string | boolean | null,
  { kind, edges, words }: Pick<ColumnProfile, 'kind' | 'edges' | 'words'>,
  places: ReadonlyMap<string, number>,
): number {
  if (value === null || (typeof value === 'number' && !Number.isFinite(value))) return -1
  if (kind === 'word') return places.get(String(value)) ?? words.length
  const number = Number(value)
  if (Number.isNaN(number)) return -1
  let [low, high] = [0, edges.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((edges[middle] as number) <= number) low = middle + 1
    else high = middle
  }
  return low
}
