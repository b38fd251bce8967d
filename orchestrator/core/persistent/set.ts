// Sets of texts that share structure with those they were made from, as map.ts does for maps.

import { PersistentMap } from './map.ts'

class TrieSet<T extends string> {
  readonly #map: PersistentMap<T, true>

  constructor(map: PersistentMap<T, true>) {
    this.#map = map
  }

  get size(): number {
    return this.#map.size
  }

  has(key: T): boolean {
    return this.#map.has(key)
  }

  add(key: T): TrieSet<T> {
    return this.#with(this.#map.set(key, true))
  }

  delete(key: T): TrieSet<T> {
    return this.#with(this.#map.delete(key))
  }

  /** The same texts in a set that changes in place; this one stays as it is. */
  asMutable(): TrieSet<T> {
    return this.#with(this.#map.asMutable())
  }

  /** Itself, which never changes from now on. */
  asImmutable(): TrieSet<T> {
    this.#map.asImmutable()
    return this
  }

  values(): Generator<T> {
    return this.#map.keys()
  }

  [Symbol.iterator](): Generator<T> {
    return this.#map.keys()
  }

  #with(map: PersistentMap<T, true>): TrieSet<T> {
    return map === this.#map ? this : new TrieSet(map)
  }
}

/** A set that never changes; a mutable one changes in place until it is made immutable again. */
export type PersistentSet<T extends string> = TrieSet<T>

/** A set of the texts. */
export function PersistentSet<T extends string>(keys: Iterable<T> = []): PersistentSet<T> {
  const map = PersistentMap<T, true>().asMutable()
  for (const key of keys) map.set(key, true)
  return new TrieSet(map.asImmutable())
}

/** Whether it is such a set. */
export function isPersistentSet(value: unknown): value is PersistentSet<string> {
  return value instanceof TrieSet
}
