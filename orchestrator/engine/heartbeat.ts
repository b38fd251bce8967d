// Keeps the loop turning at its pace and remembers how the last turn went. What a turn does stands in cycle.ts.

import type { api } from '#data/contracts'
import { asDetourError, type Effects, reasonOf } from '#data/kernel'
import type { CycleReport } from './engine.ts'
import { Pace } from './pace.ts'
import type { Turns } from './turns.ts'

/** What beats. */
export interface HeartbeatParts {
  turns: Turns
  effects: Effects
  /** One turn of the loop. */
  turn(): Promise<CycleReport>
  /** Called after each turn that went well. */
  onTurned(): void
  /** Newest business time of the tables, epoch ms. */
  dataTo(): number | null
  /** Events of the log that the tables do not show yet. */
  pending(): Promise<number>
}

/** The beating loop. */
export class Heartbeat {
  readonly #parts: HeartbeatParts
  readonly #pace: Pace
  #report: CycleReport | null = null
  #turnedAt = 0
  #error: string | null = null

  constructor(parts: HeartbeatParts) {
    this.#parts = parts
    const { turns, effects } = parts
    this.#pace = new Pace(() => turns.take(() => this.#turn()), effects, effects.config.liveCycleMs)
  }

  /** A turn now, or shared with those who wait for the next. @throws what the turn threw */
  now(): Promise<CycleReport> {
    return this.#pace.now()
  }

  /** A turn before long. */
  soon(): void {
    this.#pace.soon()
  }

  stop(): void {
    this.#pace.stop()
  }

  /** How fresh the tables are. */
  async freshness(): Promise<api.Freshness> {
    const dataTo = this.#parts.dataTo()
    return {
      state: this.#state(),
      cycledAt: this.#report === null ? null : new Date(this.#turnedAt).toISOString(),
      cycleSeconds: this.#report?.seconds ?? null,
      dataTo: dataTo === null ? null : new Date(dataTo).toISOString(),
      pendingEvents: await this.#parts.pending(),
      error: this.#error,
    }
  }

  #state(): api.Freshness['state'] {
    if (this.#error !== null) return 'failed'
    if (this.#pace.isRunning) return 'running'
    return this.#report === null ? 'none' : 'current'
  }

  async #turn(): Promise<CycleReport> {
    const { effects, turn, onTurned } = this.#parts
    try {
      this.#report = await turn()
      this.#turnedAt = effects.clock.now()
      this.#error = null
      onTurned()
      return this.#report
    } catch (error) {
      this.#error = reasonOf(error)
      effects.logger.error({ err: error }, 'cycle failed')
      throw asDetourError(error)
    }
  }
}
