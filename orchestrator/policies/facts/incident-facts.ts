// Facts of open incidents that touch an order or a part of it: the worst of each kind, and the worst of all.

import { type FulfillmentOrder, type Incident, isOpenWork, type Order } from '#orchestrator/core'
import type { FactsContext } from './context.ts'
import { type IncidentKind, incidentKinds } from './tables.ts'
import { hours, whole } from './values.ts'

/** Facts of one incident, or of there being none. */
export class IncidentAt {
  readonly #incident: Incident | undefined
  readonly #now: number

  constructor(incident: Incident | undefined, now: number) {
    this.#incident = incident
    this.#now = now
  }

  get isOpen() {
    return this.#incident !== undefined
  }
  get severity() {
    return this.#incident?.severity ?? 0
  }
  get metric() {
    return this.#incident?.metric ?? ''
  }
  get value() {
    return this.#incident?.dimensionValue ?? ''
  }
  get ageHours() {
    return this.#incident === undefined ? 0 : hours(this.#now - this.#incident.openedAt)
  }
  get ordersAtRisk() {
    return whole(this.#incident?.ordersAtRisk ?? 0)
  }
}

/** What incidents may be about, for an order or a part of it. */
export interface Touched {
  order: Order
  /** Work that is meant; its nodes, carriers and lanes count. */
  work: readonly FulfillmentOrder[]
  /** Nodes that are meant beside those of the work. */
  nodeIds?: readonly string[]
}

/** Facts of incidents. */
export class IncidentFacts {
  readonly #touched: Touched
  readonly #context: FactsContext
  readonly #known = new Map<IncidentKind, IncidentAt>()
  #worst: IncidentAt | null = null

  constructor(touched: Touched, context: FactsContext) {
    this.#touched = touched
    this.#context = context
  }

  get isOpen() {
    return this.#any().isOpen
  }
  get severity() {
    return this.#any().severity
  }
  get metric() {
    return this.#any().metric
  }
  get value() {
    return this.#any().value
  }
  get ageHours() {
    return this.#any().ageHours
  }
  get ordersAtRisk() {
    return this.#any().ordersAtRisk
  }
  get node() {
    return this.#of('node')
  }
  get carrier() {
    return this.#of('carrier')
  }
  get lane() {
    return this.#of('lane')
  }
  get region() {
    return this.#of('region')
  }
  get channel() {
    return this.#of('channel')
  }
  get provider() {
    return this.#of('provider')
  }
  get all() {
    return this.#of('all')
  }

  #any(): IncidentAt {
    this.#worst ??= incidentKinds
      .map((kind) => this.#of(kind))
      .reduce((worst, each) => (isWorse(each, worst) ? each : worst))
    return this.#worst
  }

  #of(kind: IncidentKind): IncidentAt {
    const known = this.#known.get(kind)
    if (known !== undefined) return known
    const { now, incidentAt } = this.#context
    let worst = new IncidentAt(undefined, now)
    for (const value of this.#values(kind)) {
      const found = incidentAt(kind, value)
      const at = found === undefined ? worst : new IncidentAt(found, now)
      if (isWorse(at, worst)) worst = at
    }
    this.#known.set(kind, worst)
    return worst
  }

  /** Values of a dimension that the order or part has. */
  #values(kind: IncidentKind): readonly string[] {
    const { order, work, nodeIds = [] } = this.#touched
    const region = order.shipTo.region
    switch (kind) {
      case 'node':
        return [...new Set([...work.map(({ nodeId }) => nodeId), ...nodeIds])]
      case 'carrier':
        return [...new Set(work.flatMap(({ carrier }) => carrier ?? []))]
      case 'lane': {
        const { nodes } = this.#context.state
        const from = this.#values('node').map((nodeId) => nodes.get(nodeId)?.region ?? 'unknown')
        return [...new Set(from)].map((each) => `${each}>${region ?? 'unknown'}`)
      }
      case 'region':
        return region === null ? [] : [region]
      case 'channel':
        return order.channel === null ? [] : [order.channel]
      case 'provider':
        return [order.provider]
      case 'all':
        return ['all']
    }
  }
}

function isWorse(a: IncidentAt, b: IncidentAt): boolean {
  return a.isOpen && (!b.isOpen || a.severity > b.severity)
}

/** Work of an order that somebody still has to do. */
export function openWork({ work }: Order): FulfillmentOrder[] {
  return work.filter(isOpenWork)
}
