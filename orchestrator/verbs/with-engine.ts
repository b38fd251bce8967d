// The running system for verbs that need it: that of the server, or one opened for the verb alone. It decides nothing.

import { fail } from '#data/kernel'
import { holdLease } from '#data/leases'
import { coreStream } from '#orchestrator/core'
import { defaultMarketOf, type Engine, openEngine } from '#orchestrator/engine'
import type { VerbContext } from './verb.ts'

/**
 * Runs `work` with the running system, or with one that is opened for it and closed after.
 * @throws MARKET_SERVED where another process writes the market
 */
export async function withEngine<R>(context: VerbContext, work: (engine: Engine) => Promise<R>): Promise<R> {
  if (context.engine !== null) return work(context.engine)
  const market = await defaultMarketOf(context)
  const hold = await holdLease(coreStream(market), context.effects)
  if ('heldBy' in hold) throw fail('MARKET_SERVED', { market, url: hold.heldBy })
  try {
    const engine = await openEngine(context, { market, trains: false })
    try {
      return await work(engine)
    } finally {
      await engine.close()
    }
  } finally {
    await hold.release()
  }
}
