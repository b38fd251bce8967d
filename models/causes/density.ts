// How leaves deviate that nothing happened to: the density of their deviations, smoothed. It knows no slices.

/** Deviations lie in [-1, 1]. */
export const widest = 1
const bins = 800
const binWidth = (2 * widest) / bins

/** What ordinary deviations look like. */
export interface Ordinary {
  /** Their middle, and their spread as that of a normal distribution. */
  centre: number
  spread: number
  /** Log of the density at a deviation. */
  logDensity(deviation: number): number
}

/** Mass that is spread evenly over all deviations, since something ordinary may lie anywhere. */
const evenMass = 0.002
/** Below so many leaves their density is taken for a normal one with heavy ends. */
const fewLeaves = 400
const wideMass = 0.05
const wider = 3

/**
 * The density of some deviations.
 * @param deviations by leaf
 * @param leaves which of them
 * @param least smallest width by which each is smeared
 */
export function ordinaryOf(deviations: Float64Array, leaves: Int32Array, least: number): Ordinary {
  const sorted = Float64Array.from(leaves, (leaf) => deviations[leaf] as number).sort()
  const at = (part: number): number => sorted[Math.floor(part * (sorted.length - 1))] ?? 0
  const centre = at(0.5)
  const spread = Math.max(least, (at(0.75) - at(0.25)) / 1.349)
  const even = evenMass / (2 * widest)
  if (sorted.length < fewLeaves) {
    const normal = (off: number, width: number): number =>
      Math.exp(-0.5 * (off / width) ** 2) / (width * Math.sqrt(2 * Math.PI))
    const logDensity = (deviation: number): number => {
      const off = deviation - centre
      return Math.log((1 - wideMass) * normal(off, spread) + wideMass * normal(off, wider * spread) + even)
    }
    return { centre, spread, logDensity }
  }
  const smooth = smear(countsOf(sorted), Math.max(least, spread * 1.06 * sorted.length ** -0.2))
  const logs = smooth.map((mass) => Math.log(((1 - evenMass) * mass) / sorted.length / binWidth + even))
  const logDensity = (deviation: number): number => {
    const place = (deviation + widest) / binWidth
    const low = Math.min(bins - 1, Math.floor(place))
    const part = place - low
    return (logs[low] as number) * (1 - part) + (logs[low + 1] as number) * part
  }
  return { centre, spread, logDensity }
}

function countsOf(deviations: Float64Array): Float64Array {
  const counts = new Float64Array(bins + 1)
  for (const deviation of deviations) {
    const place = (deviation + widest) / binWidth
    const low = Math.min(bins - 1, Math.floor(place))
    counts[low] = (counts[low] as number) + 1 - (place - low)
    counts[low + 1] = (counts[low + 1] as number) + place - low
  }
  return counts
}

/** Smears counts by a normal kernel; what would fall over the edge falls back. */
function smear(counts: Float64Array, width: number): Float64Array {
  const reach = Math.min(bins, Math.ceil((4 * width) / binWidth))
  const kernel = Float64Array.from({ length: 2 * reach + 1 }, (_, i) =>
    Math.exp(-0.5 * (((i - reach) * binWidth) / width) ** 2),
  )
  const sum = kernel.reduce((all, weight) => all + weight, 0)
  const smeared = new Float64Array(counts.length)
  for (let from = 0; from < counts.length; from++) {
    const count = counts[from] as number
    if (count === 0) continue
    for (let i = 0; i < kernel.length; i++) {
      let to = Math.abs(from + i - reach)
      if (to > bins) to = 2 * bins - to
      smeared[to] = (smeared[to] as number) + (count * (kernel[i] as number)) / sum
    }
  }
  return smeared
}
