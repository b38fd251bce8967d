// What one market is asked while work goes to another, or comes from there: the other market is made up, and may say
// anything at any time. It decides nothing.

import { type CommandData, isMovable, type Order } from '#orchestrator/core'
import { anyOrder, anySku, anyWork, chance, nodeIds, refOf, type View } from './view.ts'

const reason = 'simulated'

function decisionOf(view: View): CommandData['ReleaseTransfer']['decision'] {
  return {
    decisionId: `d${view.fresh()}`,
    kind: 'reroute',
    incidentId: null,
    fromNodeId: null,
    toNodeId: null,
    status: 'done',
    reason,
    costCents: 0,
    hoursSaved: 0,
    candidates: [],
  }
}

function startTransfer(view: View): CommandData['StartTransfer'] | null {
  const found = anyWork(view, (work) => isMovable(work) && work.isReserved)
  if (found === null) return null
  const id = `t${view.fresh()}`
  const there = { toMarket: 'east', toNodeId: null, newOrderId: `${id}-o`, newExternalId: `${id}-o` }
  return { ...refOf(found), transferId: id, ...there, reason }
}

function reserveTransfer(view: View): CommandData['ReserveTransfer'] {
  const id = `t${view.fresh()}`
  const quantity = view.random.int(1, 3)
  const units = { lineId: '1', quantity }
  const money = { unitPriceCents: 1_000, discountCents: 0, taxCents: 0, freightCents: 0 }
  const order = {
    orderId: `${id}-o`,
    market: 'main',
    provider: 'fab',
    externalId: `${id}-o`,
    channel: 'web',
    method: 'delivery' as const,
    currency: 'USD',
    customerRef: null,
    shipTo: { country: 'US', region: 'CA', city: null, postalCode: null, timeZone: null },
    placedAt: view.now,
    approvedAt: null,
    promisedAt: null,
    totalCents: null,
    freightCents: null,
    taxCents: null,
    discountCents: null,
    flags: [],
  }
  const at = { nodeId: view.random.pick(nodeIds), carrier: null, shipBy: null, lines: [units] }
  const request = {
    transferId: id,
    fromMarket: 'east',
    fromOrderId: 'x',
    fromFulfillmentOrderId: 'x-F1',
    order,
    lines: [{ ...units, sku: anySku(view), ...money }],
    toNodeId: null,
    reason,
  } as unknown as CommandData['ReserveTransfer']['request']
  return { request, assignments: chance(view, 90) ? [at] : null, decision: decisionOf(view) }
}

const transferOut = (order: Order): string | undefined =>
  order.work.find((work) => work.transfer !== undefined)?.transfer?.transferId

function onOutgoing<R extends object>(more: (view: View) => R) {
  return (view: View): ({ orderId: string; transferId: string } & R) | null => {
    const order = anyOrder(view, (each) => transferOut(each) !== undefined)
    return order === null
      ? null
      : { orderId: order.orderId, transferId: transferOut(order) ?? '', ...more(view) }
  }
}

function onIncoming<R extends object>(more: () => R) {
  return (view: View): ({ orderId: string; transferId: string } & R) | null => {
    const order = anyOrder(view, (each) => each.transfer != null)
    return order === null
      ? null
      : { orderId: order.orderId, transferId: order.transfer?.transferId ?? '', ...more() }
  }
}

/** Makers of the commands on transfers. */
export const transferWishes = {
  StartTransfer: startTransfer,
  ReserveTransfer: reserveTransfer,
  ReleaseTransfer: onOutgoing((view) => ({ decision: decisionOf(view) })),
  FailTransfer: onOutgoing(() => ({ reason })),
  ConfirmTransfer: onIncoming(() => ({})),
  UndoTransfer: onIncoming(() => ({ reason })),
}
