// From an action on an order to the command of the core that it is. It carries nothing out.

import { type api, orderIdOf } from '#data/contracts'
import type { CommandData, CommandType, Order } from '#orchestrator/core'
import { nameFrom } from './items.ts'
import { newLineOf, shipToOf } from './new-order.ts'

/** A command that is to be carried out. */
export type Asked = { [T in CommandType]: { type: T; data: CommandData[T] } }[CommandType]

type Body<A extends api.OrderActionName> = api.OrderActionBody<A>
type Known = Pick<Order, 'market' | 'provider' | 'externalId'> | undefined

/** What an action asks of the core. @param commandId names of what is made follow from it */
type Make<A extends api.OrderActionName> = (
  orderId: string,
  body: Body<A>,
  made: { order: Known; commandId: string },
) => Asked

const byHand = 'by hand'

const commands: { [A in api.OrderActionName]: Make<A> } = {
  hold: (orderId, { reason, lineIds = null }) => ({ type: 'HoldOrder', data: { orderId, lineIds, reason } }),
  'lift-hold': (orderId, { reason = byHand, lineIds = null }) => ({
    type: 'LiftHold',
    data: { orderId, lineIds, reason },
  }),
  release: (orderId, { reason = byHand }) => ({ type: 'LiftHold', data: { orderId, lineIds: null, reason } }),
  cancel: (orderId, { reason, lines = null }) =>
    lines === null
      ? { type: 'CancelOrder', data: { orderId, reason } }
      : { type: 'CancelLines', data: { orderId, lines, reason } },
  split: (orderId, { lines, reason = byHand, externalId }, made) => ({
    type: 'SplitOrder',
    data: { orderId, lines, reason, ...newRef(externalId, made) },
  }),
  clone: (orderId, { lines = null, reason = byHand, externalId }, made) => ({
    type: 'CloneOrder',
    data: { orderId, lines, reason, ...newRef(externalId, made) },
  }),
  substitute: (orderId, body, { commandId }) => {
    const { lineId, quantity, sku, newLineId, unitPriceCents = null, reason = byHand } = body
    const id = newLineId ?? `${lineId}-${nameFrom(commandId)}`
    const data = { orderId, lineId, quantity, sku, newLineId: id, unitPriceCents, reason }
    return { type: 'SubstituteLine', data }
  },
  backorder: (orderId, { lines = null, reason = byHand }) => ({
    type: 'BackorderLines',
    data: { orderId, lines, reason },
  }),
  preorder: (orderId, { launchAt, lineIds = null, reason = byHand }) => ({
    type: 'PreorderLines',
    data: { orderId, lineIds, launchAt: Date.parse(launchAt), reason },
  }),
  retry: (orderId, { reason = byHand }) => ({ type: 'RetryOrder', data: { orderId, reason } }),
  'own-state': (orderId, { state, lineId = null, fulfillmentOrderId = null, reason = byHand }) => ({
    type: 'SetOwnState',
    data: { orderId, lineId, fulfillmentOrderId, state, reason },
  }),
  return: (orderId, { lines, reason }) => ({ type: 'RequestReturn', data: { orderId, lines, reason } }),
  'receive-return': (orderId, { lines, nodeId, restock = true, reason = 'goods came back' }) => ({
    type: 'ReceiveReturn',
    data: { orderId, lines, nodeId, restock, reason },
  }),
}

/** The command of an action on an order. */
export function orderCommand<A extends api.OrderActionName>(
  action: A,
  orderId: string,
  body: Body<A>,
  made: { order: Known; commandId: string },
): Asked {
  return (commands[action] as Make<A>)(orderId, body, made)
}

/** Actions after which the flow may have something to do. */
export const flowsOn: ReadonlySet<string> = new Set([
  ...[
    'lift-hold',
    'release',
    'split',
    'clone',
    'substitute',
    'retry',
    'own-state',
    'cancel',
    'hold',
    'preorder',
  ],
])

function newRef(externalId: string | undefined, { order, commandId }: { order: Known; commandId: string }) {
  const newExternalId = externalId ?? `${order?.externalId ?? ''}-${nameFrom(commandId)}`
  const newOrderId = orderIdOf(order?.market ?? '', order?.provider ?? '', newExternalId)
  return { newOrderId, newExternalId }
}

/** The order that a command makes, null where it makes none. */
export function madeBy({ data }: Asked): string | null {
  return 'newOrderId' in data ? data.newOrderId : null
}

/** The command of an edit. @param version of the header If-Match, null where there is none */
export function editCommand(
  orderId: string,
  body: api.OrderEdit,
  { version, commandId }: { version: number | null; commandId: string },
): CommandData['EditOrder'] {
  const { reason = byHand, add, quantities, prices, shipTo, method, promisedAt } = body
  const added = add?.map((line, i) => newLineOf(line, line.lineId ?? `${nameFrom(commandId)}-${i + 1}`))
  return {
    orderId,
    version: body.version ?? version,
    reason,
    changes: {
      ...(added === undefined ? {} : { add: added }),
      ...(quantities === undefined ? {} : { quantities }),
      ...(prices === undefined ? {} : { prices }),
      ...(shipTo === undefined ? {} : { shipTo: shipToOf(shipTo) }),
      ...(method === undefined ? {} : { method }),
      ...(promisedAt === undefined
        ? {}
        : { promisedAt: promisedAt === null ? null : Date.parse(promisedAt) }),
    },
  }
}
