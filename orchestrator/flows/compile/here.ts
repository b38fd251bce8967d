// What a flow is checked against in a running market: its policies, nodes, actions and the flows beside it.

import type { api } from '#data/contracts'
import { DetourError, fail } from '#data/kernel'
import { type CoreState, newestFlow, policiesInForce } from '#orchestrator/core'
import { flowsInForce } from '../book.ts'
import type { Outside } from '../run/result.ts'
import { type CompileContext, compileFlow } from './compile.ts'

/** Codes of findings of which flows stand in each other's way. */
const rivalry: ReadonlySet<string> = new Set(['orders_matched_twice', 'events_matched_twice'])

/**
 * A flow that was off or in shadow begins to take orders only where no other one has taken them over meanwhile.
 * @throws FLOW_INVALID
 */
export function assertNoRival(
  flowId: string,
  mode: api.FlowMode,
  state: CoreState,
  now: number,
  outside: Pick<Outside, 'actions' | 'files' | 'policy'>,
): void {
  const [before, flow] = [state.flows.modes[flowId] ?? 'on', newestFlow(state.flows.published, flowId)]
  const begins = (before === 'off' || before === 'shadow') && (mode === 'on' || mode === 'paused')
  if (!begins || flow === undefined) return
  const { findings } = compileFlow(flow.document, { ...compileContextOf(state, now, outside), mode })
  const found = findings.find(({ code }) => rivalry.has(code))
  if (found === undefined) return
  const { code, tileId, position, text: reason } = found
  throw fail('FLOW_INVALID', { reason, code, tileId, position, findings: [found] })
}

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
    // What is in shadow takes nothing from anybody.
    others: flowsInForce(state.flows)
      .filter(({ mode }) => mode !== 'shadow')
      .map(({ plan }) => plan),
  }
}
