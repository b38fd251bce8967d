// Shape of the health of a running Detour: does what must hold hold, and how is each part of it. It knows no route.

import { Type } from 'typebox'
import { modelState } from './overview.ts'
import { instantText, type Of, oneOf, orNull, shape } from './shape.ts'

/** A rule that must always hold, as the sampler found it lately. */
export const heldRule = shape({
  id: Type.String(),
  says: Type.String({ description: 'the rule in words' }),
  checks: Type.Integer({ description: 'in the window' }),
  violations: Type.Integer({ description: 'in the window' }),
  checkedAt: orNull(instantText),
  brokenSince: orNull(instantText),
  last: orNull(shape({ subject: Type.String(), found: Type.String(), at: instantText })),
})
export type HeldRule = Of<typeof heldRule>

/** What `GET /api/v1/health` says; times are of the wall. */
export const health = shape({
  at: instantText,
  state: oneOf(['ok', 'warn', 'bad'] as const),
  sampler: shape({
    windowSeconds: Type.Integer(),
    checks: Type.Integer(),
    violations: Type.Integer(),
    brokenSince: orNull(instantText),
    rules: Type.Array(heldRule),
  }),
  log: shape({
    driver: oneOf(['sqlite', 'postgres'] as const),
    lastSeq: Type.Integer(),
    lastEventAt: orNull(instantText),
    epoch: orNull(Type.Integer({ description: 'of the writer; grows with each change of the writer' })),
    tableLag: Type.Integer({ description: 'events that the tables do not show yet' }),
  }),
  snapshot: orNull(shape({ seq: Type.Integer(), at: instantText, bytes: Type.Integer() })),
  warehouse: shape({
    state: oneOf(['none', 'current', 'running', 'failed'] as const),
    bytes: orNull(Type.Integer()),
    cycledAt: orNull(instantText),
    cycleSeconds: orNull(Type.Number()),
    error: orNull(Type.String()),
  }),
  models: Type.Array(modelState),
  versions: shape({ detour: Type.String(), node: Type.String(), duckdb: Type.String(), log: Type.String() }),
})
export type Health = Of<typeof health>
