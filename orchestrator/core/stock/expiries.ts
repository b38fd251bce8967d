// Soft reservations by the time at which they end: a balanced tree that shares structure, so that the next one is
// found in a few steps and states handed out never change. It knows no clock.

import type { PersistentMap } from '../persistent/map.ts'

/** Reservations by end; null = none. */
export type Expiries = ExpiryNode | null

/** One reservation, with the earlier ones on its left and the later ones on its right. */
export interface ExpiryNode {
  readonly expiresAt: number
  readonly reservationId: string
  readonly left: Expiries
  readonly right: Expiries
  readonly height: number
}

const heightOf = (tree: Expiries) => (tree === null ? 0 : tree.height)

function node(at: number, id: string, left: Expiries, right: Expiries): ExpiryNode {
  const height = Math.max(heightOf(left), heightOf(right)) + 1
  return { expiresAt: at, reservationId: id, left, right, height }
}

function compare(at: number, id: string, tree: ExpiryNode): number {
  if (at !== tree.expiresAt) return at < tree.expiresAt ? -1 : 1
  return id === tree.reservationId ? 0 : id < tree.reservationId ? -1 : 1
}

function balanced(at: number, id: string, left: Expiries, right: Expiries): ExpiryNode {
  const tilt = heightOf(left) - heightOf(right)
  if (tilt > 1 && left !== null) {
    const { expiresAt, reservationId } = left
    if (heightOf(left.left) >= heightOf(left.right)) {
      return node(expiresAt, reservationId, left.left, node(at, id, left.right, right))
    }
    const mid = left.right as ExpiryNode
    const lower = node(expiresAt, reservationId, left.left, mid.left)
    return node(mid.expiresAt, mid.reservationId, lower, node(at, id, mid.right, right))
  }
  if (tilt < -1 && right !== null) {
    const { expiresAt, reservationId } = right
    if (heightOf(right.right) >= heightOf(right.left)) {
      return node(expiresAt, reservationId, node(at, id, left, right.left), right.right)
    }
    const mid = right.left as ExpiryNode
    const upper = node(expiresAt, reservationId, mid.right, right.right)
    return node(mid.expiresAt, mid.reservationId, node(at, id, left, mid.left), upper)
  }
  return node(at, id, left, right)
}

/** With one more. Cost: log n. */
export function withExpiry(tree: Expiries, at: number, id: string): ExpiryNode {
  if (tree === null) return node(at, id, null, null)
  const side = compare(at, id, tree)
  if (side === 0) return tree
  const { expiresAt, reservationId, left, right } = tree
  return side < 0
    ? balanced(expiresAt, reservationId, withExpiry(left, at, id), right)
    : balanced(expiresAt, reservationId, left, withExpiry(right, at, id))
}

/** Without one; the same tree where it is not in it. Cost: log n. */
export function withoutExpiry(tree: Expiries, at: number, id: string): Expiries {
  if (tree === null) return null
  const side = compare(at, id, tree)
  const { expiresAt, reservationId, left, right } = tree
  if (side < 0) {
    const less = withoutExpiry(left, at, id)
    return less === left ? tree : balanced(expiresAt, reservationId, less, right)
  }
  if (side > 0) {
    const less = withoutExpiry(right, at, id)
    return less === right ? tree : balanced(expiresAt, reservationId, left, less)
  }
  if (left === null || right === null) return left ?? right
  const next = firstOf(right)
  const rest = withoutExpiry(right, next.expiresAt, next.reservationId)
  return balanced(next.expiresAt, next.reservationId, left, rest)
}

function firstOf(tree: ExpiryNode): ExpiryNode {
  let first = tree
  while (first.left !== null) first = first.left
  return first
}

/** Epoch ms at which the next one ends, null where none is. */
export function nextExpiry(tree: Expiries): number | null {
  return tree === null ? null : firstOf(tree).expiresAt
}

/** Ids of those whose time has come at `at`, the earliest first. */
export function* dueBy(tree: Expiries, at: number): Generator<string> {
  if (tree === null) return
  yield* dueBy(tree.left, at)
  if (tree.expiresAt > at) return
  yield tree.reservationId
  yield* dueBy(tree.right, at)
}

/** Ids of those that end after a time; at exactly that time, those with a greater id (null = none of them). */
export function* expiringAfter(tree: Expiries, at: number, id: string | null): Generator<string> {
  if (tree === null) return
  const isAfter = tree.expiresAt > at || (tree.expiresAt === at && id !== null && tree.reservationId > id)
  if (isAfter) {
    yield* expiringAfter(tree.left, at, id)
    yield tree.reservationId
  }
  yield* expiringAfter(tree.right, at, id)
}

/** By position, with one more at each of the keys. */
export function withExpiriesAt(
  trees: PersistentMap<string, ExpiryNode>,
  keys: readonly string[],
  at: number,
  id: string,
): PersistentMap<string, ExpiryNode> {
  let next = trees
  for (const key of keys) next = next.set(key, withExpiry(next.get(key) ?? null, at, id))
  return next
}

/** By position, without one at each of the keys. */
export function withoutExpiriesAt(
  trees: PersistentMap<string, ExpiryNode>,
  keys: readonly string[],
  at: number,
  id: string,
): PersistentMap<string, ExpiryNode> {
  let next = trees
  for (const key of keys) {
    const left = withoutExpiry(next.get(key) ?? null, at, id)
    next = left === null ? next.delete(key) : next.set(key, left)
  }
  return next
}
