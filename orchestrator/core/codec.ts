// Writes a state of the core as pieces of JSON and reads it again: it walks whatever the state holds, and knows none of
// its fields. What JSON cannot hold is refused, never bent.

import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { StateCodec } from '#data/log'
import { isPersistentMap, PersistentMap } from './persistent/map.ts'
import { isPersistentSet, PersistentSet } from './persistent/set.ts'

/** Raised by hand where a state must be folded anew although no file of the core changed. */
const formatNumber = 1

type Kind = 'map' | 'set'

/**
 * A piece: `[n, value]` and `[n, key, value]` go into collection n, as does `into` where the value holds tags; the
 * others begin a collection, keep a value that a tag stands for, and end the state.
 */
type Piece =
  | readonly unknown[]
  | { into: number; key: unknown; value: unknown }
  | { begin: number; kind: Kind }
  | { keep: number; value: unknown }
  | { state: unknown }

/** Stands for collection or value n: an object with this field alone. */
const tag = '\u0000n'
/** Values in a plain value after which it becomes a piece of its own. */
const pieceValues = 1_000
/** Values from which on nothing but single values stays in place, so that no piece is huge. */
const hugeValues = 100_000

/** How states of type S, made of plain values and persistent collections, are written and read. */
export function stateCodec<S>(): StateCodec<S> {
  return {
    get format() {
      return formatOfCore()
    },
    freeze: (state) => new Freezer().pieces(state),
    thaw: () => new Thawer<S>(),
  }
}

let format: string | null = null

/** Hash of the sources of the core: any change of them may change what an event means. */
function formatOfCore(): string {
  if (format !== null) return format
  const folder = import.meta.dirname
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.ts'),
  )
  const hash = createHash('sha256').update(`${formatNumber}\n`)
  for (const name of files.toSorted()) {
    const text = readFileSync(join(folder, name))
    hash.update(`${name.replaceAll('\\', '/')}\n${text.length}\n`).update(text)
  }
  format = hash.digest('base64url')
  return format
}

class Freezer {
  #last = 0

  pieces(state: unknown): Iterable<Piece> {
    return this.#all(state)
  }

  *#all(state: unknown): Generator<Piece> {
    const value = yield* this.#value(state)
    yield { state: value }
  }

  /** What stands for the value: itself, or with tags for what became pieces before. */
  *#value(value: unknown): Generator<Piece, unknown> {
    const kind = kindOf(value)
    if (kind !== null) return yield* this.#collection(value as Iterable<unknown>, kind)
    if (typeof value !== 'object' || value === null) {
      sizeOf(value)
      return value
    }
    if (sizeOf(value) <= pieceValues) return value
    const out: [string, unknown][] = []
    const least = sizeOf(value) > hugeValues ? 1 : pieceValues / 10
    for (const [name, part] of Object.entries(value)) {
      const size = sizeOf(part)
      const packed = yield* this.#value(part)
      // A part that alone is large was cut inside; what is left of it is small.
      out.push([name, packed === part && size > least ? yield* this.#kept(part) : packed])
    }
    return Array.isArray(value) ? out.map(([, part]) => part) : Object.fromEntries(out)
  }

  *#kept(value: unknown): Generator<Piece, unknown> {
    const n = ++this.#last
    yield { keep: n, value }
    return { [tag]: n }
  }

  *#collection(items: Iterable<unknown>, kind: Kind): Generator<Piece, unknown> {
    const n = ++this.#last
    yield { begin: n, kind }
    const isKeyed = kind === 'map'
    for (const item of items) {
      const [key, value] = isKeyed ? (item as [unknown, unknown]) : [null, item]
      const isPlain = kindOf(value) === null && sizeOf(value) <= pieceValues
      if (isPlain) yield isKeyed ? [n, key, value] : [n, value]
      else yield { into: n, key, value: yield* this.#value(value) }
    }
    return { [tag]: n }
  }
}

function kindOf(value: unknown): Kind | null {
  if (isPersistentMap(value)) return 'map'
  return isPersistentSet(value) ? 'set' : null
}

/**
 * Number of values in a plain value; more than any limit where it holds collections.
 * @throws Error for what JSON would drop or change
 */
function sizeOf(value: unknown): number {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return 1
    case 'number':
      if (Number.isFinite(value)) return 1
      break
    case 'object':
      if (value === null) return 1
      if (Array.isArray(value)) {
        let size = 1
        for (const part of value) size += sizeOf(part)
        return size
      }
      if (kindOf(value) !== null) return Number.POSITIVE_INFINITY
      if (isPlainObject(value)) {
        let size = 1
        for (const name in value) {
          const part = (value as Record<string, unknown>)[name]
          if (part !== undefined) size += sizeOf(part)
        }
        return size
      }
  }
  const name = typeof value === 'object' ? 'an object of its own class' : `${typeof value} ${String(value)}`
  throw new Error(`${name} cannot be written`)
}

function isPlainObject(value: object): boolean {
  const prototype = Object.getPrototypeOf(value)
  return (prototype === Object.prototype || prototype === null) && !(tag in value)
}

/** A collection that still takes entries: a key, or null where it has none, and a value. */
interface Growing {
  isKeyed: boolean
  add(key: unknown, value: unknown): void
  done(): unknown
}

const empties: Record<Kind, () => Growing> = {
  map: () => {
    const map = PersistentMap<string, unknown>().asMutable()
    return {
      isKeyed: true,
      add: (key, value) => map.set(key as string, value),
      done: () => map.asImmutable(),
    }
  },
  set: () => {
    const set = PersistentSet<string>().asMutable()
    return { isKeyed: false, add: (_, value) => set.add(value as string), done: () => set.asImmutable() }
  },
}

class Thawer<S> {
  readonly #growing = new Map<unknown, Growing>()
  readonly #kept = new Map<unknown, unknown>()
  #state: { value: S } | null = null

  take(given: unknown): void {
    const piece = given as Piece
    if (Array.isArray(piece)) {
      const into = this.#into(piece[0])
      if (into.isKeyed) into.add(piece[1], piece[2])
      else into.add(null, piece[1])
    } else if ('into' in piece) this.#into(piece.into).add(piece.key, this.#resolved(piece.value))
    else if ('begin' in piece) this.#growing.set(piece.begin, empties[piece.kind]())
    else if ('keep' in piece) this.#kept.set(piece.keep, piece.value)
    else if ('state' in piece) this.#state = { value: this.#resolved(piece.state) as S }
  }

  done(): S {
    if (this.#state === null) throw new Error('it has no end')
    return this.#state.value
  }

  #into(n: unknown): Growing {
    const growing = this.#growing.get(n)
    if (growing === undefined) throw new Error('an entry has no collection')
    return growing
  }

  /** The value with what its tags stand for; it was just read, so it may be changed in place. */
  #resolved(value: unknown): unknown {
    if (typeof value !== 'object' || value === null) return value
    const parts = value as Record<string, unknown>
    if (Object.hasOwn(parts, tag)) {
      const n = parts[tag]
      return this.#growing.get(n)?.done() ?? this.#kept.get(n)
    }
    for (const name of Object.keys(parts)) parts[name] = this.#resolved(parts[name])
    return value
  }
}
