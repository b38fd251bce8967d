// How rough a seed is, and what befalls each call to the log in it. Pure draws: it does nothing to anybody.

import type { Random } from '#data/kernel'
import type { Fate } from './script.ts'

/** How rough a seed is: percentages, and mean times in ms. */
export interface Weather {
  appendFaults: number
  readFaults: number
  hostile: number
  repeats: number
  otherBodies: number
  strayTargets: number
  staleViews: number
  jumps: number
  /** ms of the market in one ms. */
  pace: number
  betweenWishes: number
  betweenCrashes: number
  betweenTakeovers: number
  betweenFreezes: number
  betweenLosses: number
}

/** A mean time that nothing ever takes. */
export const never = Number.POSITIVE_INFINITY

/** The weather of a seed. */
export function weatherOf(random: Random): Weather {
  return {
    appendFaults: random.pick([0, 3, 8, 25]),
    readFaults: random.pick([0, 2, 10]),
    hostile: random.pick([0, 5, 15]),
    repeats: random.pick([2, 10, 25]),
    otherBodies: random.pick([0, 1, 3]),
    strayTargets: random.pick([0, 10, 40]),
    staleViews: random.pick([0, 20, 60]),
    jumps: random.pick([0, 0, 2]),
    pace: random.pick([1, 20, 500]),
    betweenWishes: random.pick([1, 3, 8]),
    betweenCrashes: random.pick([never, 150, 400]),
    betweenTakeovers: random.pick([never, 100, 400]),
    betweenFreezes: random.pick([never, 200, 500]),
    betweenLosses: random.pick([never, never, 250]),
  }
}

/** What holds once the failures have ended. */
export const calmWeather = { appendFaults: 0, readFaults: 0 }

/** What befalls a call to the log. */
export function drawFate(
  random: Random,
  { appendFaults, readFaults }: Pick<Weather, 'appendFaults' | 'readFaults'>,
  kind: 'append' | 'read',
): Fate {
  const isBad = random.int(1, 100) <= (kind === 'append' ? appendFaults : readFaults)
  const wait = () => 1 + Math.min(200, Math.floor(random.exponential(random.int(1, 10) === 1 ? 30 : 2)))
  const fate: Fate = { how: 'fine', there: wait(), back: wait(), survives: random.int(0, 1) === 1 }
  if (!isBad) return fate
  const how = kind === 'read' ? 'lost' : random.pick(['lost', 'landed', 'late', 'loose'] as const)
  return { ...fate, how, back: how === 'late' ? random.int(1, 300) : fate.back }
}
