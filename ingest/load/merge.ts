// Brings a target's rows into the entity's table: new ones are added, changed ones replace, equal ones are left.

import { quoteName, quoteText } from '#data/kernel'
import { longForm } from '../mapping/read.ts'
import { noteKeys } from './changes.ts'
import { contentColumns, keyColumns, type Target } from './fill.ts'
import type { EntityCounts, LoadJob } from './job.ts'

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
  if (load.isReplay && entity.spec.group === true) await combine(job, target)
  const total = await size(table)
  const equal = await queries.run(
    `DELETE FROM ${table} AS new USING ${raw} AS old WHERE old.provider = ${provider} AND ${same} AND NOT (${differs})`,
  )
  if (entity.name === 'inventory_movements') await noteFormerPlaces(job, target)
  counts.changed = await queries.run(
    `DELETE FROM ${raw} AS old USING ${table} AS new WHERE old.provider = ${provider} AND ${same}`,
  )
  counts.unchanged += equal
  counts.added = total - equal - counts.changed
  await queries.run(`INSERT INTO ${raw} BY NAME SELECT * FROM ${table}`)
  return counts
}

/** A movement that is corrected may leave another stock than the one it goes to: both have changed. */
async function noteFormerPlaces(job: LoadJob, { table, own }: Target): Promise<void> {
  await noteKeys(
    job,
    'inventory_movements',
    `FROM raw_file_inventory_movements SEMI JOIN ${table} USING (movement_external_id) WHERE ${own}`,
  )
}

/**
 * Adds what the table has of a row that several records make: records out of quarantine are not all of them.
 */
async function combine({ queries }: LoadJob, { entity, table, own }: Target): Promise<void> {
  const keys = keyColumns(entity)
  const sets = entity.columns.flatMap((column) => {
    const name = quoteName(column.name)
    if (keys.includes(name)) return []
    const field = entity.spec.fields[column.name]
    const how = (field === undefined ? undefined : longForm(field).combine) ?? 'first'
    return [`${name} = ${combined[how](`old.${name}`, `new.${name}`)}`]
  })
  await queries.run(
    `UPDATE ${table} AS new SET ${sets.join(', ')},
       flags = list_sort(list_distinct(list_concat(old.flags, new.flags)))
     FROM raw_file_${entity.name} AS old
     WHERE old.${own} AND ${keys.map((key) => `old.${key} = new.${key}`).join(' AND ')}`,
  )
}

const combined = {
  first: (old: string, now: string) => `coalesce(${old}, ${now})`,
  last: (old: string, now: string) => `coalesce(${now}, ${old})`,
  min: (old: string, now: string) => `least(${old}, ${now})`,
  max: (old: string, now: string) => `greatest(${old}, ${now})`,
  sum: (old: string, now: string) => `coalesce(${old} + ${now}, ${old}, ${now})`,
}
