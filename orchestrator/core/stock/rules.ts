// The table from commands on stock to their rules. Pure.

import type { RulesOf } from '../rules.ts'
import type { StockCommands } from './commands.ts'
import * as channel from './decide-channel.ts'
import * as count from './decide-count.ts'
import * as plan from './decide-plan.ts'
import * as reservation from './decide-reservation.ts'

/** Rules of the commands on stock. */
export const stockRules: RulesOf<StockCommands> = {
  CountStock: (state, { data, at }) => count.countStock(state, data, at),
  AdjustStock: (state, { data, at }) => count.adjustStock(state, data, at),
  SetOnHand: (state, { data, at }) => count.setOnHand(state, data, at),
  CountCycle: (state, { data, at }) => count.countCycle(state, data, at),
  SetSafetyStock: (state, { data, at }) => plan.setSafetyStock(state, data, at),
  SetStockRules: (state, { data, at }) => plan.setStockRules(state, data, at),
  ScheduleStock: (state, { data, at }) => plan.scheduleStock(state, data, at),
  ReceiveSupply: (state, { data, at }) => plan.receiveSupply(state, data, at),
  DefineMeasures: (state, { data, at }) => plan.defineMeasures(state, data, at),
  DefineProducts: (state, { data, at }) => plan.defineProducts(state, data, at),
  AllocateChannel: (state, { data, at }) => channel.allocateChannel(state, data, at),
  UnallocateChannel: (state, { data, at }) => channel.unallocateChannel(state, data, at),
  ReallocateChannel: (state, { data, at }) => channel.reallocateChannel(state, data, at),
  ConsumeChannel: (state, { data, at }) => channel.consumeChannel(state, data, at),
  ReserveStock: (state, { data, at }) => reservation.reserveStock(state, data, at),
  RenewReservation: (state, { data, at }) => reservation.renewReservation(state, data, at),
  ReleaseReservation: (state, { data, at }) => reservation.releaseReservation(state, data, at),
  ExpireReservations: (state, { at }) => reservation.expireReservations(state, at),
}
