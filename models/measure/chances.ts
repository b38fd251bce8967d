// How good chances are: order, calibration, likelihood, and how far quantiles miss. It knows no model.

/**
 * Area under the ROC curve; ties count half. Null where there is one class only.
 * @param scores higher = rather true
 */
export function aurocOf(scores: readonly number[], outcomes: readonly boolean[]): number | null {
  const order = scores.map((_, i) => i).sort((a, b) => (scores[a] as number) - (scores[b] as number))
  const trueCount = outcomes.filter((each) => each).length
  const falseCount = outcomes.length - trueCount
  if (trueCount === 0 || falseCount === 0) return null
  let rankSum = 0
  for (let i = 0; i < order.length; ) {
    let end = i
    while (end < order.length && scores[order[end] as number] === scores[order[i] as number]) end++
    const rank = (i + end + 1) / 2
    for (let j = i; j < end; j++) if (outcomes[order[j] as number] === true) rankSum += rank
    i = end
  }
  return (rankSum - (trueCount * (trueCount + 1)) / 2) / (trueCount * falseCount)
}

/** A band of chances that were told, with the share that came true. */
export interface CalibrationPoint {
  /** Lowest and highest chance of the band. */
  from: number
  to: number
  /** Means of the band. */
  predicted: number
  observed: number
  count: number
}

/** What was told against what came, in bands of equal size from the lowest chance on. */
export function calibrationPointsOf(
  chances: readonly number[],
  outcomes: readonly boolean[],
  bands = 10,
): CalibrationPoint[] {
  const order = chances.map((_, i) => i).sort((a, b) => (chances[a] as number) - (chances[b] as number))
  const count = Math.min(bands, order.length)
  return Array.from({ length: count }, (_, band) => {
    const some = order.slice(
      Math.floor((band * order.length) / count),
      Math.floor(((band + 1) * order.length) / count),
    )
    const told = some.reduce((total, i) => total + (chances[i] as number), 0)
    return {
      from: chances[some[0] as number] as number,
      to: chances[some.at(-1) as number] as number,
      predicted: told / some.length,
      observed: some.filter((i) => outcomes[i] === true).length / some.length,
      count: some.length,
    }
  })
}

/** Expected calibration error over bands of equal size: the mean of |mean chance - share that came true|. */
export function eceOf(chances: readonly number[], outcomes: readonly boolean[], bands = 10): number {
  const points = calibrationPointsOf(chances, outcomes, bands)
  const sum = points.reduce((total, { predicted, observed, count }) => {
    return total + Math.abs(predicted - observed) * count
  }, 0)
  return chances.length === 0 ? 0 : sum / chances.length
}

/** Mean negative log-likelihood, nats. */
export function logLossOf(chances: readonly number[], outcomes: readonly boolean[]): number {
  const sum = chances.reduce((total, chance, i) => {
    const inside = Math.min(1 - 1e-6, Math.max(1e-6, chance))
    return total - Math.log(outcomes[i] === true ? inside : 1 - inside)
  }, 0)
  return chances.length === 0 ? 0 : sum / chances.length
}

/** Mean squared error of chances. */
export function brierOf(chances: readonly number[], outcomes: readonly boolean[]): number {
  const sum = chances.reduce((total, chance, i) => total + (chance - (outcomes[i] === true ? 1 : 0)) ** 2, 0)
  return chances.length === 0 ? 0 : sum / chances.length
}

/** Pinball loss of one quantile, in the unit of the value. */
export function pinballOf(told: number, seen: number, share: number): number {
  return Math.max(share * (seen - told), (share - 1) * (seen - told))
}
