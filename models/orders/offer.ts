// The model of orders as the registry keeps it: its name, what is offered, and what is taken out again. Shapes only.

import type { ModelRef, Ready, Registry } from '../registry/index.ts'
import { features, type OrderHistory } from './features.ts'
import { type ModelMeta, type OrderModel, ordersKind, type Trained } from './meta.ts'

/** Names the model of orders of a market. */
export const ordersRef = (market: string): ModelRef => ({ market, model: 'orders' })

/** A version as the thread takes it. */
export function modelOf({ card, own, bundle }: Ready): OrderModel {
  return { version: card.version, meta: own as ModelMeta, net: bundle.nets.main as OrderModel['net'] }
}

/** A trained model as the registry takes it. */
export function offerOf(
  { meta, net, rows, backTest, profile, fingerprint, backend }: Trained,
  of: { market: string; size: 'small' | 'full'; seed: string; history: OrderHistory; now: number },
): Parameters<Registry['offer']>[0] {
  return {
    card: {
      ...ordersRef(of.market),
      trainedAt: new Date(of.now).toISOString(),
      from: new Date(of.history.from).toISOString(),
      to: new Date(of.history.to).toISOString(),
      rows,
      fingerprint,
      features: [...new Set(features.map(({ title }) => title))],
      backend,
      seed: of.seed,
      metrics: { heldError: meta.heldError },
      thresholds: {},
      backTest,
      isSmall: of.size === 'small',
      profile,
    },
    own: meta,
    bundle: { ...ordersKind, nets: { main: net }, numbers: {} },
  }
}
