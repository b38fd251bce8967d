// Route of the health: what must hold and whether it does. It starts what looks for that, and ends it with the app.

import { api } from '#data/contracts'
import { startSampler } from '#orchestrator/verify'
import { health } from '#orchestrator/views'
import type { App, AppParts } from '../parts.ts'
import { problems } from '../problem.ts'
import type { Figure } from '../telemetry.ts'

/** Adds the route. @returns figures of the rules for Prometheus */
export function addHealth(app: App, { engine }: AppParts): () => Figure[] {
  const { log, warehouse, effects } = engine.workspace
  const sampler = startSampler({ core: engine.core, log, warehouse, effects })
  app.addHook('onClose', () => sampler.stop())
  app.get(
    '/health',
    {
      schema: {
        tags: ['system'],
        summary: 'Whether what must hold holds, and how each part is',
        response: { 200: api.health, ...problems },
      },
    },
    () => health(engine, sampler),
  )
  return () => {
    const rules = sampler.standings()
    const figure = (
      name: string,
      help: string,
      type: Figure['type'],
      value: (rule: (typeof rules)[number]) => number | null,
    ): Figure => ({
      ...{ name: `detour_invariant_${name}`, help, type },
      samples: rules.map((rule) => ({ labels: { invariant: rule.id }, value: value(rule) })),
    })
    const seconds = (ms: number | null) => (ms === null ? null : ms / 1_000)
    return [
      figure('checks_total', 'Looks at what must hold.', 'counter', ({ checksEver }) => checksEver),
      figure(
        'violations_total',
        'Looks that found it broken.',
        'counter',
        ({ violationsEver }) => violationsEver,
      ),
      figure(
        'violations',
        'Looks of the last hour that found it broken.',
        'gauge',
        ({ violations }) => violations,
      ),
      figure('broken', 'Whether something breaks it now.', 'gauge', ({ brokenSince }) =>
        brokenSince === null ? 0 : 1,
      ),
      figure('checked_timestamp_seconds', 'When it was looked at last.', 'gauge', ({ checkedAt }) =>
        seconds(checkedAt),
      ),
    ]
  }
}
