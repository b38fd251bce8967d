// Turns evidence into a score between 0 and 1, so that one event gives one short alarm and one threshold serves
// calm and lively series alike, and into a chance read off the scores before. It never looks ahead.

/** What is remembered; plain data. */
export interface Alarm {
  seen: number
  /** Evidence that was shown lately, dying away: only what goes beyond it is news. */
  held: number
  /** Most news of the present block, number of blocks, and mean of log(1 + most) over them. */
  most: number
  blocks: number
  usual: number
  /** How often a score fell into each bin. */
  bins: number[]
}

/** Points over which what was shown dies away: a share of what was seen, and at least so many. */
const heldShare = 0.06
const heldAtLeast = 50
/** Points of a block. */
const blockSize = 100
/** Blocks whose usual news counts beside that of the series itself, as log(1 + news). */
const prior = 6
/** News, relative to what is usual, that scores one half: chosen on made series. */
const half = 0.165
const binCount = 100

/** Nothing seen yet. */
export function emptyAlarm(): Alarm {
  return { seen: 0, held: 0, most: 0, blocks: 0, usual: 0, bins: new Array<number>(binCount).fill(0) }
}

/**
 * The score of a point and the chance of one at least as high, then remembers it.
 * @param evidence >= 0
 * @returns score in [0, 1), 0.5 = alarm; pValue in (0, 1], the rank among all scores before
 */
export function sound(alarm: Alarm, evidence: number): { score: number; pValue: number } {
  alarm.held *= Math.exp(-1 / Math.max(heldAtLeast, heldShare * alarm.seen))
  const news = Math.max(0, evidence - alarm.held)
  alarm.held = Math.max(alarm.held, evidence)
  const relative = Math.log1p(news) / (prior + alarm.usual)
  const score = relative / (relative + half)
  const pValue = rank(alarm, score)
  alarm.most = Math.max(alarm.most, news)
  if (alarm.seen % blockSize === 0) endBlock(alarm)
  return { score, pValue }
}

function rank(alarm: Alarm, score: number): number {
  const bin = Math.min(binCount - 1, Math.floor(score * binCount))
  let asHigh = 0
  for (let i = bin; i < binCount; i++) asHigh += alarm.bins[i] as number
  alarm.bins[bin] = (alarm.bins[bin] as number) + 1
  const pValue = score === 0 ? 1 : (1 + asHigh) / (1 + alarm.seen)
  alarm.seen++
  return pValue
}

function endBlock(alarm: Alarm): void {
  alarm.blocks++
  alarm.usual += (Math.log1p(alarm.most) - alarm.usual) / alarm.blocks
  alarm.most = 0
}
