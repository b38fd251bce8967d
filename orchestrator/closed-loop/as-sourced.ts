// Orders sourced as they were in another play, and left there: what would have become of those that were moved in it.
// What was sourced after a first move, or cannot be had again, is sourced as ever.

import type { MemoryLog } from '#data/log'
import { type CommandData, type Core, coreStream, type EventData } from '#orchestrator/core'

/** A plan as it was carried out. */
type Sourcing = Omit<CommandData['SourceOrder'], 'orderId'> & {
  /** Epoch ms of the market. */
  at: number
}

/** Plans of orders up to their first moves, in turn; can be sent to another thread. */
export type Sourcings = ReadonlyMap<string, readonly Sourcing[]>

/** What the orders of a play were sourced by. @param beforeSeq events up to it are those it began with */
export function sourcingsOf(log: MemoryLog, market: string, beforeSeq: number): Sourcings {
  const found = new Map<string, Sourcing[]>()
  const moved = new Set<string>()
  for (const { seq, type, data } of log.events(coreStream(market))) {
    if (seq <= beforeSeq) continue
    if (type === 'OrderRerouted') moved.add((data as EventData['OrderRerouted']).orderId)
    // What was taken back at once, since its goods were gone, was no plan.
    if (type === 'OrderUnsourced') found.get((data as EventData['OrderUnsourced']).orderId)?.pop()
    if (type !== 'OrderSourced') continue
    const { orderId, work, decision, at } = data as EventData['OrderSourced'] & { at: number }
    if (moved.has(orderId)) continue
    const own = found.get(orderId) ?? []
    found.set(orderId, own)
    own.push({ assignments: work.map(assignmentOf), decision: shortOf(decision), at })
  }
  return found
}

function assignmentOf({
  nodeId,
  carrier,
  service,
  shipBy,
  lines,
}: EventData['OrderSourced']['work'][number]) {
  return {
    ...{ nodeId, carrier, shipBy, lines: lines.map(({ lineId, quantity }) => ({ lineId, quantity })) },
    ...(service === undefined ? {} : { service }),
  }
}

/** Nobody reads here what was weighed. */
function shortOf({
  decisionId,
  kind,
  status,
  reason,
  costCents,
}: Sourcing['decision']): Sourcing['decision'] {
  return {
    ...{ decisionId, kind, status, reason, costCents, incidentId: null, fromNodeId: null, toNodeId: null },
    ...{ hoursSaved: null, candidates: [] },
  }
}

/** Takes orders to the nodes of another play. */
export class AsSourced {
  readonly #sourcings: Sourcings
  /** Plans of an order that were used. */
  readonly #used = new Map<string, number>()

  constructor(sourcings: Sourcings) {
    this.#sourcings = sourcings
  }

  /** Before the flow goes on with an order; a plan for which it waited there is not had sooner here. */
  async place(orderId: string, core: Core, at: number): Promise<void> {
    const used = this.#used.get(orderId) ?? 0
    const next = this.#sourcings.get(orderId)?.[used]
    if (next === undefined || at < next.at) return
    const stage = core.state().orders.get(orderId)?.stage
    if (stage === 'created') await core.execute('ValidateOrder', { orderId }, { at })
    if (core.state().orders.get(orderId)?.stage !== 'validated') return
    this.#used.set(orderId, used + 1)
    const { assignments, decision } = next
    await core.execute('SourceOrder', { orderId, assignments, decision }, { at })
  }
}
