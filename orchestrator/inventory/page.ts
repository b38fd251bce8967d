// Places in lists of inventory as opaque text. It knows no list; who makes a cursor says what it holds.

import { fail } from '#data/kernel'

/** The cursor behind an item of a list. */
export function pageFrom(list: string, ...place: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify([list, ...place])).toString('base64url')
}

/**
 * The parts of the place that a cursor of the list names, null where none was given.
 * @throws HTTP_CURSOR_INVALID when it is not one of this list
 */
export function placeIn(cursor: string | undefined, list: string): [string, string] | null {
  if (cursor === undefined || cursor === '') return null
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
    if (Array.isArray(parts) && parts.length === 3 && parts[0] === list) {
      return [String(parts[1]), String(parts[2])]
    }
  } catch {
    // falls through to the refusal
  }
  throw fail('HTTP_CURSOR_INVALID', { reason: 'it is not one that was handed out for this list' })
}
