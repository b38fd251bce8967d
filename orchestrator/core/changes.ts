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
  PickWork: ['order'],
  PackWork: ['order'],
  ShipWork: ['order', 'stock'],
  DeliverWork: ['order'],
  CancelOrder: ['order', 'stock'],
  OpenIncident: ['incident'],
  UpdateIncident: ['incident'],
  ResolveIncident: ['incident'],
  AcknowledgeIncident: ['incident'],
  SetPolicy: ['policy'],
  SetClock: ['clock'],
}

/** What a command that was carried out changed. */
export function changesOf<T extends CommandType>(type: T, data: CommandData[T], at: number): Change[] {
  const { orderId, incidentId } = data as {
    orderId?: string
    incidentId?: string
    order?: { orderId: string }
  }
  const created = (data as { order?: { orderId: string } }).order?.orderId
  const id = orderId ?? incidentId ?? created
  return (kindsOf[type] ?? []).map((kind) => ({ kind, ids: id === undefined ? [] : [id], at }))
}
