// Orders sourced as they were in another play, and left there: what would have become of those that were moved in it.
// What was sourced after a first move, or cannot be had again, is sourced as ever.

import type { MemoryLog } from '#data/log'
import { type CommandData, type Core, coreStream, type EventData } from '#orchestrator/core'

/** A plan as it was carried out. */
type Sourcing = Omit<CommandData['SourceOrder'], 'orderId'>

/** Plans of orders up to their first moves, in turn; can be sent to another thread. */
export type Sourcings = ReadonlyMap<string, readonly Sourcing[]>

/** What the orders of a play were sourced by. */
export function sourcingsOf(log: MemoryLog, market: string): Sourcings {
  const found = new Map<string, Sourcing[]>()
  const moved = new Set<string>()
  for (const { type, data } of log.events(coreStream(market))) {
    if (type === 'OrderRerouted') moved.add((data as EventData['OrderRerouted']).orderId)
    if (type !== 'OrderSourced') continue
    const { orderId, work, decision } = data as EventData['OrderSourced']
    if (moved.has(orderId)) continue
    const own = found.get(orderId) ?? []
    found.set(orderId, own)
    own.push({ assignments: work.map(assignmentOf), decision: shortOf(decision) })
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

  /** Before the flow goes on with an order. */
  async place(orderId: string, core: Core, at: number): Promise<void> {
    const plans = this.#sourcings.get(orderId)
    const used = this.#used.get(orderId) ?? 0
    const plan = plans?.[used]
    if (plan === undefined) return
    const stage = core.state().orders.get(orderId)?.stage
    if (stage === 'created') await core.execute('ValidateOrder', { orderId }, { at })
    if (core.state().orders.get(orderId)?.stage !== 'validated') return
    const { status } = await core.execute('SourceOrder', { orderId, ...plan }, { at })
    if (status === 'done') this.#used.set(orderId, used + 1)
  }
}
