// A checksum per mart, over sorted rows: two warehouses that tell the same have the same. It changes nothing.

import { quoteName } from '#data/kernel'
import type { Warehouse } from '#data/warehouse'
import { readModels } from './models.ts'

/**
 * Rows and checksum of every mart, in whatever order its rows lie.
 * `metric_revisions` is left out: it tells what was rewritten when, which raw rows do not tell.
 */
export async function martChecksums(
  warehouse: Warehouse,
): Promise<Record<string, { rows: number; checksum: string }>> {
  const out: Record<string, { rows: number; checksum: string }> = {}
  for (const model of readModels()) {
    if (model.layer !== 'marts') continue
    out[model.name] = await warehouse.one<{ rows: number; checksum: string }>(`
      SELECT count(*) AS rows, coalesce(sum(md5_number_lower(model::VARCHAR))::VARCHAR, '0') AS checksum
      FROM ${quoteName(model.name)} AS model`)
  }
  return out
}
