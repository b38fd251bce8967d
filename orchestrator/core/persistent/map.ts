// Maps that share structure with those they were made from: to change one gives another, and the one before stays as it
// is. Keys are texts.

import {
  cut,
  differencesIn,
  emptyTrie,
  entriesIn,
  find,
  findPair,
  hashOf,
  hashOfPair,
  missing,
  type Owner,
  put,
  type Trie,
} from './trie.ts'

class TrieMap<K extends string, V> {
  #root: Trie
  #size: number
  /** Not null while it is mutable. */
  #owner: Owner

  constructor(root: Trie, size: number, owner: Owner) {
    this.#root = root
    this.#size = size
    this.#owner = owner
  }

  get size(): number {
    return this.#size
  }

  get(key: K): V | undefined {
    const value = find(this.#root, hashOf(key), key)
    return value === missing ? undefined : (value as V)
  }

  /** The value of the key that two texts make with `joint` between them; the key itself is not made. */
  getPair(first: string, second: string): V | undefined {
    const value = findPair(this.#root, hashOfPair(first, second), first, second)
    return value === missing ? undefined : (value as V)
  }

  has(key: K): boolean {
    return find(this.#root, hashOf(key), key) !== missing
  }

  set(key: K, value: V): TrieMap<K, V> {
    const hash = hashOf(key)
    const isNew = find(this.#root, hash, key) === missing
    return this.#with(put(this.#root, this.#owner, hash, key, value), this.#size + (isNew ? 1 : 0))
  }

  delete(key: K): TrieMap<K, V> {
    const hash = hashOf(key)
    if (find(this.#root, hash, key) === missing) return this
    return this.#with(cut(this.#root, this.#owner, hash, key), this.#size - 1)
  }

  update(key: K, change: (value: V | undefined) => V): TrieMap<K, V> {
    return this.set(key, change(this.get(key)))
  }

  /** The map with what `change` does to it in place. */
  withMutations(change: (map: TrieMap<K, V>) => void): TrieMap<K, V> {
    const map = this.asMutable()
    change(map)
    return map === this ? this : map.asImmutable()
  }

  /** The map without entries. */
  clear(): TrieMap<K, V> {
    return this.#size === 0 ? this : this.#with(emptyTrie(), 0)
  }

  /** The same entries in a map that changes in place; this one stays as it is. */
  asMutable(): TrieMap<K, V> {
    return this.#owner === null ? new TrieMap<K, V>(this.#root, this.#size, {}) : this
  }

  /** Itself, which never changes from now on. */
  asImmutable(): TrieMap<K, V> {
    this.#owner = null
    return this
  }

  /** In an order that follows from the keys, the same for equal maps. */
  entries(): Generator<[K, V]> {
    return entriesIn(this.#root) as Generator<[K, V]>
  }

  /** Keys that only one of both has, or whose values are not the same one. Cost: what differs. */
  differences(other: TrieMap<K, V>): Generator<K> {
    return differencesIn(this.#root, other.#root) as Generator<K>
  }

  [Symbol.iterator](): Generator<[K, V]> {
    return this.entries()
  }

  *keys(): Generator<K> {
    for (const [key] of this.entries()) yield key
  }

  *values(): Generator<V> {
    for (const [, value] of this.entries()) yield value
  }

  #with(root: Trie, size: number): TrieMap<K, V> {
    if (this.#owner === null) return root === this.#root ? this : new TrieMap<K, V>(root, size, null)
    this.#root = root
    this.#size = size
    return this
  }
}

/** A map that never changes; a mutable one, see `asMutable`, changes in place until it is made immutable again. */
export type PersistentMap<K extends string, V> = TrieMap<K, V>

/** A map of the entries; of one key twice the later counts. */
export function PersistentMap<K extends string, V>(
  entries: Iterable<readonly [K, V]> = [],
): PersistentMap<K, V> {
  const map = new TrieMap<K, V>(emptyTrie(), 0, {})
  for (const [key, value] of entries) map.set(key, value)
  return map.asImmutable()
}

/** Whether it is such a map. */
export function isPersistentMap(value: unknown): value is PersistentMap<string, unknown> {
  return value instanceof TrieMap
}
