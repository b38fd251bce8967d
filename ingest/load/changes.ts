// Tells the pipeline which keys a load touched, so that a cycle's cost follows the change and not the history.

import type { EntityName } from '#data/contracts'
import { quoteText } from '#data/kernel'
import type { Target } from './fill.ts'
import type { EntityCounts, LoadJob } from './job.ts'

const kinds: Record<EntityName, { kind: string; key: string }> = {
  orders: { kind: 'order', key: 'order_external_id' },
  order_lines: { kind: 'order', key: 'order_external_id' },
  fulfillment_orders: { kind: 'order', key: 'order_external_id' },
  shipments: { kind: 'order', key: 'order_external_id' },
  returns: { kind: 'order', key: 'order_external_id' },
  nodes: { kind: 'node', key: 'node_external_id' },
  products: { kind: 'sku', key: 'sku' },
  inventory: { kind: 'inventory', key: `sku || chr(31) || node_external_id` },
  inventory_movements: { kind: 'inventory', key: `sku || chr(31) || node_external_id` },
}

/** Notes what an entity's merge touched, and its counts for the summary. */
export async function recordChanges(job: LoadJob, target: Target, counts: EntityCounts): Promise<void> {
  const { queries, load } = job
  const { entity, table, isDirect } = target
  await queries.run('INSERT INTO load_entities VALUES ($1, $2, $3, $4, $5)', [
    load.loadId,
    entity.name,
    BigInt(counts.added),
    BigInt(counts.changed),
    BigInt(counts.unchanged),
  ])
  if (counts.added + counts.changed === 0) return
  if (isDirect) await note(job, `SELECT 'all', ${quoteText(load.provider)}, NULL`)
  else await noteKeys(job, entity.name, `FROM ${table}`)
}

/** Notes the keys of an entity's rows. @param from SQL that begins with FROM */
export async function noteKeys(job: LoadJob, name: EntityName, from: string): Promise<void> {
  const { kind, key } = kinds[name]
  await note(job, `SELECT DISTINCT '${kind}', ${quoteText(job.load.provider)}, ${key} ${from}`)
}

async function note({ queries }: LoadJob, select: string): Promise<void> {
  await queries.run(
    `INSERT INTO pipeline_changes ${select} EXCEPT SELECT kind, provider, key FROM pipeline_changes`,
  )
}
