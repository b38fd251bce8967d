// Scores a streaming detector over labelled windows: early alarms in a window gain, false alarms cost, one
// threshold serves all series. It never sees how the scores came about.

/** A series with its labels. */
export interface LabelledSeries {
  name: string
  /** What it is like, for a table by kind. */
  kind: string
  /** Epoch milliseconds, ascending. */
  times: Float64Array
  values: Float64Array
  /** First and last index of each labelled window, both included, ascending and apart. */
  windows: [number, number][]
}

/** What an alarm gains and costs; the standard weights. */
export interface WindowWeights {
  hit: number
  falseAlarm: number
  miss: number
}

/** What a detector reached. */
export interface WindowScore {
  /** 0 = a detector that says nothing, 100 = a perfect one; below 0 with many false alarms. */
  score: number
  /** Alarm where the score of a point is at least this. */
  threshold: number
  hits: number
  windows: number
  /** Points above the threshold outside of every window. */
  falseAlarms: number
}

const standardWeights: WindowWeights = { hit: 1, falseAlarm: 0.11, miss: 1 }
/** Share of a series that is for learning only, and the most points of it. */
const probationShare = 0.15
const probationAtMost = 750
/** Widths behind a window from where on a false alarm costs in full. */
const farBehind = 3

/** Points at the start of a series of `count` points that are not scored. */
export function probationOf(count: number): number {
  return Math.min(Math.floor(probationShare * count), probationAtMost)
}

/** 1 well before, 0 at the end of the window and -1 well behind it; `place` in widths from its end. */
function worth(place: number): number {
  return place > farBehind ? -1 : 2 / (1 + Math.exp(5 * place)) - 1
}

interface Alarm {
  score: number
  /** Window it hits, over all series; -1 = false. */
  window: number
  worth: number
}

/**
 * The best threshold over all series and what it reaches.
 * @param detected a score in [0, 1] for each point of each series
 * @param threshold where given, this one is used instead of the best
 * @source Lavin and Ahmad, Evaluating real-time anomaly detection algorithms, 2015: windows, weights, sigmoid
 */
export function scoreWindows(
  detected: { series: LabelledSeries; scores: Float64Array }[],
  threshold?: number,
  weights: WindowWeights = standardWeights,
): WindowScore {
  const alarms: Alarm[] = []
  let windows = 0
  for (const { series, scores } of detected) {
    alarmsOf(series, scores, weights, windows, alarms)
    windows += series.windows.length
  }
  alarms.sort((a, b) => b.score - a.score)
  const gained = new Float64Array(windows).fill(-weights.miss)
  const isHit = new Uint8Array(windows)
  let total = -weights.miss * windows
  let falseAlarms = 0
  let hits = 0
  const nothing = total
  let best = { total, threshold: 1.1, hits, falseAlarms }
  for (let i = 0; i < alarms.length; i++) {
    const alarm = alarms[i] as Alarm
    if (threshold !== undefined && alarm.score < threshold) break
    if (alarm.window < 0) {
      total += alarm.worth
      falseAlarms++
    } else {
      const before = gained[alarm.window] as number
      const after = Math.max(before, alarm.worth)
      hits += isHit[alarm.window] === 1 ? 0 : 1
      isHit[alarm.window] = 1
      gained[alarm.window] = after
      total += after - before
    }
    const isLastOfItsScore = alarms[i + 1]?.score !== alarm.score
    if (isLastOfItsScore && (total > best.total || threshold !== undefined))
      best = { total, threshold: threshold ?? alarm.score, hits, falseAlarms }
  }
  const perfect = weights.hit * windows
  return {
    score: windows === 0 ? 0 : (100 * (best.total - nothing)) / (perfect - nothing),
    threshold: best.threshold,
    hits: best.hits,
    windows,
    falseAlarms: best.falseAlarms,
  }
}

function alarmsOf(
  { windows }: LabelledSeries,
  scores: Float64Array,
  weights: WindowWeights,
  firstWindow: number,
  into: Alarm[],
): void {
  const full = worth(-1)
  let next = 0
  for (let i = 0; i < scores.length; i++) {
    while (next < windows.length && i > (windows[next] as [number, number])[1]) next++
    const score = scores[i] as number
    if (i < probationOf(scores.length) || score <= 0) continue
    const ahead = windows[next]
    if (ahead !== undefined && i >= ahead[0]) {
      const place = -(ahead[1] - i + 1) / (ahead[1] - ahead[0] + 1)
      into.push({ score, window: firstWindow + next, worth: (weights.hit * worth(place)) / full })
      continue
    }
    const behind = windows[next - 1]
    const place = behind === undefined ? Infinity : (i - behind[1]) / Math.max(1, behind[1] - behind[0])
    into.push({ score, window: -1, worth: weights.falseAlarm * worth(place) })
  }
}
