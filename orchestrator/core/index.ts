// Door of the core: orders and inventory of a market, as commands, events and state.

export type {
  Assignment,
  CommandData,
  CommandType,
  CoreAnswer,
  CoreCommand,
  Impact,
  ImportedOrder,
  StockChange,
  StockCount,
} from './commands.ts'
export type { Change, ChangeKind, Core } from './core.ts'
export type { CandidateRecord, CoreEvent, DecisionRecord, EventData, EventType } from './events.ts'
export {
  type FulfillmentOrder,
  isEnded,
  isMovable,
  isOpenWork,
  type Order,
  type OrderHeader,
  type OrderLine,
  type Shipment,
} from './order.ts'
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
