// Where two states of the core differ, or which parts of it a step changed; it knows no field by name, so that new ones
// are compared too.

import { isDeepStrictEqual } from 'node:util'
import type { CoreState } from '#orchestrator/core'

/** A part of the state: a field, and within a map one key of it. */
export interface Part {
  field: keyof CoreState
  key: unknown
}

/** A map of the state, of whatever kind. */
interface Keyed extends Iterable<[unknown, unknown]> {
  get(key: unknown): unknown
  has(key: unknown): boolean
  keys(): Iterable<unknown>
}

const fieldsOf = (state: CoreState) => Object.keys(state) as (keyof CoreState)[]

/** Maps and sets can be gone through and are no arrays; only maps can be set. */
function isCollection(value: unknown): value is Iterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.iterator in value && !Array.isArray(value)
}

function asMap(value: unknown): Keyed | null {
  return isCollection(value) && 'set' in value ? (value as unknown as Keyed) : null
}

/** Parts that are not the same objects in both: what a step put there anew. */
export function changedParts(before: CoreState, after: CoreState): Part[] {
  const parts: Part[] = []
  for (const field of fieldsOf(after)) {
    const [was, is] = [before[field] as unknown, after[field] as unknown]
    if (was === is) continue
    const [map, old] = [asMap(is), asMap(was)]
    if (map === null || old === null) {
      parts.push({ field, key: undefined })
      continue
    }
    for (const [key, value] of map) if (old.get(key) !== value) parts.push({ field, key })
    for (const key of old.keys()) if (!map.has(key)) parts.push({ field, key })
  }
  return parts
}

/** In words, which of the parts differ in value. */
export function differencesIn(a: CoreState, b: CoreState, parts: Iterable<Part>): string[] {
  const found: string[] = []
  for (const { field, key } of parts) {
    const [one, two] = [partOf(a, field, key), partOf(b, field, key)]
    if (!isSame(one, two)) found.push(`${field} ${String(key ?? '')}: ${shown(one)} or ${shown(two)}`)
  }
  return found
}

/** In words, where two states differ in value. Cost: the whole state. */
export function differencesOf(a: CoreState, b: CoreState): string[] {
  const parts: Part[] = []
  for (const field of new Set([...fieldsOf(a), ...fieldsOf(b)])) {
    const [one, two] = [asMap(a[field]), asMap(b[field])]
    if (one === null || two === null) parts.push({ field, key: undefined })
    else for (const key of new Set([...one.keys(), ...two.keys()])) parts.push({ field, key })
  }
  return differencesIn(a, b, parts)
}

function partOf(state: CoreState, field: keyof CoreState, key: unknown): unknown {
  const value = state[field] as unknown
  const map = key === undefined ? null : asMap(value)
  return map === null ? value : map.get(key as string)
}

function isSame(a: unknown, b: unknown): boolean {
  if (a === b) return true
  return holdsCollections(a) || holdsCollections(b)
    ? isDeepStrictEqual(plain(a), plain(b))
    : isDeepStrictEqual(a, b)
}

/** Whether it is a map or set, or has one in a field; those deeper down there are none of. */
function holdsCollections(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  return isCollection(value) || Object.values(value).some(isCollection)
}

/** Maps and sets as sorted lists, at any depth: in which order they were filled does not matter, nor do empty ones. */
function plain(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(plain)
  if (isCollection(value)) {
    const items = [...value].map(plain).map((item) => [JSON.stringify(item), item] as const)
    const sorted = items.sort(([a], [b]) => (a < b ? -1 : 1)).map(([, item]) => item)
    return sorted.length === 0 ? undefined : sorted
  }
  return Object.fromEntries(Object.entries(value).map(([field, inner]) => [field, plain(inner)]))
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing'
  return text.length > 400 ? `${text.slice(0, 400)}...` : text
}
