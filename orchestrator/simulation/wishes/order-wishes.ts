// What can be asked of orders, made from a state so that most of it is possible there. It decides nothing.

import {
  type Assignment,
  type CommandData,
  type DecisionRecord,
  isEnded,
  isMovable,
  isWaiting,
  type Order,
  type OrderHeader,
  unassigned,
  unitsOf,
} from '#orchestrator/core'
import {
  anyNode,
  anyOrder,
  anySku,
  anyWork,
  chance,
  channels,
  hasOpenWork,
  nodeIds,
  oneOf,
  refOf,
  someUnits,
  unitsLeft,
  type View,
  type Wish,
} from './view.ts'

const dayMs = 86_400_000
const reason = 'simulated'

/** A line of goods. */
function newLine(view: View, lineId: string): CommandData['CreateOrder']['lines'][number] {
  const money = { unitPriceCents: 1_000, discountCents: 0, taxCents: 0, freightCents: 0 }
  const quantity = chance(view, 60) ? 1 : view.random.int(1, 5)
  return { lineId, sku: anySku(view), quantity, cancelled: 0, shipped: 0, ...money }
}

function newHeader(view: View, id: string): OrderHeader {
  return {
    orderId: id,
    market: 'main',
    provider: 'fab',
    externalId: id,
    channel: chance(view, 80) ? view.random.pick(channels) : null,
    method: view.random.pick(['delivery', 'delivery', 'pickup', 'curbside', 'ship_to_store'] as const),
    currency: chance(view, 97) ? 'USD' : 'XXX',
    customerRef: null,
    shipTo: { country: 'US', region: 'CA', city: null, postalCode: null, timeZone: null },
    placedAt: view.now,
    approvedAt: null,
    promisedAt: view.now + 3 * dayMs,
    totalCents: null,
    freightCents: null,
    taxCents: null,
    discountCents: null,
    flags: [],
  }
}

const createOrder: Wish<'CreateOrder'> = (view) => {
  const order = newHeader(view, `o${view.fresh()}`)
  const count = chance(view, 50) ? 1 : view.random.int(1, 3)
  const lines = Array.from({ length: count }, (_, i) => newLine(view, String(i + 1)))
  const reservationId = chance(view, 30) ? oneOf(view, reservationIds(view)) : null
  return {
    order,
    lines,
    ...(chance(view, 5) ? { hold: reason } : {}),
    ...(reservationId === null ? {} : { reservationId }),
  }
}

/** Ids of the reservations that have not ended. */
export function reservationIds({ state }: View): string[] {
  return [...state.reservations.keys()]
}

/** Why work goes where it goes. */
function decisionOf(view: View, kind: 'source' | 'reroute', to: string | null): DecisionRecord {
  return {
    decisionId: `d${view.fresh()}`,
    kind,
    incidentId: null,
    fromNodeId: null,
    toNodeId: to,
    status: 'done',
    reason,
    costCents: 0,
    hoursSaved: 0,
    candidates: [],
  }
}

/** The units at one node, or parted between two. */
function planFor(view: View, wanted: ReadonlyMap<string, number>): Assignment[] {
  const [one, two] = [anyNode(view), anyNode(view)]
  const at = (nodeId: string, lines: Assignment['lines']): Assignment => ({
    nodeId,
    carrier: 'SwiftPost',
    shipBy: null,
    lines,
  })
  const parts = new Map<string, { lineId: string; quantity: number }[]>([
    [one, []],
    [two, []],
  ])
  const isParted = chance(view, 30)
  for (const [lineId, units] of wanted) {
    const here = isParted ? view.random.int(0, units) : units
    if (here > 0) parts.get(one)?.push({ lineId, quantity: here })
    if (units > here) parts.get(two)?.push({ lineId, quantity: units - here })
  }
  return [...parts].filter(([, lines]) => lines.length > 0).map(([nodeId, lines]) => at(nodeId, lines))
}

const sourceOrder: Wish<'SourceOrder'> = (view) => {
  const order = anyOrder(view, ({ status }) => status === 'validated' || status === 'backordered')
  if (order === null) return null
  const assignments = planFor(view, unassigned(order))
  return {
    orderId: order.orderId,
    assignments,
    decision: decisionOf(view, 'source', assignments[0]?.nodeId ?? null),
  }
}

const rerouteOrder: Wish<'RerouteOrder'> = (view) => {
  const found = anyWork(view, isMovable)
  if (found === null) return null
  const wanted = new Map(found.work.lines.map((line) => [line.lineId, unitsOf(line)]))
  const assignments = planFor(view, wanted)
  const decision = decisionOf(view, 'reroute', assignments[0]?.nodeId ?? null)
  const guarded = chance(view, 50) ? { guard: {} } : {}
  return { ...refOf(found), assignments, decision, ...guarded }
}

const undoReroute: Wish<'UndoReroute'> = (view) => {
  const found = anyWork(view, (work) => work.replaces !== null && work.decisionId !== null)
  if (found === null) return null
  return { orderId: found.order.orderId, decisionId: found.work.decisionId ?? '', reason }
}

/** A wish on an order that fits, with what else it needs. */
function onOrder<R extends object>(
  fits: (order: Order) => boolean,
  more: (order: Order, view: View) => R | null,
): (view: View) => ({ orderId: string } & R) | null {
  return (view) => {
    const order = anyOrder(view, fits)
    const rest = order === null ? null : more(order, view)
    return order === null || rest === null ? null : { orderId: order.orderId, ...rest }
  }
}

const isAlive = (order: Order): boolean => !isEnded(order)
const isAt =
  (...statuses: Order['status'][]) =>
  (order: Order): boolean =>
    statuses.includes(order.status)
const because = () => ({ reason })

const lineIdsOf = (order: Order, view: View): { lineIds: readonly string[] | null } => ({
  lineIds: chance(view, 60) ? null : [oneOf(view, order.lines)?.lineId ?? '1'],
})

const unitsOfOrder = (order: Order, view: View) => {
  const lines = someUnits(view, order)
  return lines === null ? null : { lines, reason }
}

const newRef = (view: View) => {
  const id = `o${view.fresh()}`
  return { newOrderId: id, newExternalId: id }
}

const changesOf = (order: Order, view: View) => {
  const changes: Record<string, unknown> = {}
  const line = oneOf(view, order.lines)
  if (line === null) return null
  if (chance(view, 30)) changes.add = [newLine(view, `n${view.fresh()}`)]
  if (chance(view, 50)) {
    const low = line.cancelled + line.shipped
    changes.quantities = [{ lineId: line.lineId, quantity: view.random.int(Math.max(0, low - 1), low + 4) }]
  }
  if (chance(view, 20)) changes.prices = [{ lineId: line.lineId, unitPriceCents: 900 }]
  if (chance(view, 20)) changes.shipTo = { ...order.shipTo, region: view.random.pick(['OR', 'NV']) }
  if (chance(view, 20)) changes.method = view.random.pick(['delivery', 'pickup'] as const)
  if (chance(view, 20)) changes.promisedAt = view.now + dayMs
  return { version: null, changes, reason } as Omit<CommandData['EditOrder'], 'orderId'>
}

const ownStates = ['fraud_check', 'gift_wrap'] as const

function ownState(name: string, within: 'validated' | 'picking', blocks: boolean) {
  return { name, within, from: [within], to: [within], blocks }
}

/** Makers of the commands on whole orders. */
export const orderWishes = {
  CreateOrder: createOrder,
  SourceOrder: sourceOrder,
  RerouteOrder: rerouteOrder,
  UndoReroute: undoReroute,
  ValidateOrder: onOrder(isAt('created'), () => ({})),
  BackorderOrder: onOrder(isAt('validated'), () => ({ reason, decision: null })),
  ReserveOrder: onOrder(isAt('sourced'), () => ({})),
  UnsourceOrder: onOrder(isAt('sourced'), because),
  ReleaseOrder: onOrder(isAt('sourced'), () => ({})),
  EditOrder: onOrder(isAlive, changesOf),
  HoldOrder: onOrder(isAlive, (order, view) => ({ ...lineIdsOf(order, view), reason })),
  LiftHold: onOrder(
    (order) => order.status === 'on_hold' || hasHeldLine(order),
    (order, view) => ({ ...lineIdsOf(order, view), reason }),
  ),
  CancelOrder: onOrder(isAlive, because),
  CancelLines: onOrder(isAlive, unitsOfOrder),
  SplitOrder: onOrder(isAlive, (order, view) => {
    const units = unitsOfOrder(order, view)
    return units === null ? null : { ...units, ...newRef(view) }
  }),
  CloneOrder: onOrder(
    () => true,
    (order, view) => ({ lines: chance(view, 50) ? null : someUnits(view, order), reason, ...newRef(view) }),
  ),
  SubstituteLine: onOrder(isAlive, (order, view) => {
    const line = oneOf(
      view,
      order.lines.filter((each) => unitsLeft(each) > 0),
    )
    if (line === null) return null
    const quantity = view.random.int(1, unitsLeft(line))
    const more = { sku: anySku(view), newLineId: `n${view.fresh()}`, unitPriceCents: null, reason }
    return { lineId: line.lineId, quantity, ...more }
  }),
  BackorderLines: onOrder(isAlive, (order, view) => ({
    lines: chance(view, 50) ? null : someUnits(view, order),
    reason,
  })),
  PreorderLines: onOrder(
    (order) => isWaiting(order) || !hasOpenWork(order),
    (order, view) => ({
      ...lineIdsOf(order, view),
      launchAt: view.now + view.random.int(1, 5) * 1_000,
      reason,
    }),
  ),
  LaunchPreorder: onOrder(isAt('preordered'), () => ({})),
  RetryOrder: onOrder(isAt('on_hold', 'backordered', 'validated'), because),
  SetOwnState: onOrder(isAlive, (_, view) => ({
    lineId: null,
    fulfillmentOrderId: null,
    state: chance(view, 70) ? view.random.pick(ownStates) : null,
    reason,
  })),
  DefineOwnStates: (view: View): CommandData['DefineOwnStates'] => ({
    states: chance(view, 80)
      ? [ownState('fraud_check', 'validated', true), ownState('gift_wrap', 'picking', chance(view, 50))]
      : [],
  }),
  DeclineReroute: onOrder(hasOpenWork, (_, view) => ({
    decision: { ...decisionOf(view, 'reroute', null), status: 'held_out' as const },
  })),
  RequestReturn: onOrder(isAt('shipped', 'delivered', 'collected', 'return_requested'), returned),
  ReceiveReturn: onOrder(isAt('shipped', 'delivered', 'collected', 'return_requested'), (order, view) => {
    const units = returned(order, view)
    return units === null ? null : { ...units, nodeId: view.random.pick(nodeIds), restock: chance(view, 60) }
  }),
}

function hasHeldLine(order: Order): boolean {
  return order.lines.some((line) => line.hold !== null)
}

function returned(order: Order, view: View) {
  const lines = order.lines.filter((line) => line.delivered > 0)
  const line = oneOf(view, lines)
  return line === null
    ? null
    : { lines: [{ lineId: line.lineId, quantity: view.random.int(1, line.delivered) }], reason }
}
