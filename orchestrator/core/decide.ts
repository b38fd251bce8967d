// What a command does in a state: the table from command to rule. Pure; an expected no is an answer, never thrown.

import type { api } from '#data/contracts'
import { alertingRules } from './alerting/rules.ts'
import { archiveRules } from './archive/rules.ts'
import type { CommandType, CoreCommand, MarketCommands } from './commands.ts'
import { done, event, refused, type Verdict } from './decision.ts'
import { detectionRules } from './detection/rules.ts'
import { flowRules } from './flows/rules.ts'
import { incidentRules } from './incidents/rules.ts'
import { networkRules } from './network/rules.ts'
import { orderRules } from './orders/rules.ts'
import { policyRules } from './policies/rules.ts'
import { rerouteRules } from './reroute/rules.ts'
import type { RulesOf } from './rules.ts'
import type { CoreState } from './state.ts'
import { defineNodes } from './stock/decide-stock.ts'
import { stockRules } from './stock/rules.ts'
import { transferBlock, transferRules } from './transfer/rules.ts'

const marketRules: RulesOf<MarketCommands> = {
  DefineNodes: (state, { data, at }) => defineNodes(state, data, at),
  SetPolicy: (state, { data: { policy, by, version }, at }) => {
    if (version !== undefined && version !== state.policySet.version) {
      return refused('policy_version', { ...state.policySet, asked: version })
    }
    const isStopped = state.policy.isStopped === true || (policy.isStopped ?? state.policy.isStopped)
    return policySet(state, isStopped === undefined ? policy : { ...policy, isStopped }, by, at)
  },
  HaltReroutes: (state, { data: { isStopped, by }, at }) =>
    isStopped === (state.policy.isStopped ?? false)
      ? done([])
      : policySet(state, { ...state.policy, isStopped }, by, at),
  SetClock: (state, { data, at }) =>
    done([event('ClockSet', { clock: data.clock, isDemo: data.isDemo ?? state.isDemo, at })]),
}

function policySet(state: CoreState, policy: api.ReroutePolicy, by: string | undefined, at: number): Verdict {
  if (JSON.stringify(state.policy) === JSON.stringify(policy)) return done([])
  return done([event('PolicySet', { policy, at, ...(by === undefined ? {} : { by }) })])
}

const rules: RulesOf<Record<CommandType, unknown>> = {
  ...orderRules,
  ...stockRules,
  ...transferRules,
  ...archiveRules,
  ...networkRules,
  ...detectionRules,
  ...incidentRules,
  ...alertingRules,
  ...flowRules,
  ...policyRules,
  ...rerouteRules,
  ...marketRules,
}

/** What the command does in this state. */
export function decide(state: CoreState, command: CoreCommand): Verdict {
  const rule = rules[command.type] as ((state: CoreState, command: CoreCommand) => Verdict) | undefined
  if (rule === undefined) return refused('command_unknown', { type: command.type })
  return transferBlock(state, command) ?? rule(state, command)
}
