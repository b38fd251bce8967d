// The CSV files of a network: one for each list and one for each list inside its entries, with their columns. Made from
// the contracts; it reads and writes nothing.

import { api } from '#data/contracts'
import { type ListName, networkLists } from '#orchestrator/core'
import { type Shape, withoutNull } from './shapes.ts'

/** A column. */
export interface TableColumn {
  name: string
  /** Fields on the way to the value in an entry; empty = the entry of a part is the value itself. */
  path: readonly string[]
  shape: Shape
  /** List that the value names an entry of. */
  refersTo: ListName | null
}

/** A file. */
export interface Table {
  file: string
  list: ListName
  /** Field of the entry that holds its rows; null = the rows are the entries. */
  part: string | null
  /** Column with the id of the entry. */
  key: string
  columns: readonly TableColumn[]
  /** Rows of an entry at most, where it is a part. */
  most: number
  /** Shape of a row: of an entry without its parts, or of an item of the part. */
  shape: Shape
}

const shapes = api.networkDocument as unknown as Shape

/** Files of the entries, and of their parts with the column of those that are single values. */
const files: Record<ListName, { file: string; parts: Record<string, { file: string; value?: string }> }> = {
  nodes: {
    file: 'nodes.csv',
    parts: {
      groupIds: { file: 'node_groups.csv', value: 'group_id' },
      pickups: { file: 'pickups.csv' },
      onlyCustomers: { file: 'node_customers.csv', value: 'customer' },
      serviceIds: { file: 'node_services.csv', value: 'service_id' },
    },
  },
  groups: { file: 'groups.csv', parts: {} },
  calendars: {
    file: 'calendars.csv',
    parts: {
      hours: { file: 'calendar_hours.csv' },
      holidays: { file: 'calendar_holidays.csv', value: 'date' },
      extraDays: { file: 'calendar_days.csv' },
    },
  },
  carriers: { file: 'carriers.csv', parts: {} },
  services: { file: 'services.csv', parts: {} },
  lanes: { file: 'lanes.csv', parts: {} },
  rateCards: { file: 'rate_cards.csv', parts: { bands: { file: 'rate_bands.csv' } } },
}

/** Fields whose inner fields have columns under a name of their own. */
const prefixes: Readonly<Record<string, string>> = { capacity: '' }

const referring: Readonly<Record<string, ListName>> = {
  calendar_id: 'calendars',
  carrier_id: 'carriers',
  group_id: 'groups',
  service_id: 'services',
}

/** All files, those of entries before those of their parts. */
export const tables: readonly Table[] = (Object.keys(files) as ListName[]).flatMap(tablesOf)

function tablesOf(list: ListName): Table[] {
  const { file, parts } = files[list]
  const whole = shapes.properties?.[list]?.items ?? {}
  const key = snake(networkLists[list].id)
  const own = Object.entries(whole.properties ?? {}).filter(([name]) => !Object.hasOwn(parts, name))
  const shape: Shape = { type: 'object', properties: Object.fromEntries(own) }
  const entries = { file, list, part: null, key, shape, columns: columnsOf(shape, [], '', key), most: 0 }
  const inner = Object.entries(parts).map(([part, { file: partFile, value }]) => {
    const { items: item = {}, maxItems: most = 0 } = whole.properties?.[part] ?? {}
    const columns = value === undefined ? columnsOf(item, [], '', key) : [columnOf(value, [], item, key)]
    return { file: partFile, list, part, key, shape: item, columns, most }
  })
  return [entries, ...inner]
}

function columnsOf(shape: Shape, path: readonly string[], prefix: string, key: string): TableColumn[] {
  return Object.entries(shape.properties ?? {}).flatMap(([name, given]) => {
    const { shape: inner } = withoutNull(given)
    const at = [...path, name]
    return inner.type === 'object'
      ? columnsOf(inner, at, prefixes[name] ?? `${snake(name)}_`, key)
      : [columnOf(`${prefix}${snake(name)}`, at, given, key)]
  })
}

function columnOf(name: string, path: readonly string[], shape: Shape, key: string): TableColumn {
  return { name, path, shape, refersTo: name === key ? null : (referring[name] ?? null) }
}

function snake(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}
