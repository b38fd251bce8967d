// Facts of an order, its customer and how odd it is, each worked out when it is asked for. Values are as CEL wants
// them: whole numbers are bigint, nothing is ever missing.

import { isLiveWork, isOpenWork, type Order, type OrderLine } from '#orchestrator/core'
import { hourAndDay } from '#orchestrator/sourcing'
import type { FactsContext } from './context.ts'
import { hours, never, whole } from './values.ts'

/** Hours from placing within which a promise is express. */
const expressHours = 48
const skusMost = 200

/** Units of a line that were not cancelled. */
export function unitsLeft({ quantity, cancelled }: Pick<OrderLine, 'quantity' | 'cancelled'>): number {
  return quantity - cancelled
}

/** Grams of units of a SKU; 0 = not known. */
export function gramsOf({ state }: FactsContext, sku: string, units: number): number {
  return (state.products.get(sku)?.weightG ?? 0) * units
}

/** The greatest risk of open work that `isMeant`. */
export function worstRisk(
  order: Order,
  context: FactsContext,
  isMeant: (work: Order['work'][number]) => boolean,
): number {
  let worst = 0
  for (const work of order.work) {
    if (isOpenWork(work) && isMeant(work)) worst = Math.max(worst, context.riskOf(order, work))
  }
  return worst
}

/** Facts of an order. */
export class OrderFacts {
  readonly #order: Order
  readonly #context: FactsContext
  #placed: ReturnType<typeof hourAndDay> | null = null
  #lateRisk: number | null = null

  constructor(order: Order, context: FactsContext) {
    this.#order = order
    this.#context = context
  }

  get method() {
    return this.#order.method
  }
  get channel() {
    return this.#order.channel ?? ''
  }
  get country() {
    return this.#order.shipTo.country ?? ''
  }
  get region() {
    return this.#order.shipTo.region ?? ''
  }
  get city() {
    return this.#order.shipTo.city ?? ''
  }
  get postalCode() {
    return this.#order.shipTo.postalCode ?? ''
  }
  get currency() {
    return this.#order.currency
  }
  get customerRef() {
    return this.#order.customerRef ?? ''
  }
  get skus() {
    return [...new Set(this.#lines().map(({ sku }) => sku))].slice(0, skusMost)
  }
  get valueCents() {
    const { totalCents } = this.#order
    return whole(totalCents ?? this.#sum((line) => line.unitPriceCents * unitsLeft(line)))
  }
  get lines() {
    return whole(this.#lines().length)
  }
  get units() {
    return whole(this.#sum(unitsLeft))
  }
  get weightG() {
    return this.#sum((line) => gramsOf(this.#context, line.sku, unitsLeft(line)))
  }
  get hasPromise() {
    return this.#order.promisedAt !== null
  }
  get promisedInHours() {
    const { promisedAt } = this.#order
    return promisedAt === null ? never : hours(promisedAt - this.#context.now)
  }
  get isExpress() {
    const { promisedAt, placedAt } = this.#order
    return promisedAt !== null && hours(promisedAt - placedAt) <= expressHours
  }
  get ageHours() {
    return hours(this.#context.now - this.#order.placedAt)
  }
  get placedHour() {
    return this.#placedAt().hour
  }
  get placedWeekday() {
    return this.#placedAt().weekday
  }
  get id() {
    return this.#order.orderId
  }
  get externalId() {
    return this.#order.externalId
  }
  get provider() {
    return this.#order.provider
  }
  get status() {
    return this.#order.status
  }
  get hold() {
    return this.#order.hold ?? ''
  }
  get flags() {
    return [...this.#order.flags]
  }
  get tags() {
    return [...(this.#order.policies?.tags ?? [])]
  }
  get freightCents() {
    return whole(this.#order.freightCents ?? 0)
  }
  get discountCents() {
    return whole(this.#order.discountCents ?? 0)
  }
  get moves() {
    return whole(this.#order.moves)
  }
  get isPinned() {
    return this.#order.isPinned
  }
  get nodes() {
    return [...new Set(this.#order.work.filter(isLiveWork).map(({ nodeId }) => nodeId))]
  }
  get lateRisk() {
    this.#lateRisk ??= worstRisk(this.#order, this.#context, () => true)
    return this.#lateRisk
  }

  #lines(): OrderLine[] {
    return this.#order.lines.filter((line) => unitsLeft(line) > 0)
  }

  #sum(amount: (line: OrderLine) => number): number {
    let sum = 0
    for (const line of this.#order.lines) sum += amount(line)
    return sum
  }

  #placedAt() {
    this.#placed ??= hourAndDay(this.#order.placedAt, this.#order.shipTo.timeZone)
    return this.#placed
  }
}

/** Facts of who ordered. */
export class CustomerFacts {
  readonly #order: Order
  readonly #context: FactsContext

  constructor(order: Order, context: FactsContext) {
    this.#order = order
    this.#context = context
  }

  get ref() {
    return this.#order.customerRef ?? ''
  }
  get isKnown() {
    return this.ref !== ''
  }
  get recentOrders() {
    const { ref } = this
    return whole(ref === '' ? 0 : (this.#context.recentOrders?.(ref) ?? 0))
  }
  get country() {
    return this.#order.shipTo.country ?? ''
  }
  get region() {
    return this.#order.shipTo.region ?? ''
  }
  get city() {
    return this.#order.shipTo.city ?? ''
  }
  get postalCode() {
    return this.#order.shipTo.postalCode ?? ''
  }
}

/** Facts of what models find odd. */
export class AnomalyFacts {
  readonly #order: Order
  readonly #context: FactsContext

  constructor(order: Order, context: FactsContext) {
    this.#order = order
    this.#context = context
  }

  get oddness() {
    return this.#context.oddnessOf(this.#order.orderId)
  }
}
