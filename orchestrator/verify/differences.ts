// Where two states differ, by paths. It walks whatever they hold and knows none of their fields.

interface Collection extends Iterable<unknown> {
  readonly size: number
  has(key: unknown): boolean
  get?(key: unknown): unknown
}

/** Paths at which two states differ, at most `most` of them: `orders/o1`, `stock/x at A`. */
export function differences(a: object, b: object, most = 20): string[] {
  const out: string[] = []
  compare(a, b, '', (path) => {
    out.push(path)
    return out.length < most
  })
  return out
}

/** @param tell says whether to go on */
function compare(a: unknown, b: unknown, path: string, tell: (path: string) => boolean): boolean {
  if (a === b || same(a, b)) return true
  if (isCollection(a) && isCollection(b) && isKeyed(a)) return compareKeys(a, b, path, tell)
  const isRoot = path === '' || isHolder(a)
  if (isRoot && isPlain(a) && isPlain(b)) {
    for (const name of new Set([...Object.keys(a), ...Object.keys(b)])) {
      if (!compare(a[name], b[name], path === '' ? name : `${path}/${name}`, tell)) return false
    }
    return true
  }
  return tell(path)
}

function compareKeys(a: Collection, b: Collection, path: string, tell: (path: string) => boolean): boolean {
  for (const [key, value] of a as Iterable<[unknown, unknown]>) {
    if (!same(value, b.get?.(key)) && !tell(`${path}/${nameOf(key)}`)) return false
  }
  for (const [key] of b as Iterable<[unknown, unknown]>) {
    if (!a.has(key) && !tell(`${path}/${nameOf(key)}`)) return false
  }
  return true
}

const nameOf = (key: unknown) => String(key).replaceAll('\u001f', ' at ')

/** Whether two values hold the same. */
function same(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a)) {
    return Array.isArray(b) && a.length === b.length && a.every((value, i) => same(value, b[i]))
  }
  if (isCollection(a)) {
    if (!isCollection(b) || a.size !== b.size) return false
    if (!isKeyed(a)) return [...a].every((value) => b.has(value))
    return [...(a as Iterable<[unknown, unknown]>)].every(([key, value]) => same(value, b.get?.(key)))
  }
  if (!isPlain(a) || !isPlain(b)) return false
  const names = new Set([...Object.keys(a), ...Object.keys(b)])
  return [...names].every((name) => same(a[name], b[name]))
}

function isCollection(value: unknown): value is Collection {
  const { size, has } = (value ?? {}) as Partial<Collection>
  return typeof value === 'object' && typeof size === 'number' && typeof has === 'function'
}

function isKeyed(collection: Collection): boolean {
  return !/Set$/.test(collection.constructor.name)
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isCollection(value)
}

/** A plain object that holds collections, such as both ages of something. */
function isHolder(value: unknown): boolean {
  return isPlain(value) && Object.values(value).some(isCollection)
}
