// The steps that are watched: what is expected of each, in which slices, and which way it may go wrong. A list to read;
// it computes nothing.

import type { Aspect } from '../series/watched.ts'

/**
 * How much is expected of a step in an hour: `hazard` = by how long each piece has waited and the hour of its place,
 * `share` = a share of what there was, `flow` = what the hours of the week usually bring.
 */
export type LawKind = 'hazard' | 'share' | 'flow'

/** Columns of `step_hours` that a step is sliced by. */
export type StepColumn =
  | 'provider'
  | 'node'
  | 'carrier'
  | 'service'
  | 'lane'
  | 'sku_class'
  | 'channel'
  | 'region'

/** All of them, in the order in which they are read. */
export const stepColumns: readonly StepColumn[] = [
  'provider',
  'node',
  'carrier',
  'service',
  'lane',
  'sku_class',
  'channel',
  'region',
]

/** Which way a step strays. */
export type Way = 'low' | 'high'

/** A watched step. */
export interface StepKind {
  step: string
  law: LawKind
  /** What the law is kept by, the most particular first; the last are for all together. */
  lawBy: readonly StepColumn[]
  /** Each a slice: one column, or several whose conjunction is watched; none = the whole. */
  slices: readonly (readonly StepColumn[])[]
  ways: readonly Way[]
  /** Metric that a constraint of it names, its unit and what it says about work. */
  metric: Readonly<Record<Way, string>>
  unit: string
  aspect: Aspect
  /** Least change against what is expected (0.4 = 40 %), and least number that makes the difference. */
  leastShare: number
  leastChange: number
  /** Hours without anything bad after which an alarm may be over. */
  restHours: number
}

const kind = (
  step: string,
  law: LawKind,
  lawBy: StepKind['lawBy'],
  slices: StepKind['slices'],
  metrics: Partial<Record<Way, string>>,
  [unit, aspect, leastShare, leastChange, restHours]: [string, Aspect, number, number, number],
): StepKind => ({
  step,
  law,
  lawBy,
  slices,
  ways: (['low', 'high'] as const).filter((way) => metrics[way] !== undefined),
  metric: { low: metrics.low ?? '', high: metrics.high ?? '' },
  unit,
  aspect,
  leastShare,
  leastChange,
  restHours,
})

/** The steps of work, in the order in which a piece passes them. */
export const stepKinds: readonly StepKind[] = [
  kind('order', 'flow', [], [[], ['channel'], ['provider'], ['region']], { low: 'orders', high: 'orders' }, [
    'orders',
    'demand',
    0.35,
    8,
    3,
  ]),
  kind('line', 'flow', [], [[], ['sku_class']], { high: 'order_lines' }, ['lines', 'demand', 0.7, 8, 6]),
  kind('repeat', 'share', ['channel'], [['channel']], { high: 'repeated_orders' }, [
    'share',
    'demand',
    1,
    3,
    3,
  ]),
  kind('cancel', 'hazard', ['channel'], [[], ['channel'], ['region']], { high: 'cancellations' }, [
    'orders',
    'demand',
    1.5,
    4,
    3,
  ]),
  kind('refuse', 'share', ['node'], [[], ['node'], ['sku_class']], { high: 'reject_share' }, [
    'share',
    'quality',
    1,
    3,
    12,
  ]),
  kind('pick', 'hazard', ['node'], [[], ['node']], { low: 'work_picked' }, ['orders', 'output', 0.42, 4, 2]),
  kind('short', 'share', ['node'], [[], ['node'], ['sku_class']], { high: 'short_pick_share' }, [
    'share',
    'quality',
    1,
    3,
    12,
  ]),
  kind('pack', 'hazard', ['node'], [[], ['node']], { low: 'work_packed' }, ['orders', 'output', 0.42, 4, 2]),
  kind('work', 'hazard', ['node'], [[], ['node']], { low: 'work_packed' }, ['orders', 'output', 0.42, 5, 2]),
  // How fast it goes while work waits, however little of it there is.
  kind('pace', 'hazard', ['node'], [['node']], { low: 'work_packed' }, ['orders', 'output', 0.35, 8, 4]),
  kind('send', 'hazard', ['node'], [[], ['node'], ['carrier']], { low: 'fulfillment_orders_shipped' }, [
    'orders',
    'output',
    0.3,
    5,
    2,
  ]),
  kind(
    'deliver',
    'hazard',
    ['carrier', 'service', 'lane'],
    [[], ['carrier'], ['lane'], ['node'], ['carrier', 'lane'], ['node', 'carrier']],
    { low: 'delivered_orders' },
    ['orders', 'time', 0.3, 5, 24],
  ),
  kind(
    'freight',
    'share',
    ['carrier', 'service'],
    [[], ['carrier'], ['node']],
    { high: 'freight_per_parcel' },
    ['cents', 'quality', 0.5, 1, 12],
  ),
  kind('write_off', 'flow', [], [['node']], { high: 'units_adjusted' }, ['units', 'quality', 2, 12, 24]),
]

/** A step that says what others do together: work of a node moves on. */
export const workSteps: readonly string[] = ['pick', 'pack']

const workMetrics: readonly string[] = ['work_picked', 'work_packed']

/** The metrics that tell of the same: what people say of one of them holds for all. */
export const alikeMetrics = (metric: string): readonly string[] =>
  workMetrics.includes(metric) ? workMetrics : [metric]
