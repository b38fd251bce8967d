// What nodes say of their work, made from a state so that most of it is possible there. It decides nothing.

import { type FulfillmentOrder, type Order, type Shipment, unitsOf } from '#orchestrator/core'
import { anyWork, chance, oneOf, refOf, type View } from './view.ts'

const reason = 'simulated'
type Found = { order: Order; work: FulfillmentOrder }

/** A wish on work that fits, with what else it needs. */
function onWork<R extends object>(
  fits: (work: FulfillmentOrder, order: Order) => boolean,
  more: (found: Found, view: View) => R,
): (view: View) => ({ orderId: string; fulfillmentOrderId: string } & R) | null {
  return (view) => {
    const found = anyWork(view, fits)
    return found === null ? null : { ...refOf(found), ...more(found, view) }
  }
}

const isAt =
  (...statuses: FulfillmentOrder['status'][]) =>
  (work: FulfillmentOrder): boolean =>
    work.releasedAt !== null && statuses.includes(work.status)
const nothing = () => ({})

/** Some units of some lines of the work. */
function someOf(view: View, work: FulfillmentOrder): { lineId: string; quantity: number }[] {
  const line = oneOf(
    view,
    work.lines.filter((each) => unitsOf(each) > 0),
  )
  return line === null ? [] : [{ lineId: line.lineId, quantity: view.random.int(1, unitsOf(line)) }]
}

function parcel(view: View, { work }: Found): Shipment {
  return {
    shipmentId: `s${view.fresh()}`,
    nodeId: work.nodeId,
    carrier: 'SwiftPost',
    service: 'ground',
    trackingNumber: 'T1',
    shippedAt: view.now,
    promisedAt: null,
    deliveredAt: null,
    freightCostCents: 500,
    insuranceCents: null,
    weightG: null,
  }
}

/** Makers of the commands on the work of nodes. */
export const workWishes = {
  AcceptWork: onWork(isAt('open'), nothing),
  RejectWork: onWork(isAt('open', 'accepted'), () => ({ reason })),
  StartPicking: onWork(isAt('open', 'accepted'), nothing),
  PickWork: onWork(
    (work) => isAt('picking')(work) && work.pickedAt === null,
    ({ work }, view) => ({
      short: chance(view, 30) ? someOf(view, work) : [],
      ...(chance(view, 50) ? { shortTo: view.random.pick(['source', 'cancel'] as const) } : {}),
    }),
  ),
  PackWork: onWork((work) => isAt('picking')(work) && work.pickedAt !== null, nothing),
  ReadyWork: onWork(isAt('packed'), nothing),
  ShipWork: onWork(isAt('packed', 'ready_for_pickup'), (found, view) => ({
    shipment: parcel(view, found),
    ...(chance(view, 30) ? { lines: someOf(view, found.work) } : {}),
  })),
  DeliverWork: onWork(isAt('shipped', 'ready_for_pickup'), ({ order }, view) => ({
    ...(chance(view, 30)
      ? {
          shipmentId: oneOf(
            view,
            order.shipments.map((shipment) => shipment.shipmentId),
          ),
        }
      : {}),
  })),
  CollectWork: onWork(isAt('ready_for_pickup', 'shipped'), nothing),
}
