// Takes transfers without an end further, again and again, until none is left: whatever a crash or a lost answer left
// behind ends here. It starts none.

import { type Effects, reasonOf } from '#data/kernel'
import { goOn, type MarketFinder, type SourceMarket } from './transfers.ts'

/** Time between two sweeps, ms. */
const everyMs = 2_000

/**
 * Sweeps the transfers of a market that is written here; the first sweep comes at once.
 * @returns ends it, once what is under way has ended
 */
export function sweepTransfers(
  market: SourceMarket,
  find: MarketFinder,
  { clock, logger }: Pick<Effects, 'clock' | 'logger'>,
): () => Promise<void> {
  let isEnded = false
  let cancel = () => {}
  const sweep = async () => {
    for (const open of market.core.state().transfers.values()) {
      if (isEnded) return
      try {
        await goOn(market, open, find)
      } catch (error) {
        const { transferId } = open
        logger.warn({ transferId, reason: reasonOf(error) }, 'a transfer waits; it is tried again')
      }
    }
  }
  const turn = (): Promise<void> =>
    sweep().then(() => {
      if (!isEnded) {
        cancel = clock.after(everyMs, () => {
          under = turn()
        })
      }
    })
  let under = turn()
  return async () => {
    isEnded = true
    cancel()
    await under
  }
}
