// The flows in force of a market: which versions take new orders, and their plans, made once for each version.

import type { api } from '#data/contracts'
import { DetourError } from '#data/kernel'
import { type CoreState, defaultFlowId, type FlowsState, newestFlow } from '#orchestrator/core'
import { planOfPublished } from './compile/compile.ts'
import type { FlowPlan } from './compile/plan.ts'
import { defaultOrderFlow } from './documents/shipped.ts'

/** A flow in force. */
export interface FlowInForce {
  plan: FlowPlan
  mode: api.FlowMode
}

const plans = new WeakMap<api.PublishedFlow, FlowPlan>()
const books = new WeakMap<readonly api.PublishedFlow[], WeakMap<object, readonly FlowInForce[]>>()

/** The plan of a published version, made once. @throws FLOW_INVALID where it cannot be read any more */
export function planIn(flow: api.PublishedFlow): FlowPlan {
  const known = plans.get(flow)
  if (known !== undefined) return known
  const made = planOfPublished(flow)
  plans.set(flow, made)
  return made
}

/** The same, or null where it cannot be read any more: whoever takes orders has to go on without it. */
export function planOrNull(flow: api.PublishedFlow): FlowPlan | null {
  try {
    return planIn(flow)
  } catch (error) {
    if (error instanceof DetourError && error.code === 'FLOW_INVALID') return null
    throw error
  }
}

/**
 * The newest version of each flow that is not off, by name; the flow default last. One that cannot be read takes
 * nothing: of the default the shipped version stands in.
 */
export function flowsInForce({ published, modes }: FlowsState): readonly FlowInForce[] {
  const known = books.get(published)?.get(modes)
  if (known !== undefined) return known
  const names = [...new Set(published.map(({ flowId }) => flowId))].filter((name) => name !== defaultFlowId)
  const made = [...names.toSorted(), defaultFlowId].flatMap((name) => {
    const mode = modes[name] ?? 'on'
    const flow = newestFlow(published, name) ?? (name === defaultFlowId ? defaultOrderFlow : undefined)
    if (flow === undefined || mode === 'off') return []
    const plan = planOrNull(flow) ?? (name === defaultFlowId ? planIn(defaultOrderFlow) : null)
    return plan === null ? [] : [{ plan, mode }]
  })
  const own = books.get(published) ?? new WeakMap<object, readonly FlowInForce[]>()
  books.set(published, own)
  own.set(modes, made)
  return made
}

/** A version that is at hand, the shipped one among them. */
export function versionOf(
  { flows }: CoreState,
  flowId: string,
  version: number,
): api.PublishedFlow | undefined {
  const found = flows.published.find((flow) => flow.flowId === flowId && flow.version === version)
  if (found !== undefined) return found
  return flowId === defaultFlowId && version === defaultOrderFlow.version ? defaultOrderFlow : undefined
}
