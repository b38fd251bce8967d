// From what is asked to a replay that runs: which draft is meant, what stands beside it, and whether it can be used.

import type { api } from '#data/contracts'
import { fail } from '#data/kernel'
import type { Queries } from '#data/warehouse'
import { type CoreState, policyIn } from '#orchestrator/core'
import { assertPolicy } from '#orchestrator/policies'
import type { Worlds } from '#orchestrator/sourcing'
import { flowSides } from './flow-sides.ts'
import { policySides } from './policy-sides.ts'
import type { Replays } from './replays.ts'

/** The market that replays are asked of. */
export interface ReplayMarket {
  readonly market: string
  readonly core: { state(): CoreState }
  readonly worlds: Worlds
  readonly replays: Replays
  /** Epoch ms of the market. */
  now(): number
  readonly workspace: {
    readonly warehouse: { reading<T>(work: (queries: Queries) => Promise<T>): Promise<T> }
  }
}

const usual = { days: 7, limit: 5_000 } as const

/**
 * Starts a replay.
 * @throws POLICY_INVALID, POLICY_UNKNOWN, FLOW_UNKNOWN, REPLAY_REFUSED where it names nothing or another one runs
 */
export function startReplay(request: api.ReplayRequest, market: ReplayMarket, by: string): api.Replay {
  const { policyId, flowId, draft } = request
  const named = [policyId, flowId, draft].filter((each) => each !== undefined)
  if (named.length !== 1)
    throw fail('REPLAY_REFUSED', { reason: 'name one policy, one flow, or give one draft' })
  const state = market.core.state()
  const now = market.now()
  const run = {
    ...{ state, now, market: market.market, worlds: market.worlds },
    days: request.days ?? usual.days,
    limit: request.limit ?? usual.limit,
    reading: <T>(work: (queries: Queries) => Promise<T>) => market.workspace.warehouse.reading(work),
  }
  const place = { state, worlds: market.worlds, now }
  if (flowId !== undefined) {
    const { version, documentHash, sides } = flowSides(flowId, request.version, place)
    const about = { kind: 'flow' as const, id: flowId, version, documentHash }
    return market.replays.start({ ...about, by, sides, findings: [], run })
  }
  const policy = policyId === undefined ? undefined : policyIn(state.policyBook, policyId, request.version)
  const said = draft ?? policy
  if (said === undefined) throw fail('POLICY_UNKNOWN', { policyId, version: request.version ?? '' })
  const findings = assertPolicy(said, state)
  const sides = policySides(said, place)
  const about = { kind: 'policy' as const, id: said.policyId, version: policy?.version ?? null }
  return market.replays.start({ ...about, by, sides, findings, run })
}
