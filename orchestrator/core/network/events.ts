// What can happen to the network and to strategies. Events are kept forever: fields are added, never renamed.

import type { api } from '#data/contracts'

/** Data of each event of the network and strategies, by its type. */
export interface NetworkEvents {
  /** Entries that are new or different, and those taken away. @param version of the network after it */
  NetworkChanged: {
    put: Partial<api.NetworkDocument>
    remove: NonNullable<api.NetworkChange['remove']>
    version: number
    by: string
  }
  StrategyPublished: { strategy: api.Strategy }
  StrategyRulesSet: { rules: readonly api.StrategyRule[]; by: string }
}
