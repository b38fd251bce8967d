// What can be asked of the network and of strategies. Shapes only.

import type { api } from '#data/contracts'

/** Data of each command on the network and strategies, by its type. */
export interface NetworkCommands {
  /** Entries put and taken away, all or none. */
  ChangeNetwork: { change: api.NetworkChange; by: string }
  /** Becomes the next version of its id; the same as its newest version is no new one. */
  PublishStrategy: { draft: api.StrategyDraft; by: string }
  /** The whole list; the first rule whose condition holds chooses. */
  SetStrategyRules: { rules: readonly api.StrategyRule[]; by: string }
}
