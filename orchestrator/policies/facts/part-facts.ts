// Facts of a line, of a fulfillment order and of a node, each worked out when it is asked for.

import {
  type FulfillmentOrder,
  isMovable,
  type Node,
  type Order,
  type OrderLine,
  statusOfLine,
  unitsAt,
  unitsOf,
} from '#orchestrator/core'
import type { FactsContext } from './context.ts'
import { gramsOf, unitsLeft, worstRisk } from './order-facts.ts'
import { hours, never, whole } from './values.ts'

/** Facts of a line. */
export class LineFacts {
  readonly #order: Order
  readonly #line: OrderLine
  readonly #work: FulfillmentOrder | undefined
  readonly #context: FactsContext

  /** @param work the live work that has it, undefined = none */
  constructor(order: Order, line: OrderLine, work: FulfillmentOrder | undefined, context: FactsContext) {
    this.#order = order
    this.#line = line
    this.#work = work
    this.#context = context
  }

  get id() {
    return this.#line.lineId
  }
  get sku() {
    return this.#line.sku
  }
  get name() {
    return this.#product()?.name ?? ''
  }
  get skuClass() {
    return this.#product()?.skuClass ?? ''
  }
  get quantity() {
    return whole(unitsLeft(this.#line))
  }
  get unitPriceCents() {
    return whole(this.#line.unitPriceCents)
  }
  get valueCents() {
    return whole(this.#line.unitPriceCents * unitsLeft(this.#line))
  }
  get discountCents() {
    return whole(this.#line.discountCents)
  }
  get weightG() {
    return gramsOf(this.#context, this.#line.sku, unitsLeft(this.#line))
  }
  get status() {
    return statusOfLine(this.#order, this.#line)
  }
  get hold() {
    return this.#line.hold ?? ''
  }
  get isBackordered() {
    return this.#line.backordered > 0
  }
  get isPreordered() {
    return this.#line.launchAt !== null
  }
  get nodeId() {
    return this.#work?.nodeId ?? ''
  }
  get lateRisk() {
    return worstRisk(this.#order, this.#context, (work) => unitsAt(work, this.#line) > 0)
  }

  #product() {
    return this.#context.state.products.get(this.#line.sku)
  }
}

/** Facts of a fulfillment order. */
export class WorkFacts {
  readonly #order: Order
  readonly #work: FulfillmentOrder
  readonly #context: FactsContext

  constructor(order: Order, work: FulfillmentOrder, context: FactsContext) {
    this.#order = order
    this.#work = work
    this.#context = context
  }

  get id() {
    return this.#work.fulfillmentOrderId
  }
  get nodeId() {
    return this.#work.nodeId
  }
  get carrier() {
    return this.#work.carrier ?? ''
  }
  get service() {
    return this.#work.service ?? ''
  }
  get status() {
    return this.#work.status
  }
  get attempt() {
    return whole(this.#work.attempt)
  }
  get lines() {
    return whole(this.#work.lines.length)
  }
  get units() {
    return whole(this.#work.lines.reduce((sum, line) => sum + unitsOf(line), 0))
  }
  get hoursAtNode() {
    return hours(this.#context.now - (this.#work.releasedAt ?? this.#work.sourcedAt))
  }
  get hasShipBy() {
    return this.#work.shipBy !== null
  }
  get shipByInHours() {
    const { shipBy } = this.#work
    return shipBy === null ? never : hours(shipBy - this.#context.now)
  }
  get isMovable() {
    return isMovable(this.#work)
  }
  get lateRisk() {
    return this.#context.riskOf(this.#order, this.#work)
  }
}

/** Facts of a node. */
export class NodeFacts {
  readonly #node: Node | undefined
  readonly #context: FactsContext

  constructor(node: Node | undefined, context: FactsContext) {
    this.#node = node
    this.#context = context
  }

  get id() {
    return this.#node?.nodeId ?? ''
  }
  get name() {
    return this.#node?.name ?? ''
  }
  get type() {
    return this.#node?.type ?? ''
  }
  get country() {
    return this.#node?.country ?? ''
  }
  get region() {
    return this.#node?.region ?? ''
  }
  get city() {
    return this.#node?.city ?? ''
  }
  get isActive() {
    return this.#node?.isActive ?? false
  }
  get openOrders() {
    return whole(this.#open())
  }
  get ordersPerDay() {
    return whole(this.#node?.dailyCapacity ?? 0)
  }
  get load() {
    const most = this.#node?.dailyCapacity ?? 0
    return most > 0 ? this.#open() / most : 0
  }

  #open(): number {
    return this.#context.state.openByNode.get(this.id)?.size ?? 0
  }
}
