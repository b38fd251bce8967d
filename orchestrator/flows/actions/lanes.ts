// Places at what is outside: so many calls at a time for each address, and so many files. Who finds none free waits in
// turn, before its call begins and its time runs.

/** Lane of the files of custom actions: each call is a thread. */
export const fileLane = 'files'
const filesMost = 8
/** Calls at a time to one address. */
const callsMost = 20

interface Lane {
  inside: number
  waiting: { go: () => void; end: (error: Error) => void }[]
}

/** The lanes of a market. */
export class Lanes {
  readonly #lanes = new Map<string, Lane>()
  #isClosed = false

  get isClosed(): boolean {
    return this.#isClosed
  }

  /**
   * Does it once there is a place.
   * @param name an address, or `fileLane`
   * @throws Error where they were closed before its turn came
   */
  async inside<T>(name: string, act: () => Promise<T>): Promise<T> {
    const lane = this.#lane(name)
    if (this.#isClosed) throw closed()
    if (lane.inside < mostIn(name)) lane.inside++
    else await new Promise<void>((go, end) => lane.waiting.push({ go, end }))
    try {
      return await act()
    } finally {
      // The place goes straight to the next, or is free.
      const next = lane.waiting.shift()
      if (next !== undefined) next.go()
      else if (--lane.inside === 0) this.#lanes.delete(name)
    }
  }

  /** Lets nobody in any more; what is inside comes to its end. */
  close(): void {
    this.#isClosed = true
    for (const { waiting } of this.#lanes.values()) for (const { end } of waiting.splice(0)) end(closed())
  }

  #lane(name: string): Lane {
    const known = this.#lanes.get(name)
    if (known !== undefined) return known
    const lane: Lane = { inside: 0, waiting: [] }
    this.#lanes.set(name, lane)
    return lane
  }
}

const mostIn = (name: string) => (name === fileLane ? filesMost : callsMost)

const closed = () => new Error('Detour is stopping; it is asked with the next start')
