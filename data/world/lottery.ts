// A drum of tickets: draws an index in proportion to weights in constant time. It holds no randomness of its
// own.

/** A weighted draw prepared once and used often. */
export interface Lottery {
  /** @param uniform in [0, 1) @returns index of the weights */
  draw(uniform: number): number
}

/**
 * A lottery over weights, exact to one part in `tickets`.
 * @param weights all >= 0, sum > 0
 */
export function lottery(weights: readonly number[], tickets = 4096): Lottery {
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  const drum = new Uint16Array(tickets)
  let index = 0
  let reached = (weights[0] ?? 0) / total
  for (let ticket = 0; ticket < tickets; ticket++) {
    while ((ticket + 0.5) / tickets > reached && index < weights.length - 1) {
      index++
      reached += (weights[index] ?? 0) / total
    }
    drum[ticket] = index
  }
  return { draw: (uniform) => drum[Math.floor(uniform * tickets)] ?? 0 }
}
