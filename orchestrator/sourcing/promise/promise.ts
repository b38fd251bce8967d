// Answers what could be promised for a cart: every method with its options, and why others cannot be had. From memory
// alone; it reserves nothing.

import type { api } from '#data/contracts'
import { methods as everyMethod } from '#data/contracts'
import { fail } from '#data/kernel'
import { defaultStrategy, defaultStrategyId, knowsSku, type Method, newestStrategy } from '#orchestrator/core'
import { reasonsOf } from '../explain/unserved.ts'
import { buildProblem } from '../model/build.ts'
import { readPlan } from '../model/plans.ts'
import type { SourcingSession } from '../model/session.ts'
import { withFallback } from '../source-order.ts'
import { type Here, strategyHere } from '../views/source-here.ts'
import type { SourcingOrder } from '../world.ts'
import { cartOf, isSomewhere, zoneOf } from './asked.ts'
import { pickupsOf, sendingsOf, storesNear } from './collections.ts'
import { deliveriesOf } from './deliveries.ts'
import type { Draft } from './option.ts'
import { PromiseSessions } from './sessions.ts'

const usualConfidence = 0.9
const usualOptions = 5

/** A promise, before anything is reserved. */
export type Promised = Omit<api.PromiseAnswer, 'reservationId'>

interface Lack {
  code: string
  reason: string
}

/** Promises of one market. */
export class Promises {
  readonly #sessions = new PromiseSessions()

  /**
   * What could be promised now. Whole carts come first; of these the methods as they were asked for, each best first.
   * @throws STRATEGY_INVALID where the request names a strategy that is not there
   */
  of(request: api.PromiseRequest, here: Here): Promised {
    const { methods = everyMethod } = request
    const options: Draft[] = []
    const unavailable: Promised['unavailable'] = []
    let strategy: api.Strategy | null = null
    for (const method of new Set(methods)) {
      const order = cartOf(request, method, here.state, here.now)
      const own = strategyOf(request, order, here)
      strategy ??= own
      const found = optionsOf(order, this.#sessions.at(here, own), request, here)
      if ('code' in found) unavailable.push({ method, ...found })
      else options.push(...found)
    }
    options.sort((a, b) => Number(b.option.isWhole) - Number(a.option.isWhole))
    const { strategyId, version } = strategy ?? defaultStrategy
    return {
      at: new Date(here.now).toISOString(),
      currency: cartOf(request, 'delivery', here.state, here.now).currency,
      strategyId,
      strategyVersion: version,
      options: options.map(({ option }) => option),
      unavailable,
    }
  }
}

function strategyOf({ strategyId }: api.PromiseRequest, order: SourcingOrder, here: Here): api.Strategy {
  if (strategyId === undefined) return strategyHere(order, here)
  const found = newestStrategy(here.state.strategies.strategies, strategyId)
  if (found !== undefined) return found
  if (strategyId === defaultStrategyId) return defaultStrategy
  throw fail('STRATEGY_INVALID', { reason: `there is no strategy ${strategyId}`, code: 'strategy_unknown' })
}

function optionsOf(
  order: SourcingOrder,
  session: SourcingSession,
  { confidence = usualConfidence, maxOptions = usualOptions }: api.PromiseRequest,
  here: Here,
): Draft[] | Lack {
  const { method } = order
  const strange = strangeSku(order, here)
  if (strange !== null) return { code: 'sku_unknown', reason: `${strange} is not in the catalogue` }
  if (!session.nodes.some(({ node }) => node.methods.has(method)))
    return { code: 'method_not_served', reason: `no node serves ${words[method]}` }
  if (method === 'delivery') {
    if (!isSomewhere(order.destination))
      return { code: 'destination_unknown', reason: 'nothing is known of where it would go' }
    const best = withFallback(
      order,
      session,
      (id) => newestStrategy(here.state.strategies.strategies, id) ?? null,
    )
    const terms = { confidence, timeZone: zoneOf(order.destination, session), collectAt: null }
    return orLack(deliveriesOf(best, terms, maxOptions), order, session)
  }
  const isSent = method === 'ship_to_store'
  if (storesNear(isSent ? 'pickup' : method, order.destination, session).length === 0)
    return { code: 'no_store_near', reason: 'no open store is near the customer' }
  const found = isSent
    ? sendingsOf(order, session, { confidence }, maxOptions)
    : pickupsOf(order, session, { confidence }, maxOptions)
  return orLack(found, order, session)
}

/** A SKU that is neither in the catalogue that there is nor in stock anywhere: most likely a slip. */
function strangeSku({ lines }: SourcingOrder, { state }: Here): string | null {
  if (state.products.size === 0) return null
  return lines.find(({ sku }) => !knowsSku(state, sku))?.sku ?? null
}

const words: Record<Method, string> = {
  delivery: 'delivery',
  pickup: 'pick-up in store',
  curbside: 'curbside pick-up',
  ship_to_store: 'shipping to a store',
}

/** The options or, where there are none, why. */
function orLack(drafts: Draft[], order: SourcingOrder, session: SourcingSession): Draft[] | Lack {
  if (drafts.length > 0) return drafts
  const model = buildProblem([order], session, { keepsRejected: true })
  const [one] = model.orders
  if (one === undefined) throw new Error('the cart has no model')
  const none = readPlan(one, { pieces: [], unserved: one.goods.quantities })
  const [first] = reasonsOf(model, one, none, { keepsRejected: true })
  return first === undefined
    ? { code: 'no_units', reason: 'nothing is asked for' }
    : { code: first.code, reason: first.reason }
}
