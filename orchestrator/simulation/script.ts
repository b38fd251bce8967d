// What a simulation did, written so that it can be done again: steps with their times, and what befell each call to the
// log. Shapes only.

import type { CoreCommand } from '#orchestrator/core'

/** What befalls a call to the log. Times are whole ms. */
export interface Fate {
  /**
   * fine: done and answered. lost: not done, outcome reported unknown. landed: done, reported unknown. late: reported
   * unknown, done long after. loose: reported unknown, readable, but gone with the primary.
   */
  how: 'fine' | 'lost' | 'landed' | 'late' | 'loose'
  /** From the call until it takes effect. */
  there: number
  /** From there until the answer; of `late`, from the answer until it takes effect. */
  back: number
  /** Whether the call is still carried out when its process dies on the way. */
  survives: boolean
}

/** Something that happens to the system from outside. */
export type Act =
  | { do: 'submit'; to: number; command: CoreCommand }
  | { do: 'start'; process: number }
  | { do: 'crash'; process: number }
  | { do: 'freeze'; process: number }
  | { do: 'thaw'; process: number }
  | { do: 'lose-primary' }

/** An act at its time, ms from the start of the simulation. */
export type Step = Act & { at: number }

/** Everything that was drawn: played back, it gives the same history. */
export interface Script {
  seed: string
  steps: Step[]
  /** By process, in the order of its calls; a call without one is fine and takes 1 ms each way. */
  fates: Record<number, Fate[]>
}

/** What a call without a fate of its own meets. */
export const noFault: Fate = { how: 'fine', there: 1, back: 1, survives: true }
