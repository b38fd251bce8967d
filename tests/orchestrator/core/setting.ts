// Builds states, orders and commands for tests of the core; every order goes through decide and evolve.

import {
  type Assignment,
  type CommandData,
  type CommandType,
  type CoreCommand,
  type CoreEvent,
  type CoreState,
  coreDefinition,
  type DecisionRecord,
  emptyState,
  type Node,
  stockKey,
} from '#orchestrator/core'

export const start = Date.UTC(2026, 10, 20, 12)

/** A node by its short name. */
export function node(id: string, more: Partial<Node> = {}): Node {
  return {
    nodeId: `fab:${id}`,
    provider: 'fab',
    externalId: id,
    name: id,
    type: 'warehouse',
    timeZone: 'UTC',
    country: 'US',
    region: 'NV',
    city: id,
    postalCode: null,
    latitude: null,
    longitude: null,
    dailyCapacity: 100,
    cutOff: null,
    processingCostCents: 100,
    isActive: true,
    carriers: ['SwiftPost', 'Northline'],
    ...more,
  }
}

/** A core in memory: commands are decided and evolved at once. */
export class Sandbox {
  state: CoreState = emptyState('main')
  events: CoreEvent[] = []
  at = start
  /** Method of the orders that are created. */
  method: 'delivery' | 'pickup' = 'delivery'
  readonly #rules = coreDefinition('main')

  run<T extends CommandType>(type: T, data: CommandData[T]) {
    this.at += 1_000
    const command = { commandId: `c${this.events.length}`, type, data, at: this.at } as CoreCommand
    const verdict = this.#rules.decide(this.state, command)
    const events = 'refused' in verdict ? [] : verdict.events
    for (const event of events) this.state = this.#rules.evolve(this.state, event)
    this.events.push(...events)
    const refused = 'refused' in verdict ? verdict.refused : null
    return { refused, events, answer: verdict.answer }
  }

  stock(sku: string, id: string) {
    return this.state.stock.get(stockKey(sku, `fab:${id}`))
  }

  order(id: string) {
    const order = this.state.orders.get(id)
    if (order === undefined) throw new Error(`no order ${id}`)
    return order
  }

  /** Three nodes with ten of each SKU. */
  static withStock(onHand = 10): Sandbox {
    const box = new Sandbox()
    box.run('DefineNodes', { nodes: ['A', 'B', 'C'].map((id) => node(id)) })
    const items = ['A', 'B', 'C'].flatMap((id) =>
      ['x', 'y'].map((sku) => ({
        sku,
        nodeId: `fab:${id}`,
        onHand,
        safetyStock: 0,
        inbound: 0,
        countedAt: start,
      })),
    )
    box.run('CountStock', { items })
    return box
  }

  create(id: string, lines: Record<string, number>) {
    const header = {
      orderId: id,
      market: 'main',
      provider: 'fab',
      externalId: id,
      channel: 'web',
      method: this.method,
      currency: 'USD',
      customerRef: null,
      shipTo: { country: 'US', region: 'CA', city: null, postalCode: null, timeZone: null },
      placedAt: this.at,
      approvedAt: null,
      promisedAt: this.at + 3 * 86_400_000,
      totalCents: null,
      freightCents: null,
      taxCents: null,
      discountCents: null,
      flags: [],
    }
    return this.run('CreateOrder', {
      order: header,
      lines: Object.entries(lines).map(([sku, quantity], i) => ({
        lineId: String(i + 1),
        sku,
        quantity,
        cancelled: 0,
        shipped: 0,
        unitPriceCents: 1000,
        discountCents: 0,
        taxCents: 0,
        freightCents: 0,
      })),
    })
  }

  /** Created, validated, sourced at the node, reserved and released; stops at the first refusal. */
  release(id: string, lines: Record<string, number>, at: string): string | null {
    const steps = [
      () => this.create(id, lines),
      () => this.run('ValidateOrder', { orderId: id }),
      () => this.run('SourceOrder', { orderId: id, ...plan(id, lines, at) }),
      () => this.run('ReserveOrder', { orderId: id }),
      () => this.run('ReleaseOrder', { orderId: id }),
    ]
    for (const step of steps) {
      const { refused } = step()
      if (refused !== null) return refused
    }
    return null
  }
}

export function plan(id: string, lines: Record<string, number>, at: string) {
  const assignment: Assignment = {
    nodeId: `fab:${at}`,
    carrier: 'SwiftPost',
    shipBy: null,
    lines: Object.values(lines).map((quantity, i) => ({ lineId: String(i + 1), quantity })),
  }
  return { assignments: [assignment], decision: record(`${id}/source`, 'source', at) }
}

export function record(
  decisionId: string,
  kind: 'source' | 'reroute',
  to: string | null,
  more: Partial<DecisionRecord> = {},
): DecisionRecord {
  return {
    decisionId,
    kind,
    incidentId: null,
    fromNodeId: null,
    toNodeId: to === null ? null : `fab:${to}`,
    status: 'done',
    reason: 'test',
    costCents: 0,
    hoursSaved: 0,
    candidates: [],
    ...more,
  }
}

/** A parcel from node A. */
export const shipment = (id: string) => ({
  shipmentId: id,
  nodeId: 'fab:A',
  carrier: 'SwiftPost',
  service: 'ground',
  trackingNumber: 'T1',
  shippedAt: start,
  promisedAt: null,
  deliveredAt: null,
  freightCostCents: 500,
  insuranceCents: null,
  weightG: null,
})
