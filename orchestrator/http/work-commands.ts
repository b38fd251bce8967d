// From an action on a fulfillment order to the command of the core that it is. It carries nothing out.

import type { api } from '#data/contracts'
import type { CommandData, Shipment } from '#orchestrator/core'
import type { Asked } from './order-commands.ts'

/** The work that is meant. */
export interface WorkRef {
  orderId: string
  fulfillmentOrderId: string
}

type Body<A extends api.WorkActionName> = api.WorkActionBody<A>
type Make<A extends api.WorkActionName> = (ref: WorkRef, body: Body<A>, planned: Planned) => Asked

/** What the work was planned with. */
interface Planned {
  nodeId: string | null
  carrier: string | null
}

const commands: { [A in api.WorkActionName]: Make<A> } = {
  accept: (data) => ({ type: 'AcceptWork', data }),
  reject: (ref, { reason }) => ({ type: 'RejectWork', data: { ...ref, reason } }),
  'start-picking': (data) => ({ type: 'StartPicking', data }),
  pick: (ref, { short = [], shortTo }) => ({
    type: 'PickWork',
    data: { ...ref, short, ...(shortTo === undefined ? {} : { shortTo }) },
  }),
  pack: (data) => ({ type: 'PackWork', data }),
  ready: (data) => ({ type: 'ReadyWork', data }),
  ship: (ref, body, planned) => ({ type: 'ShipWork', data: shipData(ref, body, planned) }),
  deliver: (ref, { shipmentId }) => ({
    type: 'DeliverWork',
    data: { ...ref, ...(shipmentId === undefined ? {} : { shipmentId }) },
  }),
  collect: (data) => ({ type: 'CollectWork', data }),
  'own-state': (ref, { state, reason = 'by hand' }) => ({
    type: 'SetOwnState',
    data: { ...ref, lineId: null, state, reason },
  }),
}

/** The command of an action on a fulfillment order. */
export function workCommand<A extends api.WorkActionName>(
  action: A,
  ref: WorkRef,
  body: Body<A>,
  planned: Planned,
): Asked {
  return (commands[action] as Make<A>)(ref, body, planned)
}

/** The parcel. Its id and time are left to the core where nobody gave them, so that asking again asks the same. */
function shipData(ref: WorkRef, body: Body<'ship'>, { nodeId, carrier }: Planned): CommandData['ShipWork'] {
  const shipment: Shipment = {
    shipmentId: body.shipmentId ?? '',
    nodeId,
    carrier: body.carrier ?? carrier,
    service: body.service ?? null,
    trackingNumber: body.trackingNumber ?? null,
    shippedAt: null,
    promisedAt: body.promisedAt === undefined ? null : Date.parse(body.promisedAt),
    deliveredAt: null,
    freightCostCents: null,
    insuranceCents: null,
    weightG: null,
  }
  return { ...ref, shipment, ...(body.lines === undefined ? {} : { lines: body.lines }) }
}
