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

/** Expected calibration error over bins of equal mass: the mean of |mean chance - share that came true|. */
export function eceOf(chances: readonly number[], outcomes: readonly boolean[], bins = 10): number {
  const order = chances.map((_, i) => i).sort((a, b) => (chances[a] as number) - (chances[b] as number))
  let sum = 0
  for (let bin = 0; bin < bins; bin++) {
    const some = order.slice(
      Math.floor((bin * order.length) / bins),
      Math.floor(((bin + 1) * order.length) / bins),
    )
    const told = some.reduce((total, i) => total + (chances[i] as number), 0)
    const seen = some.filter((i) => outcomes[i] === true).length
    sum += Math.abs(told - seen)
  }
  return order.length === 0 ? 0 : sum / order.length
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
