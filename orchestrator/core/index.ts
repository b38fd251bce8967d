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
export { coreDefinition, coreStream, openCore } from './open.ts'
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
} from './order.ts'
export type { Impact, ImportedOrder, StockCount } from './parts.ts'
export { isWaiting, openNodes, statusOfLine, unassigned, unitsAt, unitsOf } from './standing.ts'
export {
  availableOf,
  type CoreState,
  emptyState,
  type Finding,
  type Incident,
  type MarketClock,
  type Node,
  type Stock,
  stockKey,
} from './state.ts'
