// Door of the views: what the API's GET routes answer, read from warehouse and core. It changes nothing.

export { listAhead } from './ahead.ts'
export { listAsked } from './asked-actions.ts'
export { cursorOf, pageLimit, placeOf } from './cursor.ts'
export { getDecision, listDecisions } from './decisions.ts'
export { getEffect, listEffects } from './effects.ts'
export { getFlow, listFlows, listRuns, type RunQuery } from './flows.ts'
export { health } from './health.ts'
export { getIncident, listIncidents } from './incidents.ts'
export { limitsView } from './limits.ts'
export { metricCatalogue, metricSeries, metricSlices } from './metrics.ts'
export { getOrder } from './order-detail.ts'
export { getWork, listWork, type WorkQuery } from './order-work.ts'
export { listOrders } from './orders.ts'
export { overview } from './overview.ts'
export { getPlan, listPlans, type PlanQuery, planView } from './plans.ts'
export type {
  DecisionQuery,
  Direction,
  IncidentQuery,
  OrderQuery,
  OrderSort,
  OverviewQuery,
  PageQuery,
  RangeName,
  SeriesQuery,
  SlicesQuery,
  StockQuery,
} from './query.ts'
export { listSilences, silenceView } from './silences.ts'
export { type SqlColumn, type SqlTable, sqlSchema } from './sql-schema.ts'
export { systemStatus } from './status.ts'
export { listStock } from './stock.ts'
