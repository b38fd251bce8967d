// The table from commands on orders to their rules. Pure.

import { onOrder, type RulesOf } from '../rules.ts'
import type { OrderCommands } from './commands.ts'
import * as cancel from './decide-cancel.ts'
import * as derive from './decide-derive.ts'
import { editOrder } from './decide-edit.ts'
import { importOrders } from './decide-import.ts'
import * as move from './decide-move.ts'
import * as flow from './decide-order.ts'
import { defineOwnStates, setOwnState } from './decide-own.ts'
import { applyPolicies } from './decide-policies.ts'
import * as back from './decide-return.ts'
import * as wait from './decide-wait.ts'
import * as work from './decide-work.ts'

/** Rules of the commands on orders. */
export const orderRules: RulesOf<OrderCommands> = {
  CreateOrder: (state, { data, at }) => flow.createOrder(state, data, at),
  ImportOrders: (state, { data, at }) => importOrders(state, data, at),
  ValidateOrder: onOrder<'ValidateOrder'>((order, _, at, state) => flow.validateOrder(order, at, state)),
  SourceOrder: onOrder<'SourceOrder'>((order, data, at, state) => flow.sourceOrder(state, order, data, at)),
  BackorderOrder: onOrder<'BackorderOrder'>(flow.backorder),
  ReserveOrder: onOrder<'ReserveOrder'>((order, data, at, state) =>
    flow.reserveOrder(state, order, data, at),
  ),
  UnsourceOrder: onOrder<'UnsourceOrder'>(flow.unsourceOrder),
  ReleaseOrder: onOrder<'ReleaseOrder'>(flow.releaseOrder),
  ApplyPolicies: onOrder<'ApplyPolicies'>(applyPolicies),
  EditOrder: onOrder<'EditOrder'>(editOrder),
  HoldOrder: onOrder<'HoldOrder'>(cancel.holdOrder),
  LiftHold: onOrder<'LiftHold'>(cancel.liftHold),
  CancelOrder: onOrder<'CancelOrder'>(cancel.cancelOrder),
  CancelLines: onOrder<'CancelLines'>(cancel.cancelLines),
  SplitOrder: onOrder<'SplitOrder'>(derive.splitOrder),
  CloneOrder: onOrder<'CloneOrder'>(derive.cloneOrder),
  SubstituteLine: onOrder<'SubstituteLine'>(derive.substituteLine),
  BackorderLines: onOrder<'BackorderLines'>(wait.backorderLines),
  PreorderLines: onOrder<'PreorderLines'>(wait.preorderLines),
  LaunchPreorder: onOrder<'LaunchPreorder'>(wait.launchPreorder),
  RetryOrder: onOrder<'RetryOrder'>(cancel.retryOrder),
  DefineOwnStates: (state, { data, at }) => defineOwnStates(state, data, at),
  SetOwnState: onOrder<'SetOwnState'>(setOwnState),
  RerouteOrder: onOrder<'RerouteOrder'>((order, data, at, state) =>
    move.rerouteOrder(state, order, data, at),
  ),
  UndoReroute: onOrder<'UndoReroute'>((order, data, at, state) => move.undoReroute(state, order, data, at)),
  DeclineReroute: onOrder<'DeclineReroute'>((order, data, at) => move.declineReroute(order, data, at)),
  AcceptWork: onOrder<'AcceptWork'>(work.acceptWork),
  RejectWork: onOrder<'RejectWork'>(work.rejectWork),
  StartPicking: onOrder<'StartPicking'>(work.startPicking),
  PickWork: onOrder<'PickWork'>(work.pickWork),
  PackWork: onOrder<'PackWork'>(work.packWork),
  ReadyWork: onOrder<'ReadyWork'>(work.readyWork),
  ShipWork: onOrder<'ShipWork'>(work.shipWork),
  DeliverWork: onOrder<'DeliverWork'>(work.deliverWork),
  CollectWork: onOrder<'CollectWork'>(work.collectWork),
  RequestReturn: onOrder<'RequestReturn'>(back.requestReturn),
  ReceiveReturn: onOrder<'ReceiveReturn'>(back.receiveReturn),
}
