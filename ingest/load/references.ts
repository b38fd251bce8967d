// Finds records that refer to an order, a product or a node nobody has seen; set aside, they can be
// replayed when it has come.

import type { EntityName } from '#data/contracts'
import { quoteText } from '#data/kernel'
import type { Target } from './fill.ts'
import { type LoadJob, notBad } from './job.ts'

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
 * Notes records with an unknown reference in `load_bad`; their rows stay for the caller to take out.
 * @param targets all targets of the load: what is new in it counts as known
 * @param isFilled whether the target has its rows already; else its records are looked at
 * @returns records noted
 */
export async function noteUnreferenced(
  job: LoadJob,
  target: Target,
  targets: Target[],
  isFilled = true,
): Promise<number> {
  const { entity } = target
  if (entity.spec.references === 'ignore') return 0
  let noted = 0
  for (const reference of references[entity.name] ?? []) {
    if (entity.spec.fields[reference.field] === undefined) continue
    const known = await knownKeys(job, reference, targets)
    if (known === null) continue
    noted += await job.queries.run(
      `INSERT INTO temp.load_bad
       SELECT r.file_no, r.row_number, ${quoteText(entity.spec.from)}, ${quoteText(entity.name)},
         '${reference.field}', '${reference.code}',
         'there is no ${reference.what} "' || left(min(r.value), 200) || '"'
       FROM (${isFilled ? referring(target, reference) : recordsOf(target, reference)}) AS r
       ${notBad('r.file_no', 'r.row_number')}
       WHERE r.value IS NOT NULL AND r.value NOT IN (${known})
       GROUP BY r.file_no, r.row_number`,
    )
  }
  return noted
}

/** SQL of every record's value: where several records make one row, the row has that of one of them only. */
function referring(target: Target, reference: Reference): string {
  const { entity, table, own } = target
  const { field } = reference
  return entity.spec.group === true
    ? `${recordsOf(target, reference)} WHERE __problem IS NULL`
    : `SELECT file_no, row_number, ${field} AS value FROM ${table} WHERE ${own}`
}

function recordsOf({ entity }: Target, { field }: Reference): string {
  return `SELECT __file AS file_no, __row AS row_number, ${field} AS value FROM (${entity.records})`
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
