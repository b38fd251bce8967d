// Scores of orders as rows of the contract of anomalies. It scores nothing.

import { type AnomalyRow, idOf } from '../series/detection.ts'
import type { OrderScore } from './score.ts'

/** One row per score; the id of an order's row is always the same. */
export function orderAnomalies(
  scores: readonly OrderScore[],
  { market, now }: { market: string; now: number },
): AnomalyRow[] {
  return scores.map((score) => ({
    anomalyId: idOf(market, 'order', 'order', score.orderId, 'record'),
    market,
    metric: 'order',
    dimension: 'order',
    dimensionValue: score.orderId,
    grain: 'record',
    bucketStart: score.placedAt,
    value: score.value,
    expected: score.expected,
    expectedLow: score.expectedLow,
    expectedHigh: score.expectedHigh,
    score: score.score,
    pValue: score.pValue,
    model: score.model,
    pointVersion: null,
    isConfirmed: score.isConfirmed,
    scoredAt: new Date(now).toISOString(),
    reasons: JSON.stringify(score.reasons),
  }))
}
