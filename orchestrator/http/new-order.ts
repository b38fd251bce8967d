// The command of a new order, from what a client sends. It checks what no schema can say, and asks nothing of the core.

import { type api, orderIdOf } from '#data/contracts'
import { fail, isCurrency } from '#data/kernel'
import type { CommandData, NewLine } from '#orchestrator/core'
import type { Engine } from '#orchestrator/engine'

type NewOrderData = CommandData['CreateOrder']

/**
 * The command. An order that is known keeps its time, so that the same request asks for the same.
 * @throws HTTP_BODY_INVALID, CORE_REFUSED where the order is for another market
 */
export function newOrderOf(body: api.NewOrder, engine: Engine, now: number): NewOrderData {
  const { externalId, provider = 'api', market = engine.market, hold, reservationId } = body
  if (market !== engine.market)
    throw fail('CORE_REFUSED', { reason: 'market_unknown', market, known: engine.market })
  if (!isCurrency(body.currency)) throw invalid('/currency', 'is no currency of ISO 4217')
  const id = orderIdOf(market, provider, externalId)
  const lines = linesOf(body)
  const totalCents = lines.reduce((sum, line) => sum + line.quantity * line.unitPriceCents, 0)
  if (!Number.isSafeInteger(totalCents)) throw invalid('/lines', 'are worth more than can be counted')
  const order = {
    orderId: id,
    market,
    provider,
    externalId,
    channel: body.channel ?? null,
    method: body.method ?? ('delivery' as const),
    currency: body.currency,
    customerRef: body.customerRef ?? null,
    shipTo: shipToOf(body.shipTo ?? {}),
    placedAt: engine.core.state().orders.get(id)?.placedAt ?? now,
    approvedAt: null,
    promisedAt: body.promisedAt === undefined ? null : Date.parse(body.promisedAt),
    totalCents,
    freightCents: body.freightCents ?? 0,
    taxCents: 0,
    discountCents: 0,
    flags: [],
  }
  return {
    order,
    lines,
    ...(hold === undefined ? {} : { hold }),
    ...(reservationId === undefined ? {} : { reservationId }),
  }
}

/** Where an order goes; what was left out is not known. */
export function shipToOf({ country, region, city, postalCode }: NonNullable<api.NewOrder['shipTo']>) {
  return {
    country: country ?? null,
    region: region ?? null,
    city: city ?? null,
    postalCode: postalCode ?? null,
    timeZone: null,
  }
}

function linesOf({ lines }: api.NewOrder): NewLine[] {
  const seen = new Set<string>()
  return lines.map((line, i) => {
    const lineId = line.lineId ?? String(i + 1)
    if (seen.has(lineId)) throw invalid(`/lines/${i}/lineId`, 'is there twice')
    seen.add(lineId)
    return newLineOf(line, lineId)
  })
}

/** A new line without tax and discount. */
export function newLineOf(line: api.NewOrder['lines'][number], lineId: string): NewLine {
  const { sku, quantity, unitPriceCents, launchAt } = line
  const none = { cancelled: 0, shipped: 0, discountCents: 0, taxCents: 0, freightCents: 0 }
  const wait = launchAt === undefined ? {} : { launchAt: Date.parse(launchAt) }
  return { lineId, sku, quantity, unitPriceCents, ...none, ...wait }
}

/** What an order that exists is called in its error. */
export function aboutOrder({ orderId, externalId, provider, market }: NewOrderData['order']) {
  return { orderId, externalId, provider, market, reason: 'order_exists' }
}

/** The error of a field that no schema can judge. */
export function invalid(field: string, reason: string) {
  return fail('HTTP_BODY_INVALID', {
    reason: `body${field} ${reason}`,
    in: 'body',
    errors: [{ field, reason }],
  })
}
