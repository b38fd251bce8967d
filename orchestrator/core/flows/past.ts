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

/** Which events were taken account of. */
export interface Heard {
  /** All before this place. */
  mark: number
  /** Of these names also those up to the newest that was taken; absent = none was. */
  taken?: readonly PastEvent[]
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

/** The first event of the names that was not taken account of, null = there is none. */
export function firstUnheard(
  { kept }: Past,
  names: readonly string[],
  { mark, taken = [] }: Heard,
): PastEvent | null {
  const isTaken = ({ name, place }: PastEvent) =>
    place < mark || taken.some((each) => each.name === name && each.place >= place)
  return kept.find((each) => names.includes(each.name) && !isTaken(each)) ?? null
}

/** What was taken account of, with one more event: those of other names stay for whoever waits for them. */
export function withHeard({ mark, taken = [] }: Heard, { name, place }: PastEvent): Heard {
  return { mark, taken: [...taken.filter((each) => each.name !== name), { name, place }] }
}

/** What any of them took account of. */
export function heardByAny(all: readonly Heard[]): Heard {
  const mark = Math.max(0, ...all.map((each) => each.mark))
  const inTurn = all.flatMap(({ taken = [] }) => taken).toSorted((a, b) => a.place - b.place)
  const newest = new Map(inTurn.map((each) => [each.name, each]))
  return newest.size === 0 ? { mark } : { mark, taken: [...newest.values()] }
}
