// Loads small files by mappings written in a test, and looks at what became of single values.

import { join } from 'node:path'
import { quoteName } from '#data/kernel'
import { type IngestSummary, listQuarantine } from '#ingest'
import type { TestHome } from './home.ts'

/** Loads files by the text of a mapping. */
export async function loadMapped(
  home: TestHome,
  mapping: string,
  files: Record<string, string | Buffer>,
): Promise<IngestSummary> {
  await home.write('mapping.yaml', mapping)
  for (const [name, content] of Object.entries(files)) await home.write(name, content)
  return home.load(join(home.files, 'mapping.yaml'), ...Object.keys(files))
}

/** What an entity needs beside the field that is looked at. */
const required = {
  orders: {
    order_external_id: 'id',
    placed_at: '{ value: 2026-01-01 }',
    status: '{ value: created }',
    method: '{ value: delivery }',
    currency: '{ value: USD }',
  },
  order_lines: {
    order_external_id: '{ value: O }',
    line_external_id: 'id',
    sku: '{ value: S }',
    quantity: '{ value: 1 }',
    unit_price_cents: '{ value: 1 }',
  },
  products: { sku: 'id' },
  nodes: { node_external_id: 'id', type: '{ value: store }' },
  inventory: {
    sku: 'id',
    node_external_id: '{ value: N }',
    counted_at: '{ value: 2026-01-01 }',
    on_hand: '{ value: 0 }',
  },
} satisfies Record<string, Record<string, string>>

/** What is tried: a field of an entity, how it is filled, and what stands in the file. */
export interface Trial {
  entity?: keyof typeof required
  field: string
  /** Inline YAML; the value's column is called `x`, others as `columns` says. */
  how?: string
  /** More fields of the entity, inline YAML by name. */
  beside?: Record<string, string>
  /** Lines at the top of the mapping, or of the entity. */
  top?: string
  entityTop?: string
  /** Names of the cells, `x` alone when not given. */
  columns?: string[]
}

/** Each trial is a provider of its own, so that one home serves many. */
let trials = 0

/**
 * The values a field got, as text, in the order of the cells; where the record was set aside its code, in brackets.
 * @param cells one text per record, or several where the trial has several columns
 */
export async function valuesOf(
  home: TestHome,
  trial: Trial,
  ...cells: (string | string[])[]
): Promise<string[]> {
  const { entity = 'orders', field, how = 'x', columns = ['x'] } = trial
  const fields = { ...required[entity], ...trial.beside, [field]: how }
  const provider = `trial_${++trials}`
  const mapping = [
    `mapping: ${provider}`,
    trial.top ?? '',
    'files: { t: { match: t.csv } }',
    'entities:',
    `  ${entity}:`,
    '    from: t',
    '    references: ignore',
    trial.entityTop === undefined ? '' : `    ${trial.entityTop}`,
    '    fields:',
    ...Object.entries(fields).map(([name, value]) => `      ${name}: ${value}`),
  ].join('\n')
  const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`
  const rows = cells.map((row, i) => [`${i + 1}`, ...[row].flat()].map(quoted).join(','))
  const csv = [['id', ...columns].join(','), ...rows, ''].join('\n')
  await loadMapped(home, mapping, { 't.csv': csv })
  const kept = await home.warehouse.all<{ row_number: number; value: string | null; flags: string[] }>(
    `SELECT row_number, ${quoteName(field)}::VARCHAR AS value, flags
     FROM raw_file_${entity} WHERE provider = '${provider}'`,
  )
  const bad = (await listQuarantine({ provider }, home)).rows
  return cells.map((_, i) => {
    const row = kept.find((each) => each.row_number === i + 1)
    if (row === undefined) return `[${bad.find((each) => each.rowNumber === i + 1)?.code}]`
    return [String(row.value), ...row.flags].join(' ')
  })
}
