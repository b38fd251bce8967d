// Shapes of sessions over the API: how a browser away from loopback shows its key once.

import { Type } from 'typebox'
import { instantText, type Of, oneOf, shape } from './shape.ts'

/** The key of a person, `POST /api/v1/session`. */
export const newSession = shape({ key: Type.String({ minLength: 1, maxLength: 200 }) })
export type NewSession = Of<typeof newSession>

/** A session that began; its id is in the cookie alone. */
export const session = shape({
  name: Type.String({ description: 'name of the key' }),
  role: oneOf(['admin', 'operator', 'reader'] as const),
  endsAt: instantText,
})
export type Session = Of<typeof session>
