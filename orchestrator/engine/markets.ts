// Which markets there are: those of loads, of the log, and of other processes; and which one is meant where none is
// named.

import type { Leases } from '#data/leases'
import { isControlEvent } from '#data/log'
import { coreStream } from '#orchestrator/core'
import type { Workspace } from '#orchestrator/workspace'

/** Events of a stream that are looked at to see whether anything happened in it. */
const looked = 1_000

/** Markets that files were loaded for, sorted. @throws WAREHOUSE_QUERY */
export async function marketsOf({ warehouse }: Pick<Workspace, 'warehouse'>): Promise<string[]> {
  const rows = await warehouse.reading((queries) =>
    queries.all<{ market: string }>('SELECT DISTINCT market FROM loads ORDER BY market'),
  )
  return rows.map((row) => row.market)
}

/**
 * The market that is meant where none is named: `main`, or the only one. A market in which nothing ever happened does
 * not count, unless another process writes it.
 * @throws WAREHOUSE_QUERY, LOG_UNAVAILABLE
 */
export async function defaultMarketOf(
  { warehouse, log }: Pick<Workspace, 'warehouse' | 'log'>,
  leases: Pick<Leases, 'list'> | null = null,
): Promise<string> {
  const markets = new Set(await marketsOf({ warehouse }))
  const prefix = coreStream('')
  for (const { stream } of (await leases?.list()) ?? []) {
    if (stream.startsWith(prefix)) markets.add(stream.slice(prefix.length))
  }
  for (const stream of await log.streams()) {
    const market = stream.slice(prefix.length)
    if (!stream.startsWith(prefix) || markets.has(market)) continue
    const events = await log.read(stream, 0, looked)
    if (events.some(({ type }) => !isControlEvent(type))) markets.add(market)
  }
  return markets.has('main') ? 'main' : ([...markets].sort()[0] ?? 'main')
}
