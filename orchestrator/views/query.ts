// What can be asked of the views: filters, order and place of a page. Shapes only; values were validated before.

import type { FulfillmentMethod, OrderStatus } from './words.ts'

/** Length of the period the overview looks at. */
export type RangeName = '24h' | '7d' | '28d' | '90d' | 'all'

/** What the overview looks at; what is left out is chosen by the data. */
export interface OverviewQuery {
  range?: RangeName | undefined
  /** Metric of the chart. */
  metric?: string | undefined
  dimension?: string | undefined
  /** Value of the dimension. */
  value?: string | undefined
}

/** Where a page starts and how long it is. */
export interface PageQuery {
  /** `nextCursor` of the page before. */
  cursor?: string | undefined
  /** 1 to 200, default 50. */
  limit?: number | undefined
}

/** Columns the order list can be sorted by. */
export type OrderSort = 'placedAt' | 'promisedAt' | 'totalCents' | 'lateRisk'
/** Way of a sort. */
export type Direction = 'asc' | 'desc'

/** Filters of the order list; those that are given all have to hold. */
export interface OrderQuery extends PageQuery {
  /** Part of an external id, order id, SKU, customer reference, city or tracking number. */
  q?: string | undefined
  status?: readonly OrderStatus[] | undefined
  /** Node id. */
  node?: string | undefined
  channel?: string | undefined
  region?: string | undefined
  method?: FulfillmentMethod | undefined
  provider?: string | undefined
  open?: boolean | undefined
  late?: boolean | undefined
  /** Rerouted at least once. */
  moved?: boolean | undefined
  atRisk?: boolean | undefined
  /** Incident id: orders that it holds now or that were decided about because of it. */
  incident?: string | undefined
  /** Own state of a part of the order. */
  ownState?: string | undefined
  /** First instant of placing, ISO 8601. */
  from?: string | undefined
  /** First instant of placing that is out again, ISO 8601. */
  to?: string | undefined
  /** Default placedAt. */
  sort?: OrderSort | undefined
  /** Default desc. */
  direction?: Direction | undefined
}

/** Filters of the incident list; those that are given all have to hold. */
export interface IncidentQuery extends PageQuery {
  /** active = not resolved and not merged. */
  status?: 'open' | 'acknowledged' | 'snoozed' | 'merged' | 'resolved' | 'active' | undefined
  /** Who looks after it; `nobody` = no owner. */
  owner?: string | undefined
  severity?: 'high' | 'medium' | 'low' | undefined
  dimension?: string | undefined
  /** Value of the dimension. */
  value?: string | undefined
  metric?: string | undefined
  silenced?: boolean | undefined
  flapping?: boolean | undefined
  /** Part of its title. */
  q?: string | undefined
}

/** Filters of the decision list. */
export interface DecisionQuery extends PageQuery {
  kind?: 'source' | 'reroute' | undefined
  status?: 'done' | 'refused' | 'undone' | 'held_out' | undefined
  incident?: string | undefined
  order?: string | undefined
  /** Node the work came from or went to. */
  node?: string | undefined
}

/** Filters of the stock list. */
export interface StockQuery extends PageQuery {
  /** Part of a SKU or a product's name. */
  q?: string | undefined
  node?: string | undefined
  state?: 'ok' | 'low' | 'out' | undefined
  /** Default sku. */
  sort?: 'sku' | 'available' | 'onHand' | undefined
  /** Default asc. */
  direction?: Direction | undefined
}

/** A series; without a period its last 7 days (hour) or 90 days (day). */
export interface SeriesQuery {
  metric: string
  /** Default all. */
  dimension?: string | undefined
  value?: string | undefined
  grain?: 'hour' | 'day' | undefined
  from?: string | undefined
  to?: string | undefined
}

/** A metric by the values of a dimension; without a period the last 7 days. */
export interface SlicesQuery {
  metric: string
  dimension: string
  from?: string | undefined
  to?: string | undefined
}
