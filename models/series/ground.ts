// What every part of a detection stands on, read once: the clock of the market and its nodes. It judges nothing.

import type { Queries } from '#data/warehouse'
import type { Judgement } from './settings.ts'

/** A node as detection sees it. */
export interface GroundNode extends Record<string, unknown> {
  node: string
  zone: string
  type: string
  country: string
  capacity: number
}

/** The clock and the nodes of a market; null = it has no data yet. Instants in epoch ms. */
export interface Ground {
  clock: { first: number; last: number } | null
  nodes: readonly GroundNode[]
}

/** Buckets are complete before `end`; `start` is the first that history may reach back to. Ticks. */
export interface Span {
  start: number
  end: number
}

/** What a cycle looks at. */
export interface Look {
  ground: Ground
  now: number
  judgement: Judgement
}

/** What a cycle brought. */
export interface Caught {
  /** All buckets before it were taken. */
  end: number
  /** The first that history reaches back to. */
  start: number
  /** Whether everything was read anew. */
  isNew: boolean
}

/** A bucket counts as complete when at most this much of it is missing, ms: the last event seldom falls on its end. */
const toleranceMs = 60_000

/** Reads them. @throws WAREHOUSE_QUERY */
export async function readGround(queries: Queries, market: string): Promise<Ground> {
  const [clock] = await queries.all<{ first: number | null; last: number | null }>(
    `SELECT epoch_ms(first_day::TIMESTAMPTZ)::DOUBLE AS first, epoch_ms(watermark)::DOUBLE AS last
     FROM market_clock WHERE market = $1`,
    [market],
  )
  const nodes = await queries.all<GroundNode>(
    `SELECT node_id AS node, time_zone AS zone, type, coalesce(country, '') AS country,
       coalesce(daily_capacity, 1)::DOUBLE AS capacity
     FROM nodes WHERE market = $1 ORDER BY node_id`,
    [market],
  )
  const { first = null, last = null } = clock ?? {}
  return { clock: first === null || last === null ? null : { first, last }, nodes }
}

/** Span of the market's complete buckets; null where it has no data yet. */
export function spanOf({ clock }: Ground, now: number, stepMs: number): Span | null {
  if (clock === null) return null
  const end = Math.floor((Math.min(now, clock.last) + toleranceMs) / stepMs)
  const start = Math.floor(clock.first / stepMs)
  return end > start ? { start, end } : null
}
