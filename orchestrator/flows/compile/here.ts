// What a flow is checked against in a running market: its policies, nodes, actions and the flows beside it.

import { DetourError } from '#data/kernel'
import { type CoreState, policiesInForce } from '#orchestrator/core'
import { flowsInForce } from '../book.ts'
import type { Outside } from '../run/result.ts'
import type { CompileContext } from './compile.ts'

/** What a flow of a market is checked against. */
export function compileContextOf(
  state: CoreState,
  now: number,
  outside: Pick<Outside, 'actions' | 'files' | 'policy'>,
): CompileContext {
  return {
    state,
    now,
    policies: new Map(policiesInForce(state.policyBook).map(({ policyId, kind }) => [policyId, kind])),
    actions: outside.actions.names,
    files: outside.files.names,
    nodes: new Set(state.nodes.keys()),
    refusedUrl: (url) => {
      try {
        outside.policy.check(url)
        return null
      } catch (error) {
        if (error instanceof DetourError) return error.message
        throw error
      }
    },
    others: flowsInForce(state.flows).map(({ plan }) => plan),
  }
}
