// Writes the tables of the mapping guide and of the templates from the contracts, so that a test can compare them.

import { type Column, columnsOf, type EntityName, entities } from '#data/contracts'
import type { Mapping } from '../../ingest/mapping/read.ts'

function kindOf(column: Column): string {
  if (column.words !== null) return `one of \`${column.words.join('`, `')}\``
  if (column.name.endsWith('_cents')) return 'money'
  if (column.name.endsWith('_g')) return 'weight, kept in grams'
  if (column.name.endsWith('_mm')) return 'length, kept in millimetres'
  const kinds: Record<string, string> = {
    'TIMESTAMP WITH TIME ZONE': 'time',
    BIGINT: 'whole number',
    DOUBLE: 'number',
    BOOLEAN: 'yes or no',
  }
  return kinds[column.type] ?? 'text'
}

function needOf(column: Column, entity: EntityName): string {
  if (entities[entity].naturalKey.includes(column.name)) return 'key'
  return column.nullable ? '' : 'yes'
}

/** The fields of an entity as a Markdown table. */
export function fieldTable(entity: EntityName): string {
  const rows = columnsOf(entities[entity].mapped).map(
    (column) =>
      `| \`${column.name}\` | ${kindOf(column)} | ${needOf(column, entity)} | ${column.description} |`,
  )
  return ['| field | type | required | what it means |', '|---|---|---|---|', ...rows].join('\n')
}

/** The columns of a template as a Markdown table. @param mapping that of Detour's own layout */
export function templateTable(entity: EntityName, mapping: Mapping): string {
  const fields = mapping.file.entities[entity]?.fields ?? {}
  const spec = mapping.file.files[entity]
  const columns = columnsOf(entities[entity].mapped)
  const rows = (spec?.columns ?? []).map((name) => {
    const field = columns.find((column) => {
      const source = fields[column.name]
      return source !== undefined && (typeof source === 'string' ? source : source.column) === name
    })
    const kind = field === undefined ? 'text' : kindOf(field)
    const what =
      field === undefined ? 'ISO 4217 code of the amounts of the row, `USD` when left out' : field.description
    return `| \`${name}\` | ${kind} | ${spec?.optional?.includes(name) ? '' : 'yes'} | ${what} |`
  })
  return ['| column | type | required | what it means |', '|---|---|---|---|', ...rows].join('\n')
}
