// A market for measurements of reroutes: nodes with stock and room all over the country, and released orders at those
// nodes that are then in trouble. It measures nothing.

import type { Core, DecisionRecord, Finding, Node } from '#orchestrator/core'

/** How large it is. */
export interface MarketSize {
  nodes: number
  orders: number
  /** Orders that there are goods for; default as many as there are. */
  goodsFor?: number
  /** Nodes that hold all of the orders, and get an incident. */
  stricken: number
  skus: number
  /** When its orders came, epoch ms; default `startedAt`. */
  at?: number
}

/** Time of the market when its orders came, epoch ms. */
export const startedAt = Date.UTC(2026, 10, 20, 12)

const sideBySide = 500
const hourMs = 3_600_000

/** Fills a core; the same size gives the same market. */
export async function fillMarket(core: Core, size: MarketSize): Promise<void> {
  const { nodes, orders, skus, at = startedAt, goodsFor = orders } = size
  const nodeList = Array.from({ length: nodes }, (_, i) => nodeOf(i, nodes))
  await core.execute('DefineNodes', { nodes: nodeList }, { at })
  const units = Math.ceil((goodsFor * 4) / (nodes * skus)) + 20
  for (let from = 0; from < nodes; from += 10) {
    const items = nodeList.slice(from, from + 10).flatMap(({ nodeId }, i) =>
      Array.from({ length: skus }, (_, sku) => ({
        sku: `S${sku}`,
        nodeId,
        onHand: from + i < size.stricken ? goodsFor : units,
        safetyStock: 0,
        inbound: 0,
        countedAt: at,
      })),
    )
    await core.execute('CountStock', { items }, { at })
  }
  await releaseOrders(core, { from: 0, count: orders }, size)
  await strike(core, size)
}

/** Opens the incidents of the stricken nodes, or those again that have ended. */
export async function strike(core: Core, { orders, stricken, at = startedAt }: MarketSize): Promise<void> {
  for (let i = 0; i < stricken; i++) {
    const finding = findingOf(nodeIdOf(i), at)
    const impact = { ordersAtRisk: orders / stricken, centsAtRisk: 0, currency: 'USD' }
    const incidentId = `inc_${i}_${core.lastSeq}`
    await core.execute('OpenIncident', { incidentId, finding, impact }, { at })
  }
}

/** Orders that are released at the stricken nodes; each number is another order. */
export async function releaseOrders(
  core: Core,
  { from, count }: { from: number; count: number },
  size: MarketSize,
): Promise<void> {
  for (let done = 0; done < count; done += sideBySide) {
    const some = Math.min(sideBySide, count - done)
    await Promise.all(Array.from({ length: some }, (_, i) => release(core, from + done + i, size)))
  }
}

function nodeIdOf(i: number): string {
  return `bench:N${i}`
}

/** Nodes lie on a grid over the United States; each can do a share of all orders a day. */
function nodeOf(i: number, count: number): Node {
  const columns = Math.ceil(Math.sqrt(count))
  return {
    nodeId: nodeIdOf(i),
    provider: 'bench',
    externalId: `N${i}`,
    name: `Node ${i}`,
    type: 'warehouse',
    timeZone: 'America/Chicago',
    country: 'US',
    region: regions[i % regions.length] ?? 'TX',
    city: null,
    postalCode: null,
    latitude: 30 + (18 * Math.floor(i / columns)) / columns,
    longitude: -120 + (45 * (i % columns)) / columns,
    dailyCapacity: 400,
    cutOff: '17:00',
    processingCostCents: 150 + ((i * 37) % 100),
    isActive: true,
    carriers: ['SwiftPost', 'Northline'],
  }
}

const regions = ['CA', 'TX', 'NV', 'OH', 'NY', 'FL', 'IL', 'WA', 'GA', 'PA']

async function release(core: Core, i: number, size: MarketSize): Promise<void> {
  const { skus, stricken, at = startedAt } = size
  const orderId = `order-${i}`
  const lines = Array.from({ length: 1 + (i % 3) }, (_, line) => ({
    lineId: String(line + 1),
    sku: `S${(i * 7 + line * 13) % skus}`,
    quantity: 1 + (line % 2),
    unitPriceCents: 2_500,
    discountCents: 0,
    taxCents: 0,
    freightCents: 0,
  }))
  const header = {
    ...{ orderId, market: core.market, provider: 'bench', externalId: `B-${i}`, channel: 'web' },
    method: 'delivery' as const,
    currency: 'USD',
    customerRef: null,
    shipTo: {
      country: 'US',
      region: regions[(i * 3) % regions.length] ?? null,
      city: null,
      postalCode: null,
      timeZone: null,
    },
    placedAt: at,
    approvedAt: null,
    promisedAt: at + (48 + (i % 72)) * hourMs,
    ...{ totalCents: null, freightCents: null, taxCents: null, discountCents: null, flags: [] },
  }
  const assigned = { nodeId: nodeIdOf(i % stricken), carrier: 'SwiftPost', shipBy: at + 24 * hourMs }
  const units = lines.map(({ lineId, quantity }) => ({ lineId, quantity }))
  await Promise.all([
    core.execute('CreateOrder', { order: header, lines }, { at }),
    core.execute('ValidateOrder', { orderId }, { at }),
    core.execute(
      'SourceOrder',
      { orderId, assignments: [{ ...assigned, lines: units }], decision: sourced(orderId, assigned.nodeId) },
      { at },
    ),
    core.execute('ReserveOrder', { orderId }, { at }),
    core.execute('ReleaseOrder', { orderId }, { at }),
  ])
}

function sourced(orderId: string, toNodeId: string): DecisionRecord {
  return {
    decisionId: `${orderId}/source/0`,
    kind: 'source',
    incidentId: null,
    fromNodeId: null,
    toNodeId,
    status: 'done',
    reason: 'made for a measurement',
    costCents: null,
    hoursSaved: null,
    candidates: [],
  }
}

function findingOf(nodeId: string, at: number): Finding {
  return {
    key: `node/${nodeId}`,
    metric: 'backlog',
    dimension: 'node',
    dimensionValue: nodeId,
    severity: 0.9,
    title: `${nodeId} is falling behind`,
    beganAt: at - hourMs,
    value: 400,
    expected: 100,
    expectedLow: 80,
    expectedHigh: 120,
    pValue: 0.001,
    // What a rule told is not ended by a detection that sees nothing of it.
    model: 'rule',
    causes: [],
  }
}
