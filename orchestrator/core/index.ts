// Door of the core: orders and inventory of a market, as commands, events and state.

export type {
  Assignment,
  CommandData,
  CommandType,
  CoreAnswer,
  CoreCommand,
  StockChange,
} from './commands.ts'
export type { Change, ChangeKind, Core } from './core.ts'
export { decide } from './decide.ts'
export type { CandidateRecord, CoreEvent, DecisionRecord, EventData, EventType } from './events.ts'
export { coreEvent, evolve } from './evolve.ts'
export type { Finding, Impact, Incident } from './incidents/incident.ts'
export type { MarketClock, Node } from './market.ts'
export { coreDefinition, coreStream, openCore } from './open.ts'
export type { ImportedOrder } from './orders/order.ts'
export {
  type FulfillmentOrder,
  isEnded,
  isLiveWork,
  isMovable,
  isOpenWork,
  type Order,
  type OrderHeader,
  type OrderLine,
  type OrderStatus,
  type Shipment,
  untouchedWork,
  type WorkLine,
} from './orders/order.ts'
export { isWaiting, openNodes, statusOfLine, unassigned, unitsAt, unitsOf } from './orders/standing.ts'
export { type CoreState, emptyState } from './state.ts'
export type { StockCount } from './stock/stock.ts'
export { availableOf, type Stock, stockKey } from './stock/stock.ts'
