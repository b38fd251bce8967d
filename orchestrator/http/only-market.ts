// The markets of an application that knows one engine and no other process. It creates none.

import { fail } from '#data/kernel'
import type { MarketFinder } from '#orchestrator/cluster'
import type { Engine } from '#orchestrator/engine'
import type { MarketsPart } from './parts.ts'

/** The engine's market alone. */
export function onlyMarket({ market, core }: Engine): MarketsPart {
  return {
    list: async () => [
      {
        market,
        isDefault: true,
        state: 'writing',
        writer: null,
        epoch: null,
        lastSeq: core.lastSeq,
        lag: 0,
      },
    ],
    create: async (asked) => {
      if (asked !== market) throw fail('MARKET_UNREACHABLE', { market: asked, url: null })
    },
  }
}

/** Where there is no other market. */
export const noMarket: MarketFinder = async (market) => {
  throw fail('MARKET_UNKNOWN', { market })
}
