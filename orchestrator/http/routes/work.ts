// Routes of the work of nodes: start picking, pick, pack, ship, deliver. The core says what may follow on what.

import { Type } from 'typebox'
import { api } from '#data/contracts'
import { fail } from '#data/kernel'
import type { CommandType, FulfillmentOrder, Shipment } from '#orchestrator/core'
import type { Engine } from '#orchestrator/engine'
import { AskedTimes, answerOf, commandIdOf, execute, idempotencyHeaders } from '../command.ts'
import type { App, AppParts } from '../parts.ts'
import { problems } from '../problem.ts'
import { closed, date, word } from './fields.ts'

const base = '/fulfillment-orders/:orderId/:fulfillmentOrderId'
const params = Type.Object({ orderId: word('order id'), fulfillmentOrderId: word() })
const shared = {
  tags: ['fulfillment orders'],
  headers: idempotencyHeaders,
  params,
  response: { 200: api.commandAnswer, ...problems },
}
const picked = Type.Object(
  {
    short: Type.Optional(
      Type.Array(
        Type.Object({ lineId: word(), quantity: Type.Integer({ minimum: 1, maximum: 1_000_000 }) }, closed),
        { maxItems: 1000, description: 'units that were not found, by line' },
      ),
    ),
  },
  closed,
)
const shipped = Type.Object(
  {
    shipmentId: Type.Optional(word('default: the id of the fulfillment order with -S1')),
    carrier: Type.Optional(word('default: the planned one')),
    service: Type.Optional(word()),
    trackingNumber: Type.Optional(word()),
    promisedAt: Type.Optional(date('when the carrier promises to deliver')),
  },
  closed,
)

/** Adds the routes of fulfillment orders. */
export function addWork(app: App, { engine }: AppParts): void {
  addStep(app, engine, 'start-picking', 'StartPicking', 'The node begins: from here on the work stays')
  addStep(app, engine, 'pack', 'PackWork', 'The parcel is closed')
  addStep(app, engine, 'deliver', 'DeliverWork', 'The customer has it')
  const schema = { ...shared, summary: 'The units were taken off the shelf', body: picked }
  app.post(`${base}/pick`, { schema }, async (request) => {
    const commandId = commandIdOf(request, `pick/${placeOf(request.params)}`)
    const data = { ...request.params, short: request.body.short ?? [] }
    return answerOf(await execute(engine, 'PickWork', data, { commandId }), request.params)
  })
  addShip(app, engine)
}

type Simple = Extract<CommandType, 'StartPicking' | 'PackWork' | 'DeliverWork'>

function addStep(app: App, engine: Engine, name: string, type: Simple, summary: string): void {
  app.post(`${base}/${name}`, { schema: { ...shared, summary } }, async (request) => {
    const commandId = commandIdOf(request, `${name}/${placeOf(request.params)}`)
    return answerOf(await execute(engine, type, request.params, { commandId }), request.params)
  })
}

function addShip(app: App, engine: Engine): void {
  const times = new AskedTimes()
  const schema = { ...shared, summary: 'The parcel left, or is ready for its customer', body: shipped }
  app.post(`${base}/ship`, { schema }, async (request) => {
    const { orderId, fulfillmentOrderId } = request.params
    const commandId = commandIdOf(request, `ship/${placeOf(request.params)}`)
    const order = engine.core.state().orders.get(orderId)
    if (order === undefined) throw fail('ORDER_UNKNOWN', request.params)
    const work = order.work.find((each) => each.fulfillmentOrderId === fulfillmentOrderId)
    if (work === undefined) throw fail('WORK_UNKNOWN', request.params)
    return times.during(commandId, engine.now, async (now) => {
      const shipment = shipmentOf(request.body, work, now)
      const data = { orderId, fulfillmentOrderId, shipment }
      return answerOf(await execute(engine, 'ShipWork', data, { commandId, at: now }), request.params)
    })
  })
}

/** The parcel. Work that was shipped keeps its time, so that the same request asks for the same. */
function shipmentOf(
  body: {
    shipmentId?: string
    carrier?: string
    service?: string
    trackingNumber?: string
    promisedAt?: string
  },
  work: FulfillmentOrder,
  now: number,
): Shipment {
  return {
    shipmentId: body.shipmentId ?? `${work.fulfillmentOrderId}-S1`,
    nodeId: work.nodeId,
    carrier: body.carrier ?? work.carrier,
    service: body.service ?? null,
    trackingNumber: body.trackingNumber ?? null,
    shippedAt: work.shippedAt ?? now,
    promisedAt: body.promisedAt === undefined ? null : Date.parse(body.promisedAt),
    deliveredAt: null,
    freightCostCents: null,
    insuranceCents: null,
    weightG: null,
  }
}

function placeOf({ orderId, fulfillmentOrderId }: { orderId: string; fulfillmentOrderId: string }): string {
  return `${orderId}/${fulfillmentOrderId}`
}
