// Reads from the tables what became of orders that were moved or held out, and measures the effect: of each incident,
// and of all. It writes only its own table.

import { setImmediate } from 'node:timers/promises'
import type { api, operations, RowOf } from '#data/contracts'
import type { Queries } from '#data/warehouse'
import { type Effect, effectOf, type MeasuredOrder } from './estimate.ts'
import { effectSentence } from './sentence.ts'

type Row = {
  incident_id: string | null
  order_id: string
  is_moved: boolean
  is_cancelled: boolean
  can_be_late: boolean
  is_late: boolean | null
  hours: number | null
  risk_before: number | null
  risk_after: number | null
  hours_before: number | null
  hours_after: number | null
  extra_cents: number
  currency: string | null
  /** When it was decided, epoch ms. */
  at: number
}

/** Of an incident with so many orders on, others get the thread after it. */
const rowsAtOnce = 200
/** Decisions looked at, the newest. */
const rowsMost = 200_000

/**
 * What became of each order, once for each incident: an order that was moved counts as moved, from its first move on,
 * and costs what all its moves did, those back as well. One whose promise is over and that has not come is late; one
 * without a promise, or that was cancelled, cannot be.
 */
const outcomes = `
  WITH decided AS (
    SELECT incident_id, order_id, decision_id, status, decided_at, risk_before, risk_after, hours_before, hours_after,
      currency, decision_id LIKE '%/back/%' AS is_back,
      sum(cost_cents) FILTER (status = 'done') OVER (PARTITION BY incident_id, order_id) AS extra_cents
    FROM decisions
    WHERE market = $market AND kind = 'reroute' AND status IN ('done', 'held_out')
      AND decision_id NOT LIKE '%/hand/%'
  ), chosen AS (
    FROM decided
    WHERE NOT is_back
    QUALIFY row_number() OVER (
      PARTITION BY incident_id, order_id ORDER BY status = 'done' DESC, decided_at, decision_id
    ) = 1
    ORDER BY decided_at DESC
    LIMIT ${rowsMost}
  )
  SELECT chosen.incident_id, chosen.order_id, chosen.status = 'done' AS is_moved,
    coalesce(orders.status = 'cancelled', FALSE) AS is_cancelled,
    orders.order_id IS NULL OR (orders.promised_at IS NOT NULL AND orders.status <> 'cancelled') AS can_be_late,
    CASE
      WHEN orders.status = 'cancelled' OR orders.promised_at IS NULL THEN NULL
      WHEN orders.delivered_at IS NOT NULL THEN orders.delivered_at > orders.promised_at
      WHEN orders.promised_at < make_timestamptz($now::BIGINT * 1000) THEN TRUE
    END AS is_late,
    date_diff('second', chosen.decided_at, orders.delivered_at) / 3600.0 AS hours,
    chosen.risk_before, chosen.risk_after, chosen.hours_before, chosen.hours_after,
    coalesce(chosen.extra_cents, 0)::DOUBLE AS extra_cents, chosen.currency, epoch_ms(chosen.decided_at)::DOUBLE AS at
  FROM chosen
  LEFT JOIN orders ON orders.order_id::VARCHAR = chosen.order_id
  ORDER BY chosen.incident_id NULLS LAST, chosen.order_id`

/**
 * Effects of the reroutes of a market: of all together first, then of each incident.
 * @param now epoch ms of the market
 */
export async function measureEffects(
  queries: Queries,
  { market, now }: { market: string; now: number },
): Promise<api.RerouteEffect[]> {
  const rows = await queries.all<Row>(outcomes, { market, now })
  const all = [...Map.groupBy(rows, ({ order_id }) => order_id).values()].map(asOne)
  const byIncident = Map.groupBy(rows, ({ incident_id }) => incident_id)
  const effects = [viewOf(null, all)]
  for (const [incidentId, some] of byIncident) {
    if (incidentId === null) continue
    effects.push(viewOf(incidentId, some))
    if (some.length >= rowsAtOnce) await setImmediate()
  }
  return effects
}

/** An order over all incidents: as it was decided first, or moved first where it was, with the cost of all moves. */
function asOne(rows: readonly Row[]): Row {
  const moved = rows.filter((row) => row.is_moved)
  const first = (moved.length > 0 ? moved : rows).reduce((a, b) => (b.at < a.at ? b : a))
  return { ...first, extra_cents: rows.reduce((sum, row) => sum + Number(row.extra_cents), 0) }
}

function viewOf(incidentId: string | null, rows: readonly Row[]): api.RerouteEffect {
  const estimated = effectOf(rows.map(measured))
  const effect = { ...estimated, ...roundedOf(estimated) }
  const { movedOpen: _, heldOutOpen: __, ...told } = effect
  const currency = rows.find((row) => row.currency !== null)?.currency ?? 'USD'
  return {
    incidentId,
    title: null,
    ...told,
    currency,
    sentence: effectSentence(effect, currency),
  }
}

function measured(row: Row): MeasuredOrder {
  return {
    isMoved: row.is_moved,
    isCancelled: row.is_cancelled,
    canBeLate: row.can_be_late,
    isLate: row.is_late,
    hours: row.hours === null ? null : Number(row.hours),
    riskBefore: row.risk_before,
    riskAfter: row.risk_after,
    hoursBefore: row.hours_before,
    hoursAfter: row.hours_after,
    extraCents: Number(row.extra_cents),
  }
}

function roundedOf({ lateAvoided, hoursSaved, extraCents }: Effect) {
  const round = (digits: number) => (value: number) => Math.round(value * 10 ** digits) / 10 ** digits + 0
  const figure = ({ value, low, high }: api.Interval, digits: number) => {
    const at = round(digits)
    return { value: at(value), low: at(low), high: at(high) }
  }
  return {
    lateAvoided: figure(lateAvoided, 1),
    hoursSaved: figure(hoursSaved, 1),
    extraCents: figure(extraCents, 0),
  }
}

/** Rows of the table of effects. */
export function effectRows(
  effects: readonly api.RerouteEffect[],
  { market, now }: { market: string; now: number },
): RowOf<typeof operations.rerouteEffects>[] {
  return effects.map((effect) => ({
    market,
    incidentId: effect.incidentId ?? 'all',
    method: effect.method,
    moved: effect.moved,
    heldOut: effect.heldOut,
    movedKnown: effect.movedKnown,
    heldOutKnown: effect.heldOutKnown,
    lateAvoided: effect.lateAvoided.value,
    lateAvoidedLow: effect.lateAvoided.low,
    lateAvoidedHigh: effect.lateAvoided.high,
    hoursSaved: effect.hoursSaved.value,
    hoursSavedLow: effect.hoursSaved.low,
    hoursSavedHigh: effect.hoursSaved.high,
    extraCents: effect.extraCents.value,
    extraCentsLow: effect.extraCents.low,
    extraCentsHigh: effect.extraCents.high,
    currency: effect.currency,
    sentence: effect.sentence,
    measuredAt: new Date(now).toISOString(),
  }))
}
