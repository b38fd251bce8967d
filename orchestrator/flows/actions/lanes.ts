// Places at what is outside: so many calls at a time for each address, and so many files. Who finds none free waits in
// turn, before its call begins and its time runs.

/** Lane of the files of custom actions: each call is a thread. */
export const fileLane = 'files'
const filesMost = 8
/** Calls at a time to one address. */
const callsMost = 20

interface Lane {
  inside: number
  waiting: { go: () => void; end: (error: NotAsked) => void }[]
}

/** Nobody was asked: Detour stops, or it was not wanted any more once its turn came. */
export class NotAsked extends Error {}

/** The lanes of a market. */
export class Lanes {
  readonly #lanes = new Map<string, Lane>()
  #isClosed = false

  /**
   * Does it once there is a place.
   * @param name an address, or `fileLane`
   * @throws NotAsked where they were closed before its turn came
   */
  async inside<T>(name: string, act: () => Promise<T>): Promise<T> {
    if (this.#isClosed) throw new NotAsked()
    const lane = this.#lane(name)
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
    for (const { waiting } of this.#lanes.values())
      for (const { end } of waiting.splice(0)) end(new NotAsked())
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
