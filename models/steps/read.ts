// Reads the steps of a market from the warehouse, hour by hour. It judges nothing.

import type { Queries } from '#data/warehouse'
import type { Ground } from '../series/ground.ts'
import type { StepRow } from './leaves.ts'
import type { StepPlace } from './strata.ts'

const secondsOfHour = 3600

interface Stored extends StepRow, Record<string, unknown> {
  hour: number
}

/** The rows of the hours from `from` on before `end` (hours since 1970), the oldest first. */
export async function readSteps(
  queries: Queries,
  market: string,
  { from, end }: { from: number; end: number },
): Promise<Map<number, StepRow[]>> {
  const rows = await queries.all<Stored>(
    `SELECT (epoch(bucket_start)::BIGINT // ${secondsOfHour})::DOUBLE AS hour, step, provider, node, carrier, service,
      lane, sku_class, channel, region, stratum::DOUBLE AS stratum, at_risk::DOUBLE AS "atRisk", done::DOUBLE AS done
    FROM step_hours
    WHERE market = $market AND bucket_start >= to_timestamp($from) AND bucket_start < to_timestamp($end)
    ORDER BY bucket_start, step, provider, node, carrier, service, lane, sku_class, channel, region, stratum`,
    { market, from: from * secondsOfHour, end: end * secondsOfHour },
  )
  return Map.groupBy(rows, ({ hour }) => hour)
}

/** Where the nodes are, and where most of the work is done. */
export function stepPlacesOf({ nodes: rows }: Ground): { places: Map<string, StepPlace>; usual: StepPlace } {
  const places = new Map(
    rows.map(({ node, zone, type, country }) => {
      return [node, { timeZone: zone, peers: type === '3pl' ? 'warehouse' : type, country }] as const
    }),
  )
  const byPlace = Map.groupBy(rows, ({ zone, country }) => `${zone}\u001F${country}`)
  const sums = [...byPlace.values()].map((own) => {
    return { first: own[0], capacity: own.reduce((sum, { capacity }) => sum + capacity, 0) }
  })
  const [most] = sums.sort((a, b) => b.capacity - a.capacity)
  const usual = { timeZone: most?.first?.zone ?? 'UTC', peers: '', country: most?.first?.country ?? '' }
  return { places, usual }
}
