// The header If-Match: which version of a thing the caller has seen. It compares nothing.

import { Type } from 'typebox'
import { fail } from '#data/kernel'
import { idempotencyHeaders } from './command.ts'

/** The headers of a write that can be bound to a version. @param what whose ETag says it, e.g. `the order` */
export const versionHeaders = (what: string) =>
  Type.Object({
    ...idempotencyHeaders.properties,
    'if-match': Type.Optional(
      Type.String({ description: `version that was seen, as the ETag of ${what} says` }),
    ),
  })

/**
 * The version in the header, null where there is none.
 * @param what whose version it is, e.g. `an order`
 * @throws HTTP_QUERY_INVALID
 */
export function versionIn(header: string | undefined, what: string): number | null {
  if (header === undefined || header === '*') return null
  const found = /^(?:W\/)?"?(\d{1,9})"?$/.exec(header.trim())?.[1]
  if (found === undefined) throw fail('HTTP_QUERY_INVALID', { reason: `If-Match is no version of ${what}` })
  return Number(found)
}
