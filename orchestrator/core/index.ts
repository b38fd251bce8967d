// Door of the core: orders and inventory of a market, as commands, events and state.

export {
  type AlertingState,
  defaultRouting,
  endOf,
  type Notice,
  type NoticedIncident,
  type NoticeGroup,
  type NoticeKind,
  type NoticeType,
  noticeTypes,
  type Silence,
  type Told,
} from './alerting/alerting.ts'
export type { CommandData, CommandType, CoreAnswer, CoreCommand } from './commands.ts'
export type { Change, ChangeKind, Core } from './core.ts'
export { decide } from './decide.ts'
export { feedbackOf } from './detection/rules.ts'
export type { CoreEvent, EventData, EventType } from './events.ts'
export { coreEvent, evolve } from './evolve.ts'
export type { ActionAsked, ActionEnd, FlowCommands, FlowMessage, StepTaken } from './flows/commands.ts'
export { defaultFlowId, newestFlow } from './flows/decide-flow.ts'
export { runOf } from './flows/decide-run.ts'
export {
  type DoneTile,
  type FlowRun,
  type FlowSplit,
  type FlowsState,
  type FlowToken,
  type OrderFlow,
  orderRunId,
  type SoftHold,
} from './flows/flow-run.ts'
export { firstUnheard, type Heard, heardByAny, withHeard } from './flows/past.ts'
export { reservationsFor } from './flows/soft-holds.ts'
export { causeOf, changesSince } from './incidents/changes.ts'
export { hasStayedBack, isSteady, openingOf } from './incidents/flapping.ts'
export {
  type Finding,
  freshLife,
  type Impact,
  type Incident,
  type IncidentComment,
  type IncidentStatus,
  snoozedUntil,
} from './incidents/incident.ts'
export { partsOfSlice, type Slice, type SlicePart, sliceOfCause } from './incidents/slice.ts'
export { type IncidentWords, incidentWordsOf } from './incidents/words.ts'
export type { MarketClock, Node } from './market.ts'
export { ownProvider } from './network/decide-network.ts'
export { fallbackCycle, newestOf as newestStrategy } from './network/decide-strategies.ts'
export { defaultStrategy, defaultStrategyId } from './network/default-strategy.ts'
export {
  blankNode,
  type Entry as NetworkEntry,
  emptyNetwork,
  entryId,
  type ListName,
  listNames,
  type NetworkState,
  networkLists,
  referencesOf,
  rowsOf,
  type StrategiesState,
} from './network/network.ts'
export {
  type CoreOptions,
  coreDefinition,
  coreStream,
  followMarket,
  type MarketFollower,
  openCore,
} from './open.ts'
export type { Assignment, OrderChanges } from './orders/commands.ts'
export type {
  CandidateRecord,
  ConstraintRecord,
  Counterfactual,
  DecisionRecord,
  LineDecision,
} from './orders/decision-record.ts'
export { blank as blankOrder } from './orders/evolve-order.ts'
export { historySteps } from './orders/history.ts'
export type { ImportedOrder } from './orders/order.ts'
export {
  type FulfillmentOrder,
  isEnded,
  isLiveWork,
  isMovable,
  isOpenWork,
  type LineUnits,
  type Method,
  type NewLine,
  type NewWork,
  type NewWorkLine,
  type Order,
  type OrderHeader,
  type OrderLine,
  type OrderStatus,
  type Shipment,
  untouchedWork,
  type WorkLine,
} from './orders/order.ts'
export type { OwnState } from './orders/own-states.ts'
export { type LinePart, partsOf, restOf } from './orders/parts.ts'
export { pastOf } from './orders/past.ts'
export { blockOfLines, blockOfWork } from './orders/settle.ts'
export {
  isStayTold,
  isWaiting,
  openNodes,
  statusOf,
  statusOfLine,
  unassigned,
  unitsAt,
  unitsHeld,
  unitsOf,
} from './orders/standing.ts'
export { isHeldByChecks } from './orders/steps-of-lines.ts'
export { isTransition, type Transition, terminalStates, transitions } from './orders/transitions.ts'
export { isPersistentMap, PersistentMap } from './persistent/map.ts'
export { isPersistentSet, PersistentSet } from './persistent/set.ts'
export {
  choiceOf,
  noMarks,
  type PolicyBook,
  type PolicyMarks,
  type PolicyResult,
  policiesInForce,
  policyIn,
  resultKey,
} from './policies/policy-book.ts'
export { type AskedMove, cameFrom, MoveGuards, type Pending, type Refusal } from './reroute/guard.ts'
export { lately, newNodes, spentOn } from './reroute/ledger.ts'
export { limitsOf, type RerouteLimits } from './reroute/limits.ts'
export type { MoveGuard } from './reroute/move-guard.ts'
export { type PlanMove, type PlanRecord, type PlanState, planMovesMost, riskName } from './reroute/plan.ts'
export { isPlanOver } from './reroute/rules.ts'
export type { OpenAsk, WorkAsk } from './reroute/work-ask.ts'
export { workActionFor } from './reroute/work-asks.ts'
export { type CoreState, emptyState } from './state.ts'
export { backorderLimitOf, knowsSku } from './stock/available.ts'
export type { CalculatedMeasure, ChannelUnits, Product, SourceCount, StockChange } from './stock/commands.ts'
export { isNewProduct } from './stock/decide-plan.ts'
export { reservationOf, reservationStatus, ttlBounds } from './stock/decide-reservation.ts'
export { dueBy, expiringAfter, nextExpiry } from './stock/expiries.ts'
export { isAnyDue, settled, settledAt, stockReadAt } from './stock/settle.ts'
export { calculated, measureOf, onHandName, ownSource, sourcesOf } from './stock/sources.ts'
export type {
  EndedReservation,
  Reservation,
  ReservationLine,
  ScheduleEntry,
  SourceFigures,
  StockCount,
  StockMore,
  StockRule,
} from './stock/stock.ts'
export { availableFor, availableOf, partsOfKey, ringFenceOf, type Stock, stockKey } from './stock/stock.ts'
export type { TransferRequest } from './transfer/commands.ts'
export type { OpenTransfer } from './transfer/open-transfer.ts'
export type { OrderTransfer, TransferOutState, WorkTransfer } from './transfer/transfer.ts'
