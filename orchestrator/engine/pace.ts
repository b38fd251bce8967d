// When turns of the loop happen: at once when asked, soon after something changed, never two at a time. It knows
// nothing of what a turn does.

import { type Effects, fail } from '#data/kernel'
import type { CycleReport } from './engine.ts'

/** The pace of the loop. */
export class Pace {
  readonly #turn: () => Promise<CycleReport>
  readonly #clock: Effects['clock']
  /** Least time from the end of a turn to the next that nobody asked for, ms. */
  readonly #restMs: number
  #running: Promise<CycleReport> | null = null
  #next: Promise<CycleReport> | null = null
  #endedAt = Number.NEGATIVE_INFINITY
  #cancel: (() => void) | null = null
  #isStopped = false
  /** Asked for while a turn runs, which may have begun too early to see why. */
  #isWanted = false

  constructor(turn: () => Promise<CycleReport>, { clock }: Pick<Effects, 'clock'>, restMs: number) {
    this.#turn = turn
    this.#clock = clock
    this.#restMs = restMs
  }

  get isRunning(): boolean {
    return this.#running !== null
  }

  /**
   * A turn that begins now, or after the one that runs; all who ask meanwhile share it.
   * @throws ENGINE_CLOSED after `stop`
   */
  now(): Promise<CycleReport> {
    if (this.#running === null) return this.#run()
    this.#next ??= this.#running.then(
      () => this.#run(),
      () => this.#run(),
    )
    return this.#next
  }

  /** A turn before long: at once after a rest, else when the rest is over. */
  soon(): void {
    if (this.#isStopped || this.#cancel !== null || this.#next !== null) return
    if (this.#running !== null) {
      this.#isWanted = true
      return
    }
    const wait = Math.max(0, this.#endedAt + this.#restMs - this.#clock.now())
    this.#cancel = this.#clock.after(wait, () => {
      this.#cancel = null
      this.now().catch(() => undefined)
    })
  }

  stop(): void {
    this.#isStopped = true
    this.#cancel?.()
    this.#cancel = null
  }

  #run(): Promise<CycleReport> {
    this.#next = null
    if (this.#isStopped) return Promise.reject(fail('ENGINE_CLOSED'))
    const turn = this.#turn().finally(() => {
      this.#running = null
      this.#endedAt = this.#clock.now()
      if (!this.#isWanted) return
      this.#isWanted = false
      this.soon()
    })
    this.#running = turn
    return turn
  }
}
