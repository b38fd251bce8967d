// Tells the pipeline which orders and positions have new rows, in the transaction that wrote them.

import { jsonText, type Queries } from '#data/warehouse'

/** A key of `pipeline_changes`. */
export type ChangedKey = [kind: 'order' | 'inventory', provider: string, key: string]

/** Notes changed keys, each once. */
export async function noteChanged(queries: Queries, keys: readonly ChangedKey[]): Promise<void> {
  if (keys.length === 0) return
  await queries.run(
    `INSERT INTO pipeline_changes
     SELECT k[1], k[2], k[3] FROM (SELECT unnest(from_json($1::VARCHAR, '[["VARCHAR"]]')) AS k)
     EXCEPT SELECT kind, provider, key FROM pipeline_changes`,
    [jsonText(keys)],
  )
}
