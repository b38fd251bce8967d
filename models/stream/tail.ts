// How far out a value lies in the tail of all values before it, from a handful of past peaks. It never looks ahead
// and its memory does not grow.

/** What is remembered of a stream of numbers; plain data. */
export interface Tail {
  /** The highest peaks of past blocks, highest first. */
  peaks: number[]
  /** Highest value of the present block; null at its start. */
  highest: number | null
  inBlock: number
  seen: number
  sum: number
}

/** Peaks that are remembered. */
const peakCount = 6
/** Peaks below which nothing can be said. */
const peaksAtLeast = 3
/** Points of a block: a tenth of what was seen, within bounds, so that an event gives one peak and not many. */
const blockShare = 0.1
const blockBounds = [10, 100] as const
/** Least length of the tail, as a share of how far the highest peak stands above the mean. */
const tailAtLeast = 0.02
/** Share of a number that is rounding. */
const rounding = 1e-9

/** Nothing seen yet. */
export function emptyTail(): Tail {
  return { peaks: [], highest: null, inBlock: 0, seen: 0, sum: 0 }
}

/**
 * Evidence that `value` is beyond what the stream gave so far, then remembers it.
 * @returns about -log10 of the chance of such a peak in a block; 0 where it is nothing new, may be infinite
 * @source Pickands, Statistical inference using extreme order statistics, 1975: an exponential tail above peaks
 */
export function tailEvidence(tail: Tail, value: number): number {
  const { peaks } = tail
  tail.sum += value
  tail.seen++
  tail.inBlock++
  const least = peaks[peaks.length - 1]
  const evidence =
    least === undefined || peaks.length < peaksAtLeast || value <= least ? 0 : beyond(tail, value, least)
  if (tail.highest === null || value > tail.highest) tail.highest = value
  const [low, high] = blockBounds
  if (tail.inBlock >= Math.min(high, Math.max(low, tail.seen * blockShare))) endBlock(tail)
  return Math.max(0, evidence)
}

function beyond({ peaks, highest, seen, sum }: Tail, value: number, least: number): number {
  const top = Math.max(peaks[0] as number, highest ?? -Infinity)
  let excess = 0
  for (const peak of peaks) excess += (peak - least) / peaks.length
  const length = Math.max(excess, tailAtLeast * (top - sum / seen), rounding * Math.abs(top))
  const blocks = seen / blockBounds[1]
  return Math.log10(Math.max(0.5, blocks / peaks.length)) + (value - least) / length / Math.LN10
}

function endBlock(tail: Tail): void {
  const { peaks, highest } = tail
  tail.inBlock = 0
  tail.highest = null
  if (highest === null || (peaks.length === peakCount && highest <= (peaks[peakCount - 1] as number))) return
  const place = peaks.findIndex((peak) => peak < highest)
  peaks.splice(place < 0 ? peaks.length : place, 0, highest)
  if (peaks.length > peakCount) peaks.pop()
}
