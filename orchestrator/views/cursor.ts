// Places in a list as opaque text. It knows no list; who makes a cursor says what it holds.

import { fail } from '#data/kernel'

/** What a cursor holds: the sort it belongs to, and the key of the last item shown. */
export interface Place {
  /** Name and way of the sort, e.g. `placedAt.desc`. */
  sort: string
  key: number | string
  id: string
}

const longest = 2_000

/** The cursor behind an item. */
export function cursorOf(place: Place): string {
  return Buffer.from(JSON.stringify([place.sort, place.key, place.id])).toString('base64url')
}

/**
 * The place a cursor names, null where none was given.
 * @param sort the sort that is asked now
 * @param kind type of the key of that sort
 * @throws HTTP_CURSOR_INVALID when it is not one of ours, or belongs to another sort
 */
export function placeOf(cursor: string | undefined, sort: string, kind: 'number' | 'string'): Place | null {
  if (cursor === undefined || cursor === '') return null
  const parts = cursor.length > longest ? null : partsOf(cursor)
  if (parts === null) throw fail('HTTP_CURSOR_INVALID', { reason: 'it is not one that was handed out' })
  const [itsSort, key, id] = parts
  if (itsSort !== sort) throw fail('HTTP_CURSOR_INVALID', { reason: 'it belongs to another sort' })
  const isKey = kind === 'number' ? Number.isFinite(key) : typeof key === 'string'
  if (!isKey || typeof id !== 'string') {
    throw fail('HTTP_CURSOR_INVALID', { reason: 'it is not one that was handed out' })
  }
  return { sort, key: key as number | string, id }
}

function partsOf(cursor: string): [unknown, unknown, unknown] | null {
  if (!/^[A-Za-z0-9_-]+$/.test(cursor)) return null
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
    return Array.isArray(parts) && parts.length === 3 ? (parts as [unknown, unknown, unknown]) : null
  } catch {
    return null
  }
}

/** Length of a page: 1 to 200, default 50. */
export function pageLimit(limit: number | undefined): number {
  if (limit === undefined || !Number.isFinite(limit)) return 50
  return Math.min(200, Math.max(1, Math.floor(limit)))
}
