// Measures how fast policies are asked: facts worked out of orders, lines and work, and conditions evaluated, against
// bare cel-js on values that are ready. It carries nothing out.

import { evaluate, parse } from '@marcbachmann/cel-js'
import type { api } from '#data/contracts'
import { blankOrder, emptyState, type FulfillmentOrder, type Order, untouchedWork } from '#orchestrator/core'
import { factsHere, judge } from '#orchestrator/policies'
import { Worlds } from '#orchestrator/sourcing'
import type { BenchRow } from '../row.ts'
import { startedAt } from './reroute-market.ts'

const group = 'loop'
const orders = 5_000
const rounds = 5
/** Evaluations in a second that are wanted. */
const goal = 100_000

const ofOrders = [
  'order.valueCents > 100000 && order.channel == "web"',
  'order.region in ["NV", "CA", "TX"] && order.units >= 3',
  'incident.severity >= 0.8 || order.lateRisk > 0.4',
  'order.promisedInHours < 24.0 && !order.isExpress',
  'order.skus.exists(sku, sku.startsWith("S9")) && anomaly.oddness > 0.9',
]
const ofLines = [
  'incident.node.severity >= 0.8 && line.lateRisk > 0.4',
  'line.quantity > 5 && line.unitPriceCents * 2 > 10000',
]
const ofWork = [
  'incident.carrier.isOpen && fulfillmentOrder.lateRisk > 0.4',
  'node.load > 0.9 && order.hasPromise',
]

/** Rows of policies. A few seconds. */
export async function benchPolicies(): Promise<BenchRow[]> {
  const state = { ...emptyState('main'), latestAt: startedAt }
  const made = Array.from({ length: orders }, (_, i) => orderOf(i))
  const policies = [
    ...ofOrders.map((when, i) => policyOf(`o${i}`, 'order', when)),
    ...ofLines.map((when, i) => policyOf(`l${i}`, 'line', when)),
    ...ofWork.map((when, i) => policyOf(`w${i}`, 'fulfillment_order', when)),
  ]
  const worlds = new Worlds()
  const asked = made.reduce((sum, { lines, work }) => {
    return sum + ofOrders.length + ofLines.length * lines.length + ofWork.length * work.length
  }, 0)
  const ours = bestRate(asked, () => {
    const context = factsHere(worlds, state, startedAt + 3_600_000)
    for (const order of made) judge(policies, order, context)
  })
  const bare = bestRate(orders, bareWork(made))
  const naive = bestRate(orders / 50, naiveWork(made.slice(0, orders / 50)))
  return [
    {
      group,
      name: `policies asked of ${orders} orders, ${policies.length} policies of orders, lines and work`,
      value: Math.round(ours),
      unit: 'evaluations/s',
      baseline: `bare cel-js, one condition parsed once, values ready: ${Math.round(bare)} evaluations/s`,
      ratio: ours / bare,
      goal,
      pass: ours >= goal,
    },
    {
      group,
      name: 'the same condition by bare cel-js, parsed each time',
      value: Math.round(naive),
      unit: 'evaluations/s',
      ...{ baseline: null, ratio: null, goal: null, pass: null },
    },
  ]
}

/** The best rate of some rounds, in a second of processor time. */
function bestRate(count: number, work: () => void): number {
  work()
  let best = 0
  for (let round = 0; round < rounds; round++) {
    const before = process.cpuUsage()
    work()
    const { user, system } = process.cpuUsage(before)
    best = Math.max(best, count / ((user + system) / 1e6))
  }
  return best
}

const bareText = ofOrders[0] ?? 'true'

function bareWork(made: readonly Order[]): () => void {
  const program = parse(bareText)
  const values = made.map(bareValues)
  return () => {
    for (const each of values) program(each)
  }
}

function naiveWork(made: readonly Order[]): () => void {
  const values = made.map(bareValues)
  return () => {
    for (const each of values) evaluate(bareText, each)
  }
}

function bareValues({ channel, lines }: Order) {
  const cents = lines.reduce((sum, line) => sum + line.unitPriceCents * line.quantity, 0)
  return { order: { channel: channel ?? '', valueCents: BigInt(cents) } }
}

function policyOf(policyId: string, scope: api.PolicyScope, when: string): api.OrderPolicy {
  return {
    ...{ policyId, name: policyId, note: '', kind: 'execution', severity: 'information', scope, when },
    ...{ points: ['validate'], actions: [], priority: 1, isEnabled: true, version: 1, status: 'published' },
    ...{ draftedAt: '', draftedBy: '', publishedAt: '', publishedBy: '', replayId: null },
    ...{ retiredAt: null, retiredBy: null },
  }
}

function orderOf(i: number): Order {
  const header = {
    ...{ orderId: `o${i}`, market: 'main', provider: 'bench', externalId: `${i}`, currency: 'USD' },
    ...{ channel: i % 2 === 0 ? 'web' : 'app', method: 'delivery' as const, customerRef: `c${i % 700}` },
    shipTo: {
      ...{ country: 'US', region: i % 3 === 0 ? 'NV' : 'NY', city: null, postalCode: null, timeZone: null },
    },
    ...{ placedAt: startedAt, approvedAt: null, promisedAt: startedAt + (12 + (i % 90)) * 3_600_000 },
    ...{ totalCents: null, freightCents: null, taxCents: null, discountCents: null, flags: [] },
  }
  const lines = Array.from({ length: 1 + (i % 3) }, (_, line) => ({
    ...{
      lineId: `${line}`,
      sku: `S${(i + line) % 200}`,
      quantity: 1 + (i % 7),
      unitPriceCents: 1_000 * (1 + (i % 50)),
    },
    ...{ discountCents: 0, taxCents: 0, freightCents: 0, cancelled: 0, shipped: 0, delivered: 0 },
    ...{ returnRequested: 0, returned: 0, backordered: 0, launchAt: null, hold: null, ownState: null },
  }))
  const work: FulfillmentOrder = {
    ...untouchedWork,
    ...{ fulfillmentOrderId: `o${i}/1`, nodeId: `n${i % 20}`, carrier: `c${i % 5}`, sourcedAt: startedAt },
    lines: lines.map(({ lineId, sku, quantity }) => ({
      ...{ lineId, sku, quantity, short: 0, shipped: 0, delivered: 0 },
    })),
  }
  return { ...blankOrder(header), stage: 'released', status: 'released', lines, work: [work] }
}
