// Says what a load did, in numbers that add up.

import type { Queries } from '#data/warehouse'
import type { Manifest } from '../files/lake.ts'
import type { LoadAccepted } from './event.ts'
import type { EntityCounts } from './job.ts'

/** What became of one file. */
export interface FileSummary {
  path: string
  role: string
  format?: string
  bytes?: number
  records?: number
  accepted?: number
  quarantined?: number
  error?: { code: string; message: string }
}

/** What became of a load; accepted + quarantined = records. */
export interface IngestSummary {
  loadId: string
  provider: string
  market: string
  mapping: string
  /** Whether the same files were loaded by the same mapping before: then nothing was done. */
  alreadyLoaded: boolean
  records: number
  accepted: number
  /** Rows of entities. */
  added: number
  changed: number
  unchanged: number
  quarantined: number
  /** Quarantined records by code. */
  reasons: Record<string, number>
  /** Rows that are odd but usable, by flag. */
  flags: Record<string, number>
  files: FileSummary[]
  ignored: string[]
  entities: Record<string, EntityCounts>
  seconds: number
  rowsPerSecond: number
}

/** The summary of a load that is in the warehouse. */
export async function summarise(
  load: LoadAccepted,
  landed: {
    manifests: Pick<Manifest, 'fileId' | 'path' | 'role' | 'format' | 'bytes'>[]
    failed: FileSummary[]
  },
  ignored: string[],
  outcome: { isNew: boolean; seconds: number },
  queries: Queries,
): Promise<IngestSummary> {
  const id = [load.loadId]
  const entities = await entityCounts(queries, load, outcome.isNew)
  const counts = await queries.all<{
    file_id: string
    records: number
    accepted: number
    quarantined: number
  }>('SELECT file_id, records, accepted, quarantined FROM load_files WHERE load_id = $1', id)
  const files = landed.manifests.map(({ fileId, path, role, format, bytes }) => {
    const { records, accepted, quarantined } = counts.find((row) => row.file_id === fileId) ?? {}
    return { path, role, format, bytes, records, accepted, quarantined } as FileSummary
  })
  const sum = (pick: (file: FileSummary) => number | undefined) =>
    files.reduce((total, file) => total + (pick(file) ?? 0), 0)
  const total = (pick: keyof EntityCounts) =>
    Object.values(entities).reduce((all, each) => all + each[pick], 0)
  const records = sum((file) => file.records)
  return {
    loadId: load.loadId,
    provider: load.provider,
    market: load.market,
    mapping: load.mapping,
    alreadyLoaded: !outcome.isNew,
    records,
    accepted: sum((file) => file.accepted),
    added: total('added'),
    changed: total('changed'),
    unchanged: total('unchanged'),
    quarantined: sum((file) => file.quarantined),
    reasons: await quarantineReasons(queries, load),
    flags: await flagCounts(queries, load),
    files: [...files, ...landed.failed],
    ignored,
    entities,
    seconds: Math.round(outcome.seconds * 1000) / 1000,
    rowsPerSecond: Math.round(records / Math.max(0.001, outcome.seconds)),
  }
}

async function entityCounts(
  queries: Queries,
  load: LoadAccepted,
  isNew: boolean,
): Promise<Record<string, EntityCounts>> {
  const rows = await queries.all<{ entity: string; added: number; changed: number; unchanged: number }>(
    'SELECT entity, added, changed, unchanged FROM load_entities WHERE load_id = $1',
    [load.loadId],
  )
  return Object.fromEntries(
    rows.map(({ entity, added, changed, unchanged }) => [
      entity,
      isNew
        ? { added, changed, unchanged }
        : { added: 0, changed: 0, unchanged: added + changed + unchanged },
    ]),
  )
}

async function quarantineReasons(queries: Queries, load: LoadAccepted): Promise<Record<string, number>> {
  const rows = await queries.all<{ code: string; n: number }>(
    `SELECT code, count(*) AS n FROM quarantine WHERE load_id = $1 AND status = 'open'
     GROUP BY ALL ORDER BY n DESC, code`,
    [load.loadId],
  )
  return Object.fromEntries(rows.map((row) => [row.code, row.n]))
}

async function flagCounts(queries: Queries, load: LoadAccepted): Promise<Record<string, number>> {
  const own = 'SELECT file_no FROM load_files WHERE load_id = $1'
  const tables = ['orders', 'order_lines', 'fulfillment_orders', 'shipments', 'inventory', 'returns']
  const each = tables.map(
    (name) =>
      `SELECT unnest(flags) AS flag FROM raw_file_${name} WHERE file_no IN (${own}) AND len(flags) > 0`,
  )
  const rows = await queries.all<{ flag: string; n: number }>(
    `SELECT flag, count(*) AS n FROM (${each.join(' UNION ALL ')}) GROUP BY ALL
     UNION ALL
     SELECT 'no_lines', count(*) FROM raw_file_orders o WHERE file_no IN (${own}) AND NOT EXISTS (
       FROM raw_file_order_lines l WHERE l.provider = o.provider AND l.order_external_id = o.order_external_id)
     ORDER BY 2 DESC, 1`,
    [load.loadId],
  )
  return Object.fromEntries(rows.filter((row) => row.n > 0).map((row) => [row.flag, row.n]))
}
