// Mean and standard deviation of the last few values, at constant cost. It never keeps more than its window.

/** The window; plain data. */
export interface Rolling {
  /** The last values, oldest overwritten first. */
  ring: number[]
  size: number
  /** Place of the next value. */
  next: number
  sum: number
  squares: number
}

/** A window of `size` values, empty. */
export function emptyRolling(size: number): Rolling {
  return { ring: [], size, next: 0, sum: 0, squares: 0 }
}

/** Takes a value in, and the oldest out where the window is full. */
export function roll(rolling: Rolling, value: number): void {
  const { ring, size, next } = rolling
  const oldest = ring.length === size ? (ring[next] as number) : 0
  ring[next] = value
  rolling.next = (next + 1) % size
  rolling.sum += value - oldest
  rolling.squares += value * value - oldest * oldest
  if (rolling.next === 0) recount(rolling)
}

/** Whether the window is full. */
export function isFull({ ring, size }: Rolling): boolean {
  return ring.length === size
}

/** Mean of the values in the window; 0 where it is empty. */
export function rollingMean({ sum, ring }: Rolling): number {
  return sum / Math.max(1, ring.length)
}

/** Their standard deviation, the population's. */
export function rollingSd({ sum, squares, ring }: Rolling): number {
  const mean = sum / Math.max(1, ring.length)
  return Math.sqrt(Math.max(0, squares / Math.max(1, ring.length) - mean * mean))
}

/** Adds up afresh once a round, so that rounding does not gather. */
function recount(rolling: Rolling): void {
  rolling.sum = 0
  rolling.squares = 0
  for (const value of rolling.ring) {
    rolling.sum += value
    rolling.squares += value * value
  }
}
