// How well scores rank what is labelled odd above the rest. It knows no detector.

/** How well scores rank; both in [0, 1]. */
export interface Ranking {
  /** Chance that an odd row scores above another one, ties half: area under the ROC curve. 0.5 = guessing. */
  auroc: number
  /** Precision averaged over the odd rows as they are found: area under precision and recall. */
  auprc: number
}

/**
 * Ranking quality of scores (higher = odder) against labels; null where a kind is absent.
 * Ties share their places: AUPRC steps over a group of equal scores at once.
 */
export function rankingOf(scores: ArrayLike<number>, isOdd: ArrayLike<number | boolean>): Ranking | null {
  const order = Uint32Array.from({ length: scores.length }, (_, i) => i)
  order.sort((a, b) => (scores[b] as number) - (scores[a] as number))
  let found = 0
  let seen = 0
  let below = 0
  let precision = 0
  for (let from = 0; from < order.length; ) {
    let to = from
    let odd = 0
    const score = scores[order[from] as number]
    while (to < order.length && scores[order[to] as number] === score)
      odd += isOdd[order[to++] as number] ? 1 : 0
    const plain = to - from - odd
    below += plain * (found + odd / 2)
    found += odd
    seen += to - from
    precision += odd * (found / seen)
    from = to
  }
  const plain = seen - found
  return found === 0 || plain === 0 ? null : { auroc: below / (found * plain), auprc: precision / found }
}
