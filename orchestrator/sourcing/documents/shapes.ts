// Completes and checks values by the shapes of the contracts: what is left out gets its usual value, what does not fit
// gets a reason in words. It knows no file.

/** A shape, as far as those of a network use JSON schema. */
export interface Shape {
  type?: 'object' | 'array' | 'string' | 'number' | 'integer' | 'boolean' | 'null'
  properties?: Record<string, Shape>
  items?: Shape
  anyOf?: readonly Shape[]
  enum?: readonly string[]
  pattern?: string
  minLength?: number
  maxLength?: number
  minimum?: number
  exclusiveMinimum?: number
  maximum?: number
  maxItems?: number
}

/** Fields on the way to a value. */
export type Path = readonly (string | number)[]
/** Takes what is wrong at a place. */
export type Blame = (at: Path, reason: string) => void

/** What fields are where nothing is said; those that may be null are null, lists are empty. */
const usual: Readonly<Record<string, unknown>> = {
  isActive: true,
  name: '',
  priority: 0,
  factor: 1,
  origin: '*',
  destination: '*',
  weightFromG: 0,
  distanceFromKm: 0,
  baseCents: 0,
  perKgCents: 0,
  perKmCents: 0,
  minimumCents: 0,
}

/** All but tab and the ends of lines. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const control = /[\u0000-\u0008\u000b\u000c\u000e-\u001f]/
const patterns = new Map<string, RegExp>()

/** The shape without null, and whether null is one of its values. */
export function withoutNull(shape: Shape): { shape: Shape; isNullable: boolean } {
  const inner = shape.anyOf?.find(({ type }) => type !== 'null')
  return inner === undefined ? { shape, isNullable: false } : { shape: inner, isNullable: true }
}

/** The value as the shape wants it, with usual values for what is left out; what does not fit is told to `blame`. */
export function completed(given: Shape, value: unknown, at: Path, blame: Blame): unknown {
  const { shape, isNullable } = withoutNull(given)
  if (value === undefined) {
    const field = at.at(-1)
    if (isNullable) return null
    if (shape.type === 'array') return []
    if (shape.type === 'object' && at.length > 0) return completed(shape, {}, at, blame)
    if (typeof field === 'string' && Object.hasOwn(usual, field)) return usual[field]
    blame(at, 'is missing')
    return null
  }
  if (value === null) {
    // An empty list or object in YAML is null.
    if (isNullable) return null
    if (shape.type === 'array') return []
    blame(at, `must be ${wordsOf(shape)}`)
    return null
  }
  if (shape.type === 'object') return completedObject(shape, value, at, blame)
  if (shape.type === 'array') return completedList(shape, value, at, blame)
  if (!fits(shape, value)) blame(at, `must be ${wordsOf(shape)}`)
  return value
}

function completedObject(shape: Shape, value: unknown, at: Path, blame: Blame): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    blame(at, 'must have fields of its own')
    return null
  }
  const { properties = {} } = shape
  for (const name of Object.keys(value)) {
    if (!Object.hasOwn(properties, name)) {
      blame([...at, name], `is not known here; known are ${Object.keys(properties).join(', ')}`)
    }
  }
  const fields: Record<string, unknown> = {}
  for (const [name, inner] of Object.entries(properties)) {
    const own = Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined
    fields[name] = completed(inner, own, [...at, name], blame)
  }
  return fields
}

function completedList(shape: Shape, value: unknown, at: Path, blame: Blame): unknown {
  if (!Array.isArray(value)) {
    blame(at, 'must be a list')
    return []
  }
  const { items = {}, maxItems = Number.POSITIVE_INFINITY } = shape
  if (value.length > maxItems) {
    blame(at, `has ${value.length} entries, more than ${maxItems}`)
    return []
  }
  return value.map((item, i) => completed(items, item ?? null, [...at, i], blame))
}

function fits(shape: Shape, value: unknown): boolean {
  switch (shape.type) {
    case 'boolean':
      return typeof value === 'boolean'
    case 'integer':
      return Number.isSafeInteger(value) && isWithin(shape, value as number)
    case 'number':
      return typeof value === 'number' && Number.isFinite(value) && isWithin(shape, value)
    default:
      return typeof value === 'string' && isText(shape, value)
  }
}

function isWithin({ minimum, exclusiveMinimum, maximum }: Shape, value: number): boolean {
  const isAbove = minimum === undefined || value >= minimum
  return (
    isAbove &&
    (maximum === undefined || value <= maximum) &&
    (exclusiveMinimum === undefined || value > exclusiveMinimum)
  )
}

function isText({ enum: words, pattern, minLength = 0, maxLength }: Shape, value: string): boolean {
  if (words !== undefined) return words.includes(value)
  if (control.test(value) || !value.isWellFormed()) return false
  if (value.length < minLength || isLonger(value, maxLength)) return false
  if (pattern === undefined) return true
  const known = patterns.get(pattern) ?? new RegExp(pattern)
  patterns.set(pattern, known)
  return known.test(value) && (!isDatePattern(pattern) || isDay(value))
}

/** By characters, not by halves of them. */
function isLonger(value: string, most = Number.POSITIVE_INFINITY): boolean {
  return value.length > most && (value.length > 2 * most || Array.from(value).length > most)
}

function isDatePattern(pattern: string): boolean {
  return pattern.includes('{4}-')
}

function isDay(text: string): boolean {
  const day = new Date(`${text}T00:00:00.000Z`)
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text)
}

/** What a value must be, in words. */
function wordsOf(shape: Shape): string {
  const { minimum, exclusiveMinimum, maximum } = shape
  switch (shape.type) {
    case 'boolean':
      return 'true or false'
    case 'array':
      return 'a list'
    case 'object':
      return 'an entry with fields of its own'
    case 'integer':
    case 'number': {
      const number = shape.type === 'integer' ? 'a whole number' : 'a number'
      if (exclusiveMinimum !== undefined) return `${number} above ${exclusiveMinimum}, at most ${maximum}`
      return minimum === undefined ? number : `${number} from ${minimum} to ${maximum}`
    }
    default:
      return textWords(shape)
  }
}

function textWords({ enum: words, pattern, minLength = 0, maxLength }: Shape): string {
  if (words !== undefined) return `one of ${words.join(', ')}`
  if (pattern !== undefined) return isDatePattern(pattern) ? 'a day, YYYY-MM-DD' : 'a time of day, HH:MM'
  return `text of ${minLength} to ${maxLength} characters, none of them control characters`
}

/** A value from the text of a cell; undefined = the cell is empty; text that is no such value stays text. */
export function fromText(given: Shape, text: string): unknown {
  const { shape, isNullable } = withoutNull(given)
  if (text === '') return undefined
  switch (shape.type) {
    case 'array':
      return text
        .trim()
        .split(/\s+/)
        .map((part) => fromText(shape.items ?? {}, part))
    case 'boolean':
      return truths[text.toLowerCase()] ?? text
    case 'integer':
    case 'number':
      return /^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)(e[+-]?[0-9]+)?$/i.test(text) ? Number(text) : text
    default:
      return isNullable && text === '' ? undefined : text
  }
}

const truths: Readonly<Record<string, boolean>> = {
  true: true,
  yes: true,
  '1': true,
  false: false,
  no: false,
  '0': false,
}

/** Text of a value for a cell. */
export function toText(value: unknown): string {
  if (value === null || value === undefined) return ''
  return Array.isArray(value) ? value.map(String).join(' ') : String(value)
}
