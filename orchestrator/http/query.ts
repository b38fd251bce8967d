// Query strings: text turned into the types that a schema asks for. It checks nothing; the schema does that next.

import type { TSchema } from 'typebox'

type Raw = Record<string, string | string[] | undefined>
interface Property {
  type?: string
  items?: Property
}

/**
 * The query with whole numbers, numbers, booleans and lists (repeated or with commas) where the schema has them; text
 * that is none stays text, so that validation names it.
 */
export function readQuery(schema: TSchema, raw: unknown): Record<string, unknown> {
  const properties = (schema as { properties?: Record<string, Property> }).properties ?? {}
  // Without a prototype: a field named __proto__ is a field like any other, and unknown.
  const query: Record<string, unknown> = Object.create(null)
  for (const [name, value] of Object.entries((raw ?? {}) as Raw)) {
    if (value === undefined) continue
    query[name] = convert(Object.hasOwn(properties, name) ? properties[name] : undefined, value)
  }
  return query
}

function convert(property: Property | undefined, value: string | string[]): unknown {
  if (property?.type === 'array') {
    const items = (Array.isArray(value) ? value : [value]).flatMap((text) => text.split(','))
    return items.filter((text) => text !== '').map((text) => convert(property.items, text))
  }
  if (Array.isArray(value)) return value
  if (property?.type === 'integer' && /^-?\d{1,15}$/.test(value)) return Number(value)
  if (property?.type === 'number' && /^-?\d{1,15}(\.\d{1,15})?$/.test(value)) return Number(value)
  if (property?.type === 'boolean' && (value === 'true' || value === 'false')) return value === 'true'
  return value
}
