// Markets over the API: which there are and which process writes each.

import { Type } from 'typebox'
import { type Of, oneOf, orNull, shape } from './shape.ts'

/** A market as the asked process sees it. */
export const market = shape({
  market: Type.String(),
  isDefault: Type.Boolean({ description: 'paths without a market mean this one' }),
  state: oneOf(['writing', 'standby', 'opening', 'idle'] as const),
  writer: orNull(Type.String({ description: 'address of the process that writes it' })),
  epoch: orNull(Type.Integer({ description: 'grows with each change of the writer' })),
  lastSeq: Type.Integer({ description: 'last event that the asked process knows' }),
  lag: Type.Integer({ description: 'events of the log that it does not know yet' }),
})
export type Market = Of<typeof market>

/** A market to be. */
export const newMarket = Type.Object(
  { market: Type.String({ pattern: '^[a-z][a-z0-9_-]{0,62}$' }) },
  { additionalProperties: false },
)
