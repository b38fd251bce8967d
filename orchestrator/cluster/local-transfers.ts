// The transfers of a market that is written here: plans where the units are held, and lets the core decide.

import { DetourError } from '#data/kernel'
import type { CommandResult } from '#data/log'
import { type CoreAnswer, evolve, type TransferRequest } from '#orchestrator/core'
import { askedFor, assignmentOf, sourceHere, type Worlds } from '#orchestrator/sourcing'
import { type Reserved, type SourceMarket, settleHere, stateOf, type TransferMarket } from './transfers.ts'

/** A market that is written here, from either side. */
export interface TransferGround extends SourceMarket {
  worlds: Worlds
  /** Takes an order on through its flow. */
  advance(orderId: string): Promise<void>
}

/** Tries where another plan for the same transfer came first. */
const tries = 3

/** The market as others ask it. */
export function localTransfers(ground: TransferGround): TransferMarket {
  const { core, advance, now } = ground
  return {
    reserve: (request) => reserve(ground, request),
    outcome: async ({ transferId, orderId }) => {
      // One that ended long ago may have left memory.
      await core.restore(orderId, now())
      return stateOf(core.state().orders.get(orderId), transferId)
    },
    settle: async (ref, isReleased) => {
      await settleHere(ground, ref, isReleased)
      // Where that fails, the next cycle does it.
      if (isReleased) await advance(ref.orderId).catch(() => undefined)
    },
  }
}

async function reserve(ground: TransferGround, request: TransferRequest): Promise<Reserved> {
  const { core, now } = ground
  const { transferId, order } = request
  const commandId = `transfer/${transferId}/reserve`
  for (let i = 1; ; i++) {
    const known = core.state().orders.get(order.orderId)
    if (known?.transfer?.transferId === transferId) {
      return { isReserved: true, nodeId: known.work[0]?.nodeId ?? null }
    }
    const before = await core.recall(commandId)
    if (before !== null) return said(ground, request, before)
    const { assignments, decision } = planFor(ground, request)
    const data = { request, assignments, decision }
    try {
      return said(ground, request, await core.execute('ReserveTransfer', data, { commandId, at: now() }))
    } catch (error) {
      const isOther = error instanceof DetourError && error.code === 'LOG_COMMAND_CONFLICT'
      if (!isOther || i >= tries) throw error
    }
  }
}

function said(
  { core }: TransferGround,
  { order }: TransferRequest,
  result: CommandResult<CoreAnswer>,
): Reserved {
  if (result.status === 'refused') {
    const { reason } = result.answer.details ?? {}
    return { isReserved: false, reason: typeof reason === 'string' ? reason : (result.reason ?? 'refused') }
  }
  return { isReserved: true, nodeId: core.state().orders.get(order.orderId)?.work[0]?.nodeId ?? null }
}

/** Where the units would be held: at the node that was asked for, or at the best. All of them, or none. */
function planFor({ core, worlds, now }: TransferGround, request: TransferRequest) {
  const { order: header, lines, toNodeId, fromOrderId, reason } = request
  const at = now()
  const created = { order: header, lines, parentOrderId: fromOrderId, reason, at }
  const state = evolve(core.state(), { type: 'OrderCreated', data: created })
  const order = state.orders.get(header.orderId)
  if (order === undefined) throw new Error(`order ${header.orderId} was not made`)
  const wants = lines.map(({ lineId, sku, quantity }) => ({ lineId, sku, quantity }))
  const asked = askedFor(state, order, wants, at)
  const options = { decisionId: `${header.orderId}/source/0`, toNodeId }
  const { work, unserved, decision } = sourceHere(asked, { worlds, state, now: at }, options)
  if (unserved.length === 0 && work.length > 0) return { assignments: work.map(assignmentOf), decision }
  const why = work.length === 0 ? decision.reason : (unserved[0]?.reason ?? decision.reason)
  const none = decision.candidates.map((candidate) => ({ ...candidate, isChosen: false }))
  return {
    assignments: null,
    decision: {
      ...decision,
      status: 'refused' as const,
      toNodeId: null,
      costCents: null,
      reason: why,
      candidates: none,
    },
  }
}
