// Makes probabilities mean what they say: slope and shift of their log-odds from held-back outcomes, and a shift that
// follows the outcomes of the last weeks. It changes no ranking within an instant.

import { Fading } from './fading.ts'
import { logit } from './past.ts'

/** Log-odds become `shift + slope * log-odds`. */
export interface Calibration {
  slope: number
  shift: number
}

/** Nothing changes. */
export const asIs: Calibration = { slope: 1, shift: 0 }

const rounds = 25
/** How strongly slope and shift are drawn to 1 and 0, in outcomes of even odds. */
const ridge = 4

/** Chance of log-odds. */
export function chanceOf(odds: number): number {
  return 1 / (1 + Math.exp(-odds))
}

/** The chance after calibration; a chance that is no number stays unknown as such. */
export function calibrated(chance: number, { slope, shift }: Calibration): number {
  return chanceOf(shift + slope * logit(chance))
}

/**
 * Slope (never below 0.05: more risk stays more risk) and shift that make held-back outcomes likeliest.
 * @source J. Platt, Probabilistic outputs for support vector machines, 1999
 */
export function calibrationOf(chances: readonly number[], outcomes: readonly boolean[]): Calibration {
  let [slope, shift] = [1, 0]
  const odds = chances.map(logit)
  for (let round = 0; round < rounds; round++) {
    let [gs, gb] = [ridge * (1 - slope), -ridge * 0.25 * shift]
    let [ss, sb, bb] = [ridge, 0, ridge * 0.25]
    for (let i = 0; i < odds.length; i++) {
      const x = odds[i] as number
      const p = chanceOf(shift + slope * x)
      const error = (outcomes[i] === true ? 1 : 0) - p
      const w = p * (1 - p)
      gs += error * x
      gb += error
      ss += w * x * x
      sb += w * x
      bb += w
    }
    const scale = ss * bb - sb * sb
    if (!(scale > 0)) break
    slope += (bb * gs - sb * gb) / scale
    shift += (ss * gb - sb * gs) / scale
    slope = Math.min(3, Math.max(0.05, slope))
    shift = Math.min(6, Math.max(-6, shift))
  }
  return { slope, shift }
}

/** Part of what the last weeks suggest that is believed: part of it is over by the time it is known. */
const believed = 0.5

/** How far off the chances of the last weeks were, as a shift of log-odds. */
export class Drift {
  readonly #over: Fading
  readonly #weight: Fading
  readonly #strength: number

  /** @param strength outcomes of even odds, by which it is drawn to no shift */
  constructor({ days = 30, strength = 4 }: { days?: number; strength?: number } = {}) {
    this.#over = new Fading(days)
    this.#weight = new Fading(days)
    this.#strength = strength
  }

  /** An outcome that became known. @param chance as it was told, after calibration, without shift */
  add(at: number, chance: number, isLate: boolean): void {
    this.#over.add(at, (isLate ? 1 : 0) - chance)
    this.#weight.add(at, chance * (1 - chance))
  }

  /** The shift, between -1.5 and 1.5. */
  shift(at: number): number {
    const count = this.#over.weight(at)
    const over = this.#over.mean(at, 0, 1e-9) * count
    const weight = this.#weight.mean(at, 0, 1e-9) * this.#weight.weight(at)
    return believed * Math.min(3, Math.max(-3, over / (weight + this.#strength)))
  }
}
