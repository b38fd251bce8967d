// How models stand, in the words of the API. It knows no thread.

import type { api } from '#data/contracts'
import type { Card } from '../registry/index.ts'
import { seriesModel } from '../series/constraints.ts'

/** The seasonal baseline, which learns as it is asked. */
export const baselineState: api.ModelState = {
  name: seriesModel.split(' ')[0] ?? '',
  version: seriesModel.split(' ')[1] ?? '',
  backend: 'statistics',
  state: 'ready',
  trainedAt: null,
  trainedRows: 0,
  note: 'learns from the history of each series whenever it is asked',
}

/** A model of orders that is not there yet. */
export function emptyState(backend: string | null, note: string): api.ModelState {
  return {
    name: 'orders',
    version: 'none',
    backend: backend ?? 'none',
    state: 'none',
    trainedAt: null,
    trainedRows: 0,
    note,
  }
}

/** A model of orders in use. */
export function readyState(card: Card, backend: string): api.ModelState {
  const explained = Math.round((1 - (card.metrics.heldError ?? 1)) * 100)
  return {
    name: 'orders',
    version: card.version,
    backend,
    state: 'ready',
    trainedAt: card.trainedAt,
    trainedRows: card.rows.trained,
    note:
      `market ${card.market}, history ${card.from.slice(0, 10)} to ${card.to.slice(0, 10)}, ` +
      `${card.rows.held} rows held back, explains ${explained} % of hidden numbers`,
  }
}
