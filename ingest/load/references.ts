// Sets aside rows that refer to an order, a product or a node nobody has seen; they can be replayed when it has come.

import type { EntityName } from '#data/contracts'
import { quoteText } from '#data/kernel'
import type { LoadJob } from './apply.ts'
import type { Target } from './fill.ts'

interface Reference {
  field: string
  entity: EntityName
  key: string
  code: string
  what: string
  /** Whether the check waits until the provider has rows of that entity at all. */
  isOptional: boolean
}

const toOrder: Reference = {
  field: 'order_external_id',
  entity: 'orders',
  key: 'order_external_id',
  code: 'unknown_order',
  what: 'order',
  isOptional: false,
}
const toSku: Reference = {
  field: 'sku',
  entity: 'products',
  key: 'sku',
  code: 'unknown_sku',
  what: 'SKU',
  isOptional: true,
}
const toNode: Reference = {
  field: 'node_external_id',
  entity: 'nodes',
  key: 'node_external_id',
  code: 'unknown_node',
  what: 'node',
  isOptional: true,
}

const references: Partial<Record<EntityName, Reference[]>> = {
  order_lines: [toOrder, toSku, toNode],
  fulfillment_orders: [toOrder, toNode],
  shipments: [toOrder, toNode],
  inventory: [toSku, toNode],
  inventory_movements: [toSku, toNode],
  returns: [toOrder, toSku, toNode],
}

/**
 * Moves rows with an unknown reference from the target to the bad records.
 * @param targets all targets of the load: what is new in it counts as known
 */
export async function removeUnreferenced(job: LoadJob, target: Target, targets: Target[]): Promise<void> {
  const { queries } = job
  const { entity, table, own } = target
  if (entity.spec.references === 'ignore') return
  for (const reference of references[entity.name] ?? []) {
    if (entity.spec.fields[reference.field] === undefined) continue
    const known = await knownKeys(job, reference, targets)
    if (known === null) continue
    const missing = `${own} AND ${reference.field} IS NOT NULL AND ${reference.field} NOT IN (${known})`
    const noted = await queries.run(
      `INSERT INTO temp.load_bad
       SELECT DISTINCT ON (file_no, row_number) file_no, row_number, ${quoteText(entity.spec.from)},
         ${quoteText(entity.name)}, '${reference.field}', '${reference.code}',
         'there is no ${reference.what} "' || left(${reference.field}, 200) || '"'
       FROM ${table} WHERE ${missing}`,
    )
    if (noted === 0) continue
    for (const other of targets.filter((each) => each.entity.spec.from === entity.spec.from)) {
      if (other.entity.spec.group === true) continue
      await queries.run(
        `DELETE FROM ${other.table} WHERE ${other.own} AND file_no >= ${Math.min(...job.files.map((file) => file.fileNo))}
           AND (file_no, row_number) IN (SELECT (file_no, row_number) FROM temp.load_bad)`,
      )
    }
  }
}

async function knownKeys(job: LoadJob, reference: Reference, targets: Target[]): Promise<string | null> {
  const provider = quoteText(job.load.provider)
  const raw = `SELECT ${reference.key} FROM raw_file_${reference.entity} WHERE provider = ${provider}`
  const target = targets.find((each) => each.entity.name === reference.entity)
  const all =
    target === undefined || target.isDirect
      ? raw
      : `${raw} UNION ALL SELECT ${reference.key} FROM ${target.table}`
  if (!reference.isOptional) return all
  const some = await job.queries.all(`SELECT 1 FROM (${all}) LIMIT 1`)
  return some.length === 0 ? null : all
}
