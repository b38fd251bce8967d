// Routes of what reroutes changed.

import { Type } from 'typebox'
import { api } from '#data/contracts'
import { fail } from '#data/kernel'
import { getEffect, listEffects } from '#orchestrator/views'
import type { App, AppParts } from '../parts.ts'
import { problems } from '../problem.ts'
import { word } from './fields.ts'

const tags = ['reroutes']

/** Adds the routes of effects. */
export function addEffects(app: App, { engine }: AppParts): void {
  app.get(
    '/reroutes/effects',
    {
      schema: {
        tags,
        summary: 'What reroutes changed: all together first, then for each incident',
        response: { 200: Type.Object({ items: Type.Array(api.rerouteEffect) }), ...problems },
      },
    },
    async () => ({ items: await listEffects(engine) }),
  )
  app.get(
    '/incidents/:incidentId/effect',
    {
      schema: {
        tags,
        summary: 'What the reroutes of an incident changed; null where it moved nothing',
        params: Type.Object({ incidentId: word() }),
        response: {
          200: Type.Object({ effect: Type.Union([api.rerouteEffect, Type.Null()]) }),
          ...problems,
        },
      },
    },
    async ({ params: { incidentId } }) => {
      if (!engine.core.state().incidents.has(incidentId)) throw fail('INCIDENT_UNKNOWN', { incidentId })
      return { effect: await getEffect(engine, incidentId) }
    },
  )
}
