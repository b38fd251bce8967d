// Reads the steps of a market from the warehouse, hour by hour. It judges nothing.

import type { Queries } from '#data/warehouse'
import type { Ground } from '../series/ground.ts'
import { stepColumns } from './kinds.ts'
import type { StepName, StepRow } from './leaves.ts'
import type { StepPlace } from './strata.ts'

const secondsOfHour = 3600

interface Stored extends StepName, Record<string, unknown> {
  /** JSON arrays side by side. */
  hours: string
  strata: string
  risks: string
  dones: string
}

const columns = stepColumns.join(', ')

/** Hours up to which rows are read one by one: lists by slice cost more than they save. */
const fewHours = 6

interface Single extends StepName, Record<string, unknown> {
  hour: number
  stratum: number
  atRisk: number
  done: number
}

/** A few hours, row by row. */
async function readFew(queries: Queries, market: string, { from, end }: { from: number; end: number }) {
  const stored = await queries.all<Single>(
    `SELECT step, ${columns}, concat_ws(chr(31), step, ${columns}) AS key, stratum::DOUBLE AS stratum,
      (epoch(bucket_start)::BIGINT // ${secondsOfHour})::DOUBLE AS hour, at_risk::DOUBLE AS "atRisk",
      done::DOUBLE AS done
    FROM step_hours
    WHERE market = $market AND bucket_start >= to_timestamp($from) AND bucket_start < to_timestamp($end)
    ORDER BY key, hour, stratum`,
    { market, from: from * secondsOfHour, end: end * secondsOfHour },
  )
  const byHour = new Map<number, StepRow[]>()
  for (const { hour, stratum, atRisk, done, ...name } of stored) {
    const rows = byHour.get(hour)
    if (rows === undefined) byHour.set(hour, [{ name, stratum, atRisk, done }])
    else rows.push({ name, stratum, atRisk, done })
  }
  return byHour
}

/** The rows of the hours from `from` on before `end` (hours since 1970), by hour; the same again in the same order. */
export async function readSteps(
  queries: Queries,
  market: string,
  { from, end }: { from: number; end: number },
): Promise<Map<number, StepRow[]>> {
  if (end - from <= fewHours) return readFew(queries, market, { from, end })
  const lists = ['hours', 'stratum', 'at_risk', 'done'].map(
    (name) => `to_json(list(${name} ORDER BY hours, stratum))`,
  )
  const stored = await queries.all<Stored>(
    `SELECT step, ${columns}, concat_ws(chr(31), step, ${columns}) AS key, ${lists[0]}::VARCHAR AS hours,
      ${lists[1]}::VARCHAR AS strata, ${lists[2]}::VARCHAR AS risks, ${lists[3]}::VARCHAR AS dones
    FROM (
      SELECT *, epoch(bucket_start)::BIGINT // ${secondsOfHour} AS hours FROM step_hours
      WHERE market = $market AND bucket_start >= to_timestamp($from) AND bucket_start < to_timestamp($end)
    )
    GROUP BY step, ${columns}
    ORDER BY key`,
    { market, from: from * secondsOfHour, end: end * secondsOfHour },
  )
  const byHour = new Map<number, StepRow[]>()
  for (const { hours, strata, risks, dones, ...name } of stored) {
    const [hour, stratum, risk, done] = [hours, strata, risks, dones].map(
      (list) => JSON.parse(list) as number[],
    )
    for (const [i, at] of (hour ?? []).entries()) {
      const row = { name, stratum: stratum?.[i] ?? 0, atRisk: risk?.[i] ?? 0, done: done?.[i] ?? 0 }
      const rows = byHour.get(at)
      if (rows === undefined) byHour.set(at, [row])
      else rows.push(row)
    }
  }
  return byHour
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
