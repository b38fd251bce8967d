// The table from commands on orders to their rules. Pure.

import { onOrder, type RulesOf } from '../rules.ts'
import type { OrderCommands } from './commands.ts'
import * as orders from './decide-order.ts'
import * as work from './decide-work.ts'

/** Rules of the commands on orders. */
export const orderRules: Partial<RulesOf<OrderCommands>> = {
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
}
