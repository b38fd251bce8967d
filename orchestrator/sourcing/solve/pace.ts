// Keeps a long computation polite: it ends on time, can be cancelled, and lets others run between its steps. It never
// changes what is computed, only when it stops.

import { setImmediate } from 'node:timers/promises'
import type { SolveOptions } from './problem.ts'

/** Longest time that one step keeps the thread, ms. */
const stepMs = 12

/** The time of one computation. */
export class Pace {
  readonly #options: Pick<SolveOptions, 'timeLimitMs' | 'elapsedMs' | 'isCancelled'>
  readonly #began: number
  #rested: number
  #calls = 0
  #isOver = false

  constructor(options: Pick<SolveOptions, 'timeLimitMs' | 'elapsedMs' | 'isCancelled'>) {
    this.#options = options
    this.#began = options.elapsedMs()
    this.#rested = this.#began
  }

  /** Ms since the beginning. */
  get spentMs(): number {
    return this.#options.elapsedMs() - this.#began
  }

  /** Ms that are left. */
  get leftMs(): number {
    return this.#options.timeLimitMs - this.spentMs
  }

  /** Whether the computation has to end, and why. */
  get stopped(): 'time' | 'cancelled' | null {
    if (this.#options.isCancelled?.() === true) return 'cancelled'
    return this.leftMs <= 0 ? 'time' : null
  }

  /**
   * To be called often; cheap. Lets others run when the thread was kept long enough.
   * @param every looks at the clock only each so many calls
   * @returns true when the computation has to end
   */
  async rest(every = 1): Promise<boolean> {
    if (!this.isDue(every)) return this.#isOver
    await setImmediate()
    this.#rested = this.#options.elapsedMs()
    if (!this.#isOver) this.#isOver = this.stopped !== null
    return this.#isOver
  }

  /** Whether `rest` would let others run now; asked in inner loops, where even an await costs. */
  isDue(every = 1): boolean {
    if (++this.#calls < every) return false
    this.#calls = 0
    return this.#options.elapsedMs() - this.#rested >= stepMs
  }
}
