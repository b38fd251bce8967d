// Query strings: text turned into the types that a schema asks for. It checks nothing; the schema does that next.

import type { TSchema } from 'typebox'

type Raw = Record<string, unknown>
interface Property {
  type?: string
  items?: Property
}

const plans = new WeakMap<object, ReadonlyMap<string, Property>>()

/** The properties of a schema that are no plain text, by name. */
function planOf(schema: TSchema): ReadonlyMap<string, Property> {
  const known = plans.get(schema)
  if (known !== undefined) return known
  const { properties = {} } = schema as { properties?: Record<string, Property> }
  const plan = new Map(Object.entries(properties).filter(([, { type }]) => type !== 'string'))
  plans.set(schema, plan)
  return plan
}

/**
 * Gives the query, changed in place, whole numbers, numbers, booleans and lists (repeated or with commas) where the
 * schema has them; text that is none stays text, so that validation names it.
 * @param raw as Fastify parsed it: without a prototype, so that a field named __proto__ is a field like any other
 */
export function readQuery(schema: TSchema, raw: unknown): void {
  if (typeof raw !== 'object' || raw === null) return
  const query = raw as Raw
  const plan = planOf(schema)
  for (const name in query) {
    const property = plan.get(name)
    if (property !== undefined) query[name] = convert(property, query[name] as string | string[])
  }
}

function convert(property: Property | undefined, value: string | string[]): unknown {
  if (property?.type === 'array') {
    const isOne = typeof value === 'string' && value !== '' && !value.includes(',')
    if (isOne && property.items?.type === 'string') return [value]
    const items = (Array.isArray(value) ? value : [value]).flatMap((text) => text.split(','))
    return items.filter((text) => text !== '').map((text) => convert(property.items, text))
  }
  if (Array.isArray(value)) return value
  if (property?.type === 'integer' && /^-?\d{1,15}$/.test(value)) return Number(value)
  if (property?.type === 'number' && /^-?\d{1,15}(\.\d{1,15})?$/.test(value)) return Number(value)
  if (property?.type === 'boolean' && (value === 'true' || value === 'false')) return value === 'true'
  return value
}
