// Seeded randomness: the same seed gives the same numbers on every machine. Not for secrets.

/** A stream of pseudo-random numbers. */
export interface Random {
  /** Uniform in [0, 1). */
  next(): number
  /** Whole number, uniform in [low, high], both included. */
  int(low: number, high: number): number
  /** Normal with the given mean and standard deviation. */
  normal(mean: number, sd: number): number
  /** Exponential with the given mean. */
  exponential(mean: number): number
  /** Poisson count with the given mean. */
  poisson(mean: number): number
  /** One of the items, uniformly. */
  pick<T>(items: readonly T[]): T
  /** Index drawn in proportion to the weights (all >= 0, sum > 0). */
  weighted(weights: readonly number[]): number
  /** An independent stream named by a label: adding one consumer never shifts another's numbers. */
  fork(label: string): Random
}

/**
 * A generator from a seed (32-bit state mixing, period 2^128).
 * @source sfc32 of Chris Doty-Humphrey's PractRand, seeded by xmur3
 */
export function seededRandom(seed: string | number): Random {
  const mix = mixer(String(seed))
  const next = sfc32(mix(), mix(), mix(), mix())
  for (let i = 0; i < 12; i++) next()
  const normal = (mean: number, sd: number): number => {
    const radius = Math.sqrt(-2 * Math.log(1 - next()))
    return mean + sd * radius * Math.cos(2 * Math.PI * next())
  }
  return {
    next,
    int: (low, high) => low + Math.floor(next() * (high - low + 1)),
    normal,
    exponential: (mean) => -mean * Math.log(1 - next()),
    poisson: (mean) => poisson(mean, next, normal),
    pick: (items) => items[Math.floor(next() * items.length)] as (typeof items)[number],
    weighted: (weights) => weighted(weights, next()),
    fork: (label) => seededRandom(`${seed}/${label}`),
  }
}

function poisson(mean: number, next: () => number, normal: (mean: number, sd: number) => number): number {
  if (mean > 60) return Math.max(0, Math.round(normal(mean, Math.sqrt(mean))))
  const limit = Math.exp(-mean)
  let count = 0
  for (let product = next(); product > limit; product *= next()) count++
  return count
}

function weighted(weights: readonly number[], uniform: number): number {
  let left = uniform * weights.reduce((sum, weight) => sum + weight, 0)
  for (let i = 0; i < weights.length; i++) {
    left -= weights[i] ?? 0
    if (left < 0) return i
  }
  return weights.length - 1
}

function mixer(text: string): () => number {
  let h = 1779033703 ^ text.length
  for (let i = 0; i < text.length; i++) {
    h = Math.imul(h ^ text.charCodeAt(i), 3432918353)
    h = (h << 13) | (h >>> 19)
  }
  return () => {
    h = Math.imul(h ^ (h >>> 16), 2246822507)
    h = Math.imul(h ^ (h >>> 13), 3266489909)
    h ^= h >>> 16
    return h >>> 0
  }
}

function sfc32(a: number, b: number, c: number, d: number): () => number {
  return () => {
    const t = (((a + b) | 0) + d) | 0
    d = (d + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (c << 21) | (c >>> 11)
    c = (c + t) | 0
    return (t >>> 0) / 4294967296
  }
}
