// One thing at a time: work waits for its turn in the order it came. It knows nothing of what the work is.

/** A queue of work. */
export interface Turns {
  /** Runs `work` once everything before it has ended, and gives its outcome. */
  take<T>(work: () => Promise<T>): Promise<T>
  /** Resolves when everything taken so far has ended. */
  idle(): Promise<void>
}

/** An empty queue. */
export function createTurns(): Turns {
  let last: Promise<unknown> = Promise.resolve()
  return {
    take: (work) => {
      const turn = last.then(work)
      last = turn.catch(() => undefined)
      return turn
    },
    idle: async () => {
      await last
    },
  }
}
