// Where the transfers of a market are asked for: here, or at the process that writes it.

import { fail } from '#data/kernel'
import { askPeer, type Peer, type PeerAsking } from './ask-peer.ts'
import type { Cluster } from './cluster.ts'
import { localTransfers, type TransferGround } from './local-transfers.ts'
import type { Running } from './place.ts'
import type { MarketFinder, TransferMarket } from './transfers.ts'

/** Paths of the routes by which processes ask each other for transfers. */
export const transferPaths = {
  reserve: '/transfers/reserve',
  outcome: '/transfers/outcome',
  settle: '/transfers/settle',
} as const

/**
 * Finds markets wherever they are written.
 * @param asking null where there are no other processes
 * @param groundOf what runs here for transfers
 */
export function marketFinder<M extends Running>(
  cluster: Cluster<M>,
  asking: PeerAsking | null,
  groundOf: (running: M) => TransferGround,
): MarketFinder {
  return async (market) => {
    const route = await cluster.route(market)
    if (route.kind === 'unknown') throw fail('MARKET_UNKNOWN', { market })
    if (route.kind === 'here') return localTransfers(groundOf(route.running))
    if (route.kind === 'nobody' || asking === null) {
      throw fail('MARKET_UNREACHABLE', { market, url: route.url })
    }
    return remoteTransfers({ market, url: route.url }, asking)
  }
}

function remoteTransfers(peer: Peer, asking: PeerAsking): TransferMarket {
  const ask = async <T>(step: keyof typeof transferPaths, body: unknown): Promise<T> =>
    (await askPeer(peer, `/api/v1${transferPaths[step]}`, body, asking)) as T
  return {
    reserve: (request) => ask('reserve', { request }),
    outcome: async (ref) => {
      const { state } = await ask<{ state: Awaited<ReturnType<TransferMarket['outcome']>> }>('outcome', ref)
      return state
    },
    settle: async (ref, isReleased) => {
      await ask('settle', { ...ref, isReleased })
    },
  }
}
