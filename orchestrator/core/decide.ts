// What a command does in a state: the table from command to rule. Pure; an expected no is an answer, never thrown.

import type { CommandType, CoreCommand } from './commands.ts'
import { done, event, refused, type Verdict } from './decision.ts'
import * as orders from './orders/decide-order.ts'
import * as work from './orders/decide-work.ts'
import type { Order } from './orders/order.ts'
import type { CoreState } from './state.ts'
import * as stock from './stock/decide-stock.ts'

type Of<T extends CommandType> = Extract<CoreCommand, { type: T }>
type Rules = { [T in CommandType]: (state: CoreState, command: Of<T>) => Verdict }

/** A rule on an order that must be there. */
function onOrder<T extends CommandType>(
  rule: (order: Order, data: Of<T>['data'], at: number, state: CoreState) => Verdict,
) {
  return (state: CoreState, { data, at }: { data: Of<T>['data']; at: number }): Verdict => {
    const { orderId } = data as { orderId: string }
    const order = state.orders.get(orderId)
    return order === undefined ? refused('order_unknown', { orderId }) : rule(order, data, at, state)
  }
}

const rules: Rules = {
  DefineNodes: (state, { data, at }) => stock.defineNodes(state, data, at),
  CountStock: (state, { data, at }) => stock.countStock(state, data, at),
  AdjustStock: (state, { data, at }) => stock.adjustStock(state, data, at),
  CreateOrder: (state, { data, at }) => orders.createOrder(state, data, at),
  ImportOrders: (state, { data, at }) => orders.importOrders(state, data, at),
  ValidateOrder: onOrder<'ValidateOrder'>((order, _, at) => orders.validateOrder(order, at)),
  SourceOrder: onOrder<'SourceOrder'>((order, data, at, state) => orders.sourceOrder(state, order, data, at)),
  BackorderOrder: onOrder<'BackorderOrder'>((order, data, at) => orders.backorder(order, data, at)),
  ReserveOrder: onOrder<'ReserveOrder'>((order, _, at, state) => orders.reserveOrder(state, order, at)),
  UnsourceOrder: onOrder<'UnsourceOrder'>((order, data, at) => orders.unsourceOrder(order, data, at)),
  ReleaseOrder: onOrder<'ReleaseOrder'>((order, _, at) => orders.releaseOrder(order, at)),
  RerouteOrder: onOrder<'RerouteOrder'>((order, data, at, state) =>
    work.rerouteOrder(state, order, data, at),
  ),
  UndoReroute: onOrder<'UndoReroute'>((order, data, at, state) => work.undoReroute(state, order, data, at)),
  DeclineReroute: onOrder<'DeclineReroute'>((order, data, at) => work.declineReroute(order, data, at)),
  StartPicking: onOrder<'StartPicking'>((order, data, at) => work.startPicking(order, data, at)),
  PickWork: onOrder<'PickWork'>((order, data, at) => work.pickWork(order, data, at)),
  PackWork: onOrder<'PackWork'>((order, data, at) => work.packWork(order, data, at)),
  ShipWork: onOrder<'ShipWork'>((order, data, at) => work.shipWork(order, data, at)),
  DeliverWork: onOrder<'DeliverWork'>((order, data, at) => work.deliverWork(order, data, at)),
  CancelOrder: onOrder<'CancelOrder'>((order, data, at) => orders.cancelOrder(order, data, at)),
  OpenIncident: (state, { data, at }) =>
    state.incidents.has(data.incidentId) || state.openIncidents.has(data.finding.key)
      ? done([])
      : done([event('IncidentOpened', { ...data, at })]),
  UpdateIncident: onIncident('IncidentUpdated'),
  ResolveIncident: onIncident('IncidentResolved'),
  AcknowledgeIncident: onIncident('IncidentAcknowledged'),
  SetPolicy: (state, { data, at }) =>
    JSON.stringify(state.policy) === JSON.stringify(data.policy)
      ? done([])
      : done([event('PolicySet', { policy: data.policy, at })]),
  SetClock: (state, { data, at }) =>
    done([event('ClockSet', { clock: data.clock, isDemo: data.isDemo ?? state.isDemo, at })]),
}

function onIncident(type: 'IncidentUpdated' | 'IncidentResolved' | 'IncidentAcknowledged') {
  return (state: CoreState, { data, at }: { data: { incidentId: string }; at: number }): Verdict => {
    const incident = state.incidents.get(data.incidentId)
    if (incident === undefined) return refused('incident_unknown', { incidentId: data.incidentId })
    if (incident.status === 'resolved') return done([])
    return done([event(type, { ...data, at } as never)])
  }
}

/** What the command does in this state. */
export function decide(state: CoreState, command: CoreCommand): Verdict {
  const rule = rules[command.type] as ((state: CoreState, command: CoreCommand) => Verdict) | undefined
  return rule === undefined ? refused('command_unknown', { type: command.type }) : rule(state, command)
}
