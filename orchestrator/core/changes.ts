// What kinds of things each command changes, for those who listen.

import type { CommandData, CommandType } from './commands.ts'
import type { Change, ChangeKind } from './core.ts'

const kindsOf: Partial<Record<CommandType, readonly ChangeKind[]>> = {
  DefineNodes: ['node'],
  CountStock: ['stock'],
  AdjustStock: ['stock'],
  SetOnHand: ['stock'],
  CountCycle: ['stock'],
  SetSafetyStock: ['stock'],
  SetStockRules: ['stock'],
  ScheduleStock: ['stock'],
  ReceiveSupply: ['stock'],
  AllocateChannel: ['stock'],
  UnallocateChannel: ['stock'],
  ReallocateChannel: ['stock'],
  ConsumeChannel: ['stock'],
  DefineMeasures: ['stock'],
  ReserveStock: ['stock'],
  ReleaseReservation: ['stock'],
  ExpireReservations: ['stock'],
  CreateOrder: ['order'],
  ImportOrders: ['order'],
  ValidateOrder: ['order'],
  SourceOrder: ['order', 'decision'],
  BackorderOrder: ['order', 'decision'],
  ReserveOrder: ['order', 'stock'],
  UnsourceOrder: ['order', 'stock'],
  ReleaseOrder: ['order'],
  RerouteOrder: ['order', 'decision', 'stock'],
  UndoReroute: ['order', 'decision', 'stock'],
  DeclineReroute: ['decision'],
  StartPicking: ['order'],
  PickWork: ['order', 'stock'],
  PackWork: ['order'],
  ShipWork: ['order', 'stock'],
  DeliverWork: ['order'],
  CancelOrder: ['order', 'stock'],
  EditOrder: ['order', 'stock'],
  HoldOrder: ['order', 'stock'],
  LiftHold: ['order'],
  CancelLines: ['order', 'stock'],
  SplitOrder: ['order', 'stock'],
  CloneOrder: ['order'],
  SubstituteLine: ['order', 'stock'],
  BackorderLines: ['order', 'stock'],
  PreorderLines: ['order', 'stock'],
  LaunchPreorder: ['order'],
  RetryOrder: ['order'],
  DefineOwnStates: ['order'],
  SetOwnState: ['order'],
  AcceptWork: ['order'],
  RejectWork: ['order', 'stock'],
  ReadyWork: ['order', 'stock'],
  CollectWork: ['order'],
  RequestReturn: ['order'],
  ReceiveReturn: ['order', 'stock'],
  StartTransfer: ['order'],
  ReserveTransfer: ['order', 'decision', 'stock'],
  ReleaseTransfer: ['order', 'decision', 'stock'],
  FailTransfer: ['order'],
  ConfirmTransfer: ['order'],
  UndoTransfer: ['order', 'stock'],
  OpenIncident: ['incident'],
  UpdateIncident: ['incident'],
  ResolveIncident: ['incident'],
  AcknowledgeIncident: ['incident'],
  SetPolicy: ['policy'],
  ProposeReroute: ['decision'],
  ApproveReroute: ['decision'],
  RejectReroute: ['decision'],
  ExpireReroute: ['decision'],
  FinishReroute: ['decision'],
  DraftPolicy: ['policy'],
  PublishPolicy: ['policy'],
  RetirePolicy: ['policy'],
  ApplyPolicies: ['order'],
  SetDetection: ['policy'],
  GiveFeedback: ['policy'],
  UndoFeedback: ['policy'],
  ChangeNetwork: ['network', 'node'],
  PublishStrategy: ['network'],
  SetStrategyRules: ['network'],
  SetClock: ['clock'],
}

/** What a command that was carried out changed. */
export function changesOf<T extends CommandType>(type: T, data: CommandData[T], at: number): Change[] {
  const { orderId, newOrderId, incidentId, order } = data as {
    orderId?: string
    newOrderId?: string
    incidentId?: string
    order?: { orderId: string }
  }
  const ids = [orderId ?? incidentId ?? order?.orderId, newOrderId].filter((id) => id !== undefined)
  return (kindsOf[type] ?? []).map((kind) => ({ kind, ids, at }))
}
