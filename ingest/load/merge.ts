// Brings a target's rows into the entity's table: new ones are added, changed ones replace, equal ones are left.

import { quoteText } from '#data/kernel'
import type { LoadJob } from './apply.ts'
import { contentColumns, keyColumns, type Target } from './fill.ts'

/** What a load did to an entity. */
export interface EntityCounts {
  added: number
  changed: number
  unchanged: number
}

/** Merges a target. Afterwards `temp.target_<entity>` (when there is one) holds the added and changed rows only. */
export async function mergeTarget(job: LoadJob, target: Target): Promise<EntityCounts> {
  const { queries, load } = job
  const { entity, table, isDirect, copies } = target
  const counts: EntityCounts = { added: 0, changed: 0, unchanged: copies }
  const provider = quoteText(load.provider)
  const raw = `raw_file_${entity.name}`
  const size = async (from: string) =>
    (await queries.one<{ n: number }>(`SELECT count(*) AS n FROM ${from}`)).n
  if (isDirect) {
    counts.added = await size(`${raw} WHERE provider = ${provider}`)
    return counts
  }
  const keys = keyColumns(entity)
  const same = keys.map((key) => `old.${key} = new.${key}`).join(' AND ')
  const differs = contentColumns(entity)
    .map((column) => `old.${column} IS DISTINCT FROM new.${column}`)
    .join(' OR ')
  const total = await size(table)
  const equal = await queries.run(
    `DELETE FROM ${table} AS new USING ${raw} AS old WHERE old.provider = ${provider} AND ${same} AND NOT (${differs})`,
  )
  counts.changed = await queries.run(
    `DELETE FROM ${raw} AS old USING ${table} AS new WHERE old.provider = ${provider} AND ${same}`,
  )
  counts.unchanged += equal
  counts.added = total - equal - counts.changed
  await queries.run(`INSERT INTO ${raw} BY NAME SELECT * FROM ${table}`)
  return counts
}
