// The tree below persistent maps: nodes of up to 32 places by five bits of the key's hash. A node is one array, keys
// and values side by side in it, so that an entry costs 16 bytes and a share of its node. It knows nothing of sizes.

/** `[owner, which places hold an entry, which a node, key, value, ..., node, ...]`, both in the order of places. */
export type Trie = unknown[]

/** Who may change a node in place: the map that made it, while it is mutable. */
export type Owner = object | null

/** What is found where there is nothing. */
export const missing: unique symbol = Symbol('missing')

const head = 3
const bits = 5
/** Below this shift the hash is used up: the entries of such a node all have the same. */
const deepest = 35

/** A tree without entries. */
export function emptyTrie(): Trie {
  return [null, 0, 0]
}

/** 32 bits of a text, mixed so that neighbours such as order-1 and order-2 part. */
export function hashOf(key: string): number {
  return mixed(fed(seed, key))
}

/** The hash of two texts with the joint between them, as `hashOf` gives it for the text that they make. */
export function hashOfPair(first: string, second: string): number {
  if (first !== begun.text) {
    begun.text = first
    begun.hash = Math.imul(fed(seed, first) ^ jointUnit, prime)
  }
  return mixed(fed(begun.hash, second))
}

/** Between the two parts of a key that is made of two; one unit. */
export const joint = '\u001f'
const jointUnit = joint.charCodeAt(0)
const seed = 0x811c9dc5
const prime = 0x01000193
/** The first part that was read last: pairs are often asked for one first part after another. */
const begun = { text: '', hash: Math.imul(seed ^ jointUnit, prime) }

function fed(hash: number, text: string): number {
  let h = hash
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), prime)
  return h
}

function mixed(hash: number): number {
  const h = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  return h ^ (h >>> 13)
}

function countOf(map: number): number {
  let n = map - ((map >>> 1) & 0x55555555)
  n = (n & 0x33333333) + ((n >>> 2) & 0x33333333)
  return Math.imul((n + (n >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24
}

const entriesOf = (node: Trie) => node[1] as number
const nodesOf = (node: Trie) => node[2] as number
const placeOf = (hash: number, shift: number) => 1 << ((hash >>> shift) & 31)
const entryAt = (node: Trie, place: number) => head + 2 * countOf(entriesOf(node) & (place - 1))
const nodeAt = (node: Trie, place: number) =>
  head + 2 * countOf(entriesOf(node)) + countOf(nodesOf(node) & (place - 1))

/** The value of a key, or `missing`. */
export function find(root: Trie, hash: number, key: string): unknown {
  let node = root
  for (let shift = 0; shift < deepest; shift += bits) {
    const place = placeOf(hash, shift)
    if ((entriesOf(node) & place) !== 0) {
      const at = entryAt(node, place)
      return node[at] === key ? node[at + 1] : missing
    }
    if ((nodesOf(node) & place) === 0) return missing
    node = node[nodeAt(node, place)] as Trie
  }
  const at = sameHashAt(node, key)
  return at < 0 ? missing : node[at + 1]
}

/** The same for a key of two parts, which is not made for it: to join and read it costs more than to find it. */
export function findPair(root: Trie, hash: number, first: string, second: string): unknown {
  let node = root
  for (let shift = 0; shift < deepest; shift += bits) {
    const place = placeOf(hash, shift)
    if ((entriesOf(node) & place) !== 0) {
      const at = entryAt(node, place)
      return isPair(node[at] as string, first, second) ? node[at + 1] : missing
    }
    if ((nodesOf(node) & place) === 0) return missing
    node = node[nodeAt(node, place)] as Trie
  }
  const at = sameHashAt(node, first + joint + second)
  return at < 0 ? missing : node[at + 1]
}

function isPair(key: string, first: string, second: string): boolean {
  const from = first.length + 1
  if (key.length !== from + second.length || key.charCodeAt(from - 1) !== jointUnit) return false
  for (let i = 0; i < first.length; i++) if (key.charCodeAt(i) !== first.charCodeAt(i)) return false
  for (let i = 0; i < second.length; i++) if (key.charCodeAt(from + i) !== second.charCodeAt(i)) return false
  return true
}

function sameHashAt(node: Trie, key: string): number {
  for (let at = head; at < node.length; at += 2) if (node[at] === key) return at
  return -1
}

/** The tree with the entry; the same one where it was there. */
export function put(node: Trie, owner: Owner, hash: number, key: string, value: unknown, shift = 0): Trie {
  if (shift >= deepest) {
    const at = sameHashAt(node, key)
    return at < 0 ? spliced(node, owner, node.length, 0, [key, value]) : replaced(node, owner, at + 1, value)
  }
  const place = placeOf(hash, shift)
  if ((nodesOf(node) & place) !== 0) {
    const at = nodeAt(node, place)
    return replaced(node, owner, at, put(node[at] as Trie, owner, hash, key, value, shift + bits))
  }
  const at = entryAt(node, place)
  if ((entriesOf(node) & place) === 0) {
    const next = spliced(node, owner, at, 0, [key, value])
    next[1] = entriesOf(node) | place
    return next
  }
  const other = node[at] as string
  if (other === key) return replaced(node, owner, at + 1, value)
  const below = pairOf(owner, [other, node[at + 1]], [key, value], hash, shift + bits)
  const next = spliced(spliced(node, owner, nodeAt(node, place), 0, [below]), owner, at, 2, [])
  next[1] = entriesOf(node) & ~place
  next[2] = nodesOf(node) | place
  return next
}

type Entry = readonly [key: string, value: unknown]

/** A node of two entries whose hashes agree so far. */
function pairOf(owner: Owner, old: Entry, young: Entry, hash: number, shift: number): Trie {
  if (shift >= deepest) return [owner, 0, 0, ...old, ...young]
  const [one, two] = [placeOf(hashOf(old[0]), shift), placeOf(hash, shift)]
  if (one === two) return [owner, 0, one, pairOf(owner, old, young, hash, shift + bits)]
  // As unsigned, in the order of places.
  const isFirst = one >>> 0 < two >>> 0
  return isFirst ? [owner, one | two, 0, ...old, ...young] : [owner, one | two, 0, ...young, ...old]
}

/** The tree without the key; the same one where it was not there. */
export function cut(node: Trie, owner: Owner, hash: number, key: string, shift = 0): Trie {
  if (shift >= deepest) {
    const at = sameHashAt(node, key)
    return at < 0 ? node : spliced(node, owner, at, 2, [])
  }
  const place = placeOf(hash, shift)
  if ((entriesOf(node) & place) !== 0) {
    const at = entryAt(node, place)
    if (node[at] !== key) return node
    const next = spliced(node, owner, at, 2, [])
    next[1] = entriesOf(node) & ~place
    return next
  }
  if ((nodesOf(node) & place) === 0) return node
  const at = nodeAt(node, place)
  const below = cut(node[at] as Trie, owner, hash, key, shift + bits)
  if (below === node[at]) return node
  if (nodesOf(below) !== 0 || below.length !== head + 2) return replaced(node, owner, at, below)
  // One entry alone moves up, so that equal maps have equal trees.
  const entry = [below[head], below[head + 1]]
  const next = spliced(spliced(node, owner, at, 1, []), owner, entryAt(node, place), 0, entry)
  next[1] = entriesOf(node) | place
  next[2] = nodesOf(node) & ~place
  return next
}

function replaced(node: Trie, owner: Owner, at: number, value: unknown): Trie {
  if (node[at] === value) return node
  const next = owner !== null && node[0] === owner ? node : node.slice()
  next[0] = owner
  next[at] = value
  return next
}

/** A copy of exactly the length it needs: arrays that grow keep room that nobody uses. */
function spliced(node: Trie, owner: Owner, at: number, removed: number, added: readonly unknown[]): Trie {
  const next = new Array<unknown>(node.length - removed + added.length)
  for (let i = 0; i < at; i++) next[i] = node[i]
  for (let i = 0; i < added.length; i++) next[at + i] = added[i]
  for (let i = at + removed, j = at + added.length; i < node.length; i++, j++) next[j] = node[i]
  next[0] = owner
  return next
}

/** Keys and values in the order of the tree, which equal maps share. @param depth of `root`, for a part of a tree */
export function* entriesIn(root: Trie, depth = 0): Generator<[string, unknown]> {
  const open: { node: Trie; at: number; end: number }[] = []
  const enter = (node: Trie, level: number) => {
    const end = level * bits >= deepest ? node.length : head + 2 * countOf(entriesOf(node))
    open.push({ node, at: head, end })
  }
  enter(root, depth)
  for (let top = open.at(-1); top !== undefined; top = open.at(-1)) {
    const { node, at, end } = top
    if (at < end) {
      top.at += 2
      yield [node[at] as string, node[at + 1]]
    } else if (at < node.length) {
      top.at++
      enter(node[at] as Trie, depth + open.length)
    } else open.pop()
  }
}

/** Keys that only one of two trees has, or whose values are not the same one. Cost: what differs, a few steps each. */
export function* differencesIn(one: Trie, two: Trie, shift = 0): Generator<string> {
  if (one === two) return
  if (shift >= deepest) {
    yield* differing(entriesAt(one), entriesAt(two))
    return
  }
  const taken = (node: Trie) => entriesOf(node) | nodesOf(node)
  for (let open = taken(one) | taken(two); open !== 0; open &= open - 1) {
    const place = open & -open
    const areNodes = (nodesOf(one) & nodesOf(two) & place) !== 0
    if (areNodes) {
      const [left, right] = [one[nodeAt(one, place)] as Trie, two[nodeAt(two, place)] as Trie]
      yield* differencesIn(left, right, shift + bits)
    } else yield* differing(below(one, place, shift), below(two, place, shift))
  }
}

function* differing(one: Iterable<Entry>, two: Iterable<Entry>): Generator<string> {
  const left = new Map(one)
  for (const [key, value] of two) {
    if (!left.has(key) || left.get(key) !== value) yield key
    left.delete(key)
  }
  yield* left.keys()
}

/** Entries at a place of a node, or below it. */
function below(node: Trie, place: number, shift: number): Iterable<Entry> {
  if ((nodesOf(node) & place) !== 0) return entriesIn(node[nodeAt(node, place)] as Trie, shift / bits + 1)
  if ((entriesOf(node) & place) === 0) return []
  const at = entryAt(node, place)
  return [[node[at] as string, node[at + 1]]]
}

function* entriesAt(node: Trie): Generator<Entry> {
  for (let at = head; at < node.length; at += 2) yield [node[at] as string, node[at + 1]]
}
