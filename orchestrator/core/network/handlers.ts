// How the state follows from events of the network and strategies. Pure.

import type { api } from '#data/contracts'
import type { HandlersOf } from '../handlers.ts'
import type { CoreState } from '../state.ts'
import type { NetworkEvents } from './events.ts'
import { applied } from './network.ts'

/** Versions of one strategy that stay at hand; events keep the others. */
const versionsMost = 50

/** What events of the network and strategies do. */
export const networkHandlers: HandlersOf<NetworkEvents> = {
  NetworkChanged: (state, { put, remove, version }) => ({
    ...state,
    network: { version, document: applied(state.network.document, put, remove) },
    ...changed(state),
  }),
  StrategyPublished: (state, { strategy }) => ({
    ...state,
    strategies: { ...state.strategies, strategies: withStrategy(state.strategies.strategies, strategy) },
    ...changed(state),
  }),
  StrategyRulesSet: (state, { rules }) => ({
    ...state,
    strategies: { ...state.strategies, rules },
    ...changed(state),
  }),
}

/** What was sourced in vain may go elsewhere now: for orders that wait it is as if nodes had changed. */
function changed({ changes }: CoreState): Pick<CoreState, 'changes' | 'nodesVersion'> {
  return { changes: changes + 1, nodesVersion: changes + 1 }
}

function withStrategy(strategies: readonly api.Strategy[], strategy: api.Strategy): api.Strategy[] {
  const { strategyId } = strategy
  const own = [strategy, ...strategies.filter((each) => each.strategyId === strategyId)]
  const others = strategies.filter((each) => each.strategyId !== strategyId)
  return [...others, ...own.slice(0, versionsMost)].sort(
    (a, b) => compare(a.strategyId, b.strategyId) || b.version - a.version,
  )
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b)
}
