// What moved at a position since it was counted, kept small: times and units in turn, oldest first. A count that is
// told late still knows what moved after it was taken.

/** Times (epoch ms) and units in turn; null = nothing moved. */
export type Moves = readonly number[] | null

/** Moves that are kept each by itself; beyond, older ones are merged. */
const exact = 16
const minuteMs = 60_000
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs

/** With one more. Beyond 16 they share a minute, with age an hour, then a day: at most 60 are kept. */
export function withMove(moves: Moves, at: number, delta: number): Moves {
  if (delta === 0) return moves
  if (moves === null) return [at, delta]
  let place = moves.length
  while (place > 0 && (moves[place - 2] ?? 0) > at) place -= 2
  // Made whole: an array that grows keeps room for more.
  const next = place === moves.length ? moves.concat(at, delta) : moves.toSpliced(place, 0, at, delta)
  return next.length > exact * 2 ? merged(next) : next
}

/** Moves after a time. */
export function movesAfter(moves: Moves, at: number): Moves {
  if (moves === null) return null
  let place = 0
  while (place < moves.length && (moves[place] ?? 0) <= at) place += 2
  if (place === 0) return moves
  return place === moves.length ? null : moves.slice(place)
}

/** Units of all moves. */
export function sumOf(moves: Moves): number {
  let sum = 0
  if (moves !== null) for (let i = 1; i < moves.length; i += 2) sum += moves[i] ?? 0
  return sum
}

/** Moves that fall into the same stretch of time as one, with the time of the last. */
function merged(moves: readonly number[]): number[] {
  const newest = moves[moves.length - 2] ?? 0
  const out: number[] = []
  let stretch = -1
  for (let i = 0; i < moves.length; i += 2) {
    const at = moves[i] ?? 0
    const delta = moves[i + 1] ?? 0
    const width = widthAt(newest - at)
    const start = width === 0 ? at : Math.floor(at / width) * width
    if (start === stretch && out.length > 0) {
      out[out.length - 2] = at
      out[out.length - 1] = (out[out.length - 1] ?? 0) + delta
    } else out.push(at, delta)
    stretch = start
  }
  return out.length > mostKept * 2 ? oldestAsOne(out) : out
}

/** Moves kept at most. */
const mostKept = 60

function oldestAsOne(moves: readonly number[]): number[] {
  const from = moves.length - (mostKept - 1) * 2
  const old = moves.slice(0, from)
  return [old[old.length - 2] ?? 0, sumOf(old), ...moves.slice(from)]
}

/** Width of the stretch that moves of an age share. */
function widthAt(age: number): number {
  if (age < 10 * minuteMs) return minuteMs
  return age < dayMs ? hourMs : dayMs
}
