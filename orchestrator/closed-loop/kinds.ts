// The kinds of fault a scenario may hold: what each needs, how strong it may be, what it does to the world, and which
// slices of the metrics it is the cause of. A list to read; it runs nothing.

import { type Strain, spareShare, strainNames } from '#data/world'

/** What a fault may name. */
export type Target = 'node' | 'carrier' | 'channel' | 'skuClass' | 'lanes' | 'weekday'

/** A kind of fault. */
export interface FaultKind {
  /** False for what happens in good order and must not be taken for a fault. */
  isFault: boolean
  strain: Strain['kind']
  needs: readonly Target[]
  mayHave: readonly Target[]
  /** What `strength` means, its range, and what it is where a scenario does not say; null = it has none. */
  strength: { means: string; least: number; most: number; usual: number } | null
  /** Hours it lasts where a scenario does not say. */
  hours: number
  /** The amount of the strain that a strength gives. */
  amountOf(strength: number): number
  isCreeping?: boolean
  /** Whether all of it shows within the hour; else it does so bit by bit, over days. */
  isSudden: boolean
  /** Metrics that tell of it rather than of another fault where several may be meant. */
  metrics: readonly string[]
  /** Dimensions in which its effects show beside its own: an incident there is no false one, and names no cause. */
  shows: readonly string[]
  /** Metrics in which they show at any node; none where its effects show there in all of them or in none. */
  nodeMetrics?: readonly string[]
  /** Work that it leaves behind: where it shows, and for how many hours after the end. */
  echo?: { shows: readonly string[]; hours(strain: Strain): number }
}

const share = (means: string, usual: number) => ({ means, least: 0.01, most: 1, usual })
const times = (means: string, usual: number, least = 1) => ({ means, least, most: 20, usual })
const lost = (strength: number) => 1 - strength
const same = (strength: number) => strength

/** Effects of work that leaves late. */
const lateWork = ['all', 'region', 'lane', 'method', 'provider', 'carrier']
/** Effects of goods that are missing. */
const missing = ['all', 'sku_class', 'region', 'method', 'provider', 'channel']
/** Effects of more or fewer orders. */
const demand = ['all', 'region', 'channel', 'provider', 'method', 'sku_class', 'node']

/** What nodes do, and what waits there. */
const workMetrics = [
  ...['work_picked', 'work_packed', 'backlog', 'past_due', 'in_jeopardy'],
  ...['book_to_ship_hours', 'internal_cycle_time_hours', 'fulfillment_orders_shipped', 'lines_shipped'],
]
/** What leaves, and what waits at the dock. */
const dockMetrics = [
  ...['fulfillment_orders_shipped', 'lines_shipped', 'units_shipped', 'pick_to_ship_hours'],
  ...['on_time_ship_share', 'backlog', 'past_due', 'in_jeopardy'],
]
const roadMetrics = ['transit_hours', 'delivered_orders', 'late_share', 'on_time_in_full', 'perfect_order']
const demandMetrics = ['orders', 'order_lines', 'units', 'revenue']
const priceMetrics = ['freight_per_parcel', 'freight_cost', 'cost_to_serve']
const missingMetrics = ['short_pick_share', 'units_adjusted', 'reject_share', 'line_fill']
const supplyMetrics = ['hours_without_goods', 'stock_out_share', 'near_stock_out_share', 'units_received']

/** Hours until nodes have done what came in excess beside what comes anyway, with the hands they can spare. */
function workedOff({ amount, from, to, skuClass }: Strain): number {
  const share = skuClass === undefined ? 1 : 1 / strainNames.skuClasses.length
  return ((amount - 1) * share * (to - from)) / 3_600_000 / spareShare
}

/** All kinds by name. */
export const faultKinds = {
  node_slowdown: {
    isFault: true,
    isSudden: true,
    strain: 'capacity',
    needs: ['node'],
    mayHave: [],
    strength: share('share of its capacity that a node loses at once', 0.7),
    hours: 36,
    amountOf: lost,
    metrics: workMetrics,
    shows: lateWork,
  },
  node_creep: {
    isFault: true,
    isSudden: false,
    strain: 'capacity',
    needs: ['node'],
    mayHave: [],
    strength: share(
      'share of its capacity that a node has lost at the end, a little more every two hours',
      0.85,
    ),
    hours: 96,
    amountOf: lost,
    isCreeping: true,
    metrics: workMetrics,
    shows: lateWork,
  },
  node_outage: {
    isFault: true,
    isSudden: true,
    strain: 'standstill',
    needs: ['node'],
    mayHave: [],
    strength: null,
    hours: 14,
    amountOf: same,
    metrics: workMetrics,
    shows: lateWork,
  },
  labour_shortage: {
    isFault: true,
    isSudden: true,
    strain: 'capacity',
    needs: ['node', 'weekday'],
    mayHave: [],
    strength: share('share of the hands that are missing on that weekday', 0.75),
    hours: 240,
    amountOf: lost,
    metrics: workMetrics,
    shows: lateWork,
  },
  carrier_delay: {
    isFault: true,
    isSudden: false,
    strain: 'transit',
    needs: ['carrier'],
    mayHave: ['lanes'],
    strength: { means: 'days that parcels take longer', least: 1, most: 10, usual: 2 },
    hours: 96,
    amountOf: same,
    metrics: roadMetrics,
    shows: ['all', 'region', 'lane', 'channel', 'method', 'sku_class', 'provider'],
  },
  carrier_outage: {
    isFault: true,
    isSudden: true,
    strain: 'no_pickup',
    needs: ['carrier'],
    mayHave: [],
    strength: null,
    hours: 48,
    amountOf: same,
    metrics: dockMetrics,
    shows: [...lateWork, 'node'],
    nodeMetrics: dockMetrics,
  },
  stock_error: {
    isFault: true,
    isSudden: true,
    strain: 'short',
    needs: ['node'],
    mayHave: [],
    strength: share('share of lines that the node does not find although its stock says so', 0.4),
    hours: 48,
    amountOf: same,
    metrics: missingMetrics,
    shows: missing,
  },
  late_inbound: {
    isFault: true,
    isSudden: false,
    strain: 'no_inbound',
    needs: ['node'],
    mayHave: [],
    strength: null,
    hours: 168,
    amountOf: same,
    metrics: supplyMetrics,
    shows: missing,
  },
  demand_surge: {
    isFault: true,
    isSudden: true,
    strain: 'demand',
    needs: [],
    mayHave: ['skuClass'],
    strength: times('times that goods are wanted', 3),
    hours: 48,
    amountOf: same,
    metrics: demandMetrics,
    shows: demand,
    echo: { shows: ['all', 'node'], hours: workedOff },
  },
  bad_addresses: {
    isFault: true,
    isSudden: true,
    strain: 'cancellations',
    needs: ['channel'],
    mayHave: [],
    strength: share('share of the orders of a channel that cannot be delivered and are canceled', 0.35),
    hours: 18,
    amountOf: same,
    metrics: ['cancellations', 'cancelled_share'],
    shows: ['all', 'region', 'sku_class', 'method', 'provider'],
  },
  provider_outage: {
    isFault: true,
    isSudden: true,
    strain: 'late_feed',
    needs: ['channel'],
    mayHave: [],
    strength: null,
    hours: 10,
    amountOf: same,
    metrics: demandMetrics,
    shows: [...demand],
  },
  duplicate_feed: {
    isFault: true,
    isSudden: true,
    strain: 'double_feed',
    needs: ['channel'],
    mayHave: [],
    strength: share('share of the orders of a channel that come a second time as other ones', 0.9),
    hours: 24,
    amountOf: same,
    metrics: ['repeated_orders', ...demandMetrics],
    shows: [...demand],
  },
  cost_spike: {
    isFault: true,
    isSudden: true,
    strain: 'freight',
    needs: ['carrier'],
    mayHave: [],
    strength: times('times the price of a carrier', 2.5),
    hours: 120,
    amountOf: same,
    metrics: priceMetrics,
    shows: ['all', 'region', 'lane', 'node'],
    nodeMetrics: priceMetrics,
  },
  promotion: {
    isFault: false,
    isSudden: true,
    strain: 'promotion',
    needs: ['skuClass'],
    mayHave: [],
    strength: times('times that goods of a class are wanted, at a lower price', 1.9),
    hours: 72,
    amountOf: same,
    metrics: [],
    shows: [],
  },
  holiday: {
    isFault: false,
    isSudden: true,
    strain: 'holiday',
    needs: [],
    mayHave: [],
    strength: {
      means: 'orders relative to an ordinary day; docks and carriers stand still',
      least: 0.05,
      most: 5,
      usual: 0.8,
    },
    hours: 24,
    amountOf: same,
    metrics: [],
    shows: [],
  },
} as const satisfies Record<string, FaultKind>

/** Name of a kind. */
export type KindName = keyof typeof faultKinds

/** Names of all kinds. */
export const kindNames = Object.keys(faultKinds) as KindName[]

/** A kind by its name. */
export const kindOf = (name: KindName): FaultKind => faultKinds[name]
