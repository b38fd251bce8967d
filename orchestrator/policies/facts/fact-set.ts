// The facts that one condition is asked with: of an order, and of the part of it that the policy is about. Subjects are
// made when they are asked for.

import { type FulfillmentOrder, isLiveWork, type Order, type OrderLine, unitsAt } from '#orchestrator/core'
import { hourAndDay } from '#orchestrator/sourcing'
import type { FactsContext } from './context.ts'
import { IncidentFacts, openWork } from './incident-facts.ts'
import { AnomalyFacts, CustomerFacts, OrderFacts } from './order-facts.ts'
import { LineFacts, NodeFacts, WorkFacts } from './part-facts.ts'

/** Facts that are the same for all parts of an order, made once. */
export class OrderSubjects {
  readonly order: Order
  readonly context: FactsContext
  #order: OrderFacts | null = null
  #customer: CustomerFacts | null = null
  #anomaly: AnomalyFacts | null = null

  constructor(order: Order, context: FactsContext) {
    this.order = order
    this.context = context
  }

  get orderFacts() {
    this.#order ??= new OrderFacts(this.order, this.context)
    return this.#order
  }
  get customerFacts() {
    this.#customer ??= new CustomerFacts(this.order, this.context)
    return this.#customer
  }
  get anomalyFacts() {
    this.#anomaly ??= new AnomalyFacts(this.order, this.context)
    return this.#anomaly
  }
}

/** What a policy is asked of: the order, or one part of it. */
export interface Part {
  line?: OrderLine
  work?: FulfillmentOrder
  nodeId?: string
}

/** Facts of an order and of a part of it. */
export class FactSet {
  readonly #shared: OrderSubjects
  readonly #part: Part
  #line: LineFacts | null = null
  #work: WorkFacts | null = null
  #node: NodeFacts | null = null
  #incident: IncidentFacts | null = null
  #now: ReturnType<typeof hourAndDay> | null = null

  constructor(shared: OrderSubjects, part: Part = {}) {
    this.#shared = shared
    this.#part = part
  }

  get order() {
    return this.#shared.orderFacts
  }
  get customer() {
    return this.#shared.customerFacts
  }
  get anomaly() {
    return this.#shared.anomalyFacts
  }
  get line() {
    const { line } = this.#part
    if (line === undefined) return undefined
    const { order, context } = this.#shared
    this.#line ??= new LineFacts(order, line, this.#workOfLine(), context)
    return this.#line
  }
  get fulfillmentOrder() {
    const { work } = this.#part
    if (work === undefined) return undefined
    this.#work ??= new WorkFacts(this.#shared.order, work, this.#shared.context)
    return this.#work
  }
  get node() {
    const { context } = this.#shared
    this.#node ??= new NodeFacts(context.state.nodes.get(this.#nodeId()), context)
    return this.#node
  }
  get incident() {
    const { order, context } = this.#shared
    this.#incident ??= new IncidentFacts({ order, ...this.#touched() }, context)
    return this.#incident
  }
  get now() {
    this.#now ??= hourAndDay(this.#shared.context.now, null)
    return this.#now
  }

  #nodeId(): string {
    const { nodeId, work } = this.#part
    return nodeId ?? work?.nodeId ?? this.#workOfLine()?.nodeId ?? ''
  }

  #workOfLine(): FulfillmentOrder | undefined {
    const { line } = this.#part
    if (line === undefined) return undefined
    return this.#shared.order.work.find((work) => isLiveWork(work) && unitsAt(work, line) > 0)
  }

  /** Of a part its own work and node count, of an order all open work. */
  #touched() {
    const { line, work, nodeId } = this.#part
    if (nodeId !== undefined) return { work: [], nodeIds: [nodeId] }
    if (work !== undefined) return { work: [work] }
    const { order } = this.#shared
    if (line === undefined) return { work: openWork(order) }
    return { work: openWork(order).filter((each) => unitsAt(each, line) > 0) }
  }
}
