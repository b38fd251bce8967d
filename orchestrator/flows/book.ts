// The flows in force of a market: which versions take new orders, and their plans, made once for each version.

import type { api } from '#data/contracts'
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

/** The newest version of each flow that is not off, by name; the flow default last. */
export function flowsInForce({ published, modes }: FlowsState): readonly FlowInForce[] {
  const known = books.get(published)?.get(modes)
  if (known !== undefined) return known
  const names = [...new Set(published.map(({ flowId }) => flowId))].filter((name) => name !== defaultFlowId)
  const made = [...names.toSorted(), defaultFlowId].flatMap((name) => {
    const mode = modes[name] ?? 'on'
    const flow = newestFlow(published, name) ?? (name === defaultFlowId ? defaultOrderFlow : undefined)
    return flow === undefined || mode === 'off' ? [] : [{ plan: planIn(flow), mode }]
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
