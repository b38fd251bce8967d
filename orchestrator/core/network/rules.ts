// The rules of the commands on the network and strategies.

import type { RulesOf } from '../rules.ts'
import type { NetworkCommands } from './commands.ts'
import { changeNetwork } from './decide-network.ts'
import { publishStrategy, setStrategyRules } from './decide-strategies.ts'

/** Rules of the commands on the network and strategies. */
export const networkRules: RulesOf<NetworkCommands> = {
  ChangeNetwork: (state, { data, at }) => changeNetwork(state, data, at),
  PublishStrategy: (state, { data, at }) => publishStrategy(state, data, at),
  SetStrategyRules: (state, { data, at }) => setStrategyRules(state, data, at),
}
