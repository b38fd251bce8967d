// Long lists of numbers inside plain values: taken out, so that the rest is JSON, and put back. It writes no file.

/** Lists of numbers that can be kept. */
export const listTypes = {
  Float32Array,
  Float64Array,
  Int32Array,
  Uint8Array,
  Uint16Array,
  Uint32Array,
} as const

/** Name of a kind of list. */
export type ListType = keyof typeof listTypes

/** A list of numbers of one kind. */
export type NumberList = Float32Array | Float64Array | Int32Array | Uint8Array | Uint16Array | Uint32Array

/** Plain values without their lists, and the lists by name. */
export interface Packed {
  /** JSON; a list is `{ list: name }`. */
  json: unknown
  numbers: Record<string, NumberList>
}

/** The kind of a list. */
export function typeOf(list: NumberList): ListType {
  return list.constructor.name as ListType
}

function isList(value: unknown): value is NumberList {
  return Object.values(listTypes).some((type) => value instanceof type)
}

/** Takes the lists out of plain values (objects, arrays, texts, numbers, null). */
export function pack(value: unknown): Packed {
  const numbers: Record<string, NumberList> = {}
  const walk = (part: unknown): unknown => {
    if (isList(part)) {
      const name = `list-${Object.keys(numbers).length}`
      numbers[name] = part
      return { list: name }
    }
    if (Array.isArray(part)) return part.map(walk)
    if (typeof part !== 'object' || part === null) return part
    return Object.fromEntries(Object.entries(part).map(([name, inner]) => [name, walk(inner)]))
  }
  return { json: walk(value), numbers }
}

/** Puts the lists back. @throws Error where one is missing */
export function unpack({ json, numbers }: Packed): unknown {
  if (Array.isArray(json)) return json.map((part) => unpack({ json: part, numbers }))
  if (typeof json !== 'object' || json === null) return json
  if ('list' in json && Object.keys(json).length === 1 && typeof json.list === 'string') {
    const list = numbers[json.list]
    if (list === undefined) throw new Error(`the list ${json.list} is missing`)
    return list
  }
  return Object.fromEntries(
    Object.entries(json).map(([name, part]) => [name, unpack({ json: part, numbers })]),
  )
}
