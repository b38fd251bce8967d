// What happened to the subject of a run, for tiles that wait for it: each event with its place among all of them. Of
// each name the newest are kept, so that what comes often never drives out what came once. Pure.

/** An event, and how many there were before it. */
export interface PastEvent {
  name: string
  place: number
}

/** Events so far. */
export interface Past {
  /** How many there were. */
  count: number
  /** Those at hand, oldest first. */
  kept: readonly PastEvent[]
}

/** Nothing happened yet. */
export const noPast: Past = { count: 0, kept: [] }

/** Events that are kept: of one name (as many returns may wait for an order), and of all names. */
const most = { ofName: 20, all: 1_000 } as const

/** What happened so far, with one more event. */
export function withEvent({ count, kept }: Past, name: string): Past {
  const own = kept.filter((each) => each.name === name)
  const [oldest] = own
  const others = own.length < most.ofName ? kept : kept.filter((each) => each !== oldest)
  return { count: count + 1, kept: [...others.slice(1 - most.all), { name, place: count }] }
}
