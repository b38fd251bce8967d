// The views of a series: each turns the newest value into a number, and says how far beyond its own past that is.
// What they say is added up; no view is chosen for a series.

import { emptyRolling, isFull, type Rolling, roll, rollingMean, rollingSd } from './rolling.ts'
import { emptyTail, type Tail, tailEvidence } from './tail.ts'

/** Why a point is odd, in the word of the view that says it most. */
export type StreamReason =
  | 'higher than ever'
  | 'lower than ever'
  | 'level risen'
  | 'level fallen'
  | 'more restless'
  | 'calmer or stuck'
  | 'sudden jump'
  | 'above its season'
  | 'below its season'

/** Name of a view. */
export type ViewName = (typeof views)[number]['name']

/** What the views remember; plain data. */
export interface Views {
  short: Rolling
  long: Rolling
  strayed: Rolling
  /** Count, mean and sum of squares around it, of all values. */
  seen: number
  mean: number
  squares: number
  previous: number | null
  tails: Record<ViewName, Tail>
}

/** Numbers of a point that views look at; NaN = not known yet. */
interface Sights {
  value: number
  shortMean: number
  longMean: number
  shortSd: number
  longSd: number
  shortCalm: number
  longCalm: number
  jump: number
  strayed: number
  strayedMean: number
}

const shortWindow = 10
const longWindow = 60
const strayedWindow = 40
/** The most a single view can say, so that one endless number does not drown the others. */
const mostOfView = 20
/** A plainer view gives the reason where it says at least this share of what a later one says. */
const plainer = 0.6
/** Standard deviations below this share of that of all values are alike. */
const stillness = 1e-3

/**
 * Views with the weight of what they say, the plainest first; `of` = what they look at, in the direction that alarms.
 */
const views = [
  { name: 'high', weight: 0.7, reason: 'higher than ever', of: ({ value }: Sights) => value },
  { name: 'low', weight: 0.7, reason: 'lower than ever', of: ({ value }: Sights) => -value },
  { name: 'above', weight: 1, reason: 'above its season', of: ({ strayed }: Sights) => strayed },
  { name: 'below', weight: 1, reason: 'below its season', of: ({ strayed }: Sights) => -strayed },
  {
    name: 'longAbove',
    weight: 0.5,
    reason: 'above its season',
    of: ({ strayedMean }: Sights) => strayedMean,
  },
  {
    name: 'longBelow',
    weight: 0.5,
    reason: 'below its season',
    of: ({ strayedMean }: Sights) => -strayedMean,
  },
  { name: 'jump', weight: 1, reason: 'sudden jump', of: ({ jump }: Sights) => jump },
  { name: 'shortRise', weight: 1, reason: 'level risen', of: ({ shortMean }: Sights) => shortMean },
  { name: 'shortFall', weight: 0.7, reason: 'level fallen', of: ({ shortMean }: Sights) => -shortMean },
  { name: 'longRise', weight: 1, reason: 'level risen', of: ({ longMean }: Sights) => longMean },
  { name: 'longFall', weight: 0.7, reason: 'level fallen', of: ({ longMean }: Sights) => -longMean },
  { name: 'shortCalm', weight: 0.7, reason: 'calmer or stuck', of: ({ shortCalm }: Sights) => shortCalm },
  { name: 'longCalm', weight: 0.7, reason: 'calmer or stuck', of: ({ longCalm }: Sights) => longCalm },
  { name: 'shortStir', weight: 1, reason: 'more restless', of: ({ shortSd }: Sights) => shortSd },
  { name: 'longStir', weight: 1, reason: 'more restless', of: ({ longSd }: Sights) => longSd },
] as const

/** Nothing seen yet. */
export function emptyViews(): Views {
  return {
    short: emptyRolling(shortWindow),
    long: emptyRolling(longWindow),
    strayed: emptyRolling(strayedWindow),
    seen: 0,
    mean: 0,
    squares: 0,
    previous: null,
    tails: Object.fromEntries(views.map(({ name }) => [name, emptyTail()])) as Record<ViewName, Tail>,
  }
}

/**
 * What all views say about a value together, then they remember it.
 * @param value from any fixed origin, so that its size is that of its changes
 * @param strayed value less what its season let expect
 * @returns sum of about -log10 of chances, >= 0, and the word of the plainest view that says much
 */
export function weigh(
  state: Views,
  value: number,
  strayed: number,
): { evidence: number; reason: StreamReason | null } {
  const sights = look(state, value, strayed)
  let evidence = 0
  let most = 0
  let reason: StreamReason | null = null
  for (const view of views) {
    const sight = view.of(sights)
    if (Number.isNaN(sight)) continue
    const said = Math.min(mostOfView, tailEvidence(state.tails[view.name], sight))
    evidence += view.weight * said
    if (plainer * said > most) {
      most = said
      reason = view.reason
    }
  }
  return { evidence, reason }
}

function look(state: Views, value: number, strayed: number): Sights {
  const { short, long, strayed: last, previous } = state
  roll(short, value)
  roll(long, value)
  roll(last, strayed)
  state.seen++
  const above = value - state.mean
  state.mean += above / state.seen
  state.squares += above * (value - state.mean)
  state.previous = value
  const spread = Math.sqrt(state.squares / state.seen)
  const shortSd = isFull(short) ? rollingSd(short) : Number.NaN
  const longSd = isFull(long) ? rollingSd(long) : Number.NaN
  return {
    value,
    shortMean: isFull(short) ? rollingMean(short) : Number.NaN,
    longMean: isFull(long) ? rollingMean(long) : Number.NaN,
    shortSd,
    longSd,
    shortCalm: calm(shortSd, spread),
    longCalm: calm(longSd, spread),
    jump: previous === null ? Number.NaN : Math.abs(value - previous),
    strayed,
    strayedMean: isFull(last) ? rollingMean(last) : Number.NaN,
  }
}

/** How still a window is beside the whole series, as a logarithm; not known where nothing ever moved. */
function calm(sd: number, spread: number): number {
  return spread > 0 ? -Math.log(sd / spread + stillness) : Number.NaN
}
