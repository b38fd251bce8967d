// Route of what-ifs: orders sourced as things would be, against how they are. One at a time in a process; it ends when
// nobody waits for it any more.

import { api } from '#data/contracts'
import { fail } from '#data/kernel'
import type { Queries } from '#data/warehouse'
import { simulateSourcing } from '#orchestrator/sourcing'
import type { App, AppParts } from '../parts.ts'
import { problems } from '../problem.ts'

/** Bytes of a body: 20,000 orders fit. */
const bodyLimit = 20_000_000
/** Processes whose what-if is under way, by what all markets of one share. */
const running = new WeakSet<object>()

/** Adds the route of what-ifs. */
export function addSimulate(app: App, { engine }: AppParts): void {
  const { workspace, core, market, worlds } = engine
  const { clock } = workspace.effects
  app.post(
    '/sourcing/simulate',
    {
      bodyLimit,
      schema: {
        tags: ['promise'],
        summary:
          'How orders would be sourced with something different, against how they are; nothing is changed',
        body: api.whatIfRequest,
        response: { 200: api.whatIfAnswer, ...problems },
      },
      config: { access: 'ask' },
    },
    async (request, reply) => {
      if (running.has(workspace)) throw fail('HTTP_BUSY', { reason: 'another what-if is under way' })
      running.add(workspace)
      let isGone = false
      const leave = () => {
        isGone = !reply.raw.writableFinished
      }
      reply.raw.once('close', leave)
      try {
        const place = {
          ...{ worlds, market, state: core.state(), now: engine.now() },
          reading: <T>(work: (queries: Queries) => Promise<T>) => workspace.warehouse.reading(work),
        }
        const answer = await simulateSourcing(request.body, place, {
          elapsedMs: () => clock.now(),
          isCancelled: () => isGone,
        })
        if (answer === null) throw fail('HTTP_BUSY', { reason: 'nobody waited for the what-if' })
        return answer
      } finally {
        reply.raw.off('close', leave)
        running.delete(workspace)
      }
    },
  )
}
