// Time as an argument: the system clock and a simulated one. Nothing else in the rooms reads the wall clock.

/** A source of time and of waiting. Times are epoch milliseconds, UTC. */
export interface Clock {
  now(): number
  sleep(ms: number): Promise<void>
  /** Calls `run` once after `ms`; the returned function cancels it. */
  after(ms: number, run: () => void): () => void
}

/** The wall clock of this machine. */
export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  after: (ms, run) => {
    const timer = setTimeout(run, ms)
    return () => clearTimeout(timer)
  },
}

interface Waiting {
  at: number
  order: number
  run: () => void
}

/** A clock that stands still until it is moved; what waits on it runs in order of its time. */
export class SimulatedClock implements Clock {
  #now: number
  #order = 0
  #waiting: Waiting[] = []

  /** @param start epoch ms */
  constructor(start: number) {
    this.#now = start
  }

  now(): number {
    return this.#now
  }

  /** When the next of what waits falls due, epoch ms; null where nothing waits. */
  get dueAt(): number | null {
    return this.#waiting.length === 0 ? null : Math.min(...this.#waiting.map((entry) => entry.at))
  }

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.after(ms, resolve)
    })
  }

  after(ms: number, run: () => void): () => void {
    const entry: Waiting = { at: this.#now + ms, order: this.#order++, run }
    this.#waiting.push(entry)
    return () => {
      this.#waiting = this.#waiting.filter((other) => other !== entry)
    }
  }

  /**
   * Moves time on by `ms`, running what falls due on the way; promises woken by it run before the next.
   * @param ms how far, >= 0
   */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms
    for (;;) {
      this.#waiting.sort((a, b) => a.at - b.at || a.order - b.order)
      const next = this.#waiting[0]
      if (next === undefined || next.at > end) break
      this.#waiting.shift()
      this.#now = Math.max(this.#now, next.at)
      next.run()
      await Promise.resolve()
    }
    this.#now = end
    await Promise.resolve()
  }
}
