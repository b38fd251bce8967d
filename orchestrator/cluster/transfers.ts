// Takes work from one market to another: asks the target to hold the units, lets the source decide, tells the target.
// Every step may be asked for again, so that whoever comes after a crash simply goes on.

import { orderIdOf } from '#data/contracts'
import { DetourError, fail } from '#data/kernel'
import type { CommandResult } from '#data/log'
import {
  type Core,
  type CoreAnswer,
  type FulfillmentOrder,
  isMovable,
  type MoveGuard,
  type OpenTransfer,
  type Order,
  type TransferOutState,
  type TransferRequest,
} from '#orchestrator/core'

/** What the target said. */
export type Reserved = { isReserved: true; nodeId: string | null } | { isReserved: false; reason: string }

/** Which transfer is meant, by its source. */
export interface TransferRef {
  transferId: string
  orderId: string
}

/** The transfers of one market, wherever it is written. Every call may be repeated. */
export interface TransferMarket {
  /** Holds the units there; the answer to a transfer never changes. @throws LOG_UNAVAILABLE, MARKET_UNREACHABLE */
  reserve(request: TransferRequest): Promise<Reserved>
  /** How the source decided; null where it does not know the transfer. */
  outcome(ref: TransferRef): Promise<TransferOutState | null>
  /** Tells the target how the source decided. */
  settle(ref: TransferRef, isReleased: boolean): Promise<void>
}

/** Where markets are found. @throws MARKET_UNKNOWN, MARKET_UNREACHABLE */
export type MarketFinder = (market: string) => Promise<TransferMarket>

/** A market that is written here, as the source of transfers. */
export interface SourceMarket {
  core: Core
  now(): number
}

/** How a transfer that was asked for stands. */
export interface TransferStanding {
  status: CommandResult<CoreAnswer>['status']
  /** Why it was refused or failed, or `transfer_under_way`; null where it is done. */
  reason: string | null
  transferId: string | null
  /** The order in the target market. */
  toOrderId: string | null
}

/** What is asked of a transfer. */
export interface TransferWish {
  /** How the limits of reroutes hold for it; absent = they do not. */
  guard?: MoveGuard
  toMarket: string
  toNodeId: string | null
  commandId: string
}

/**
 * Takes the movable work of an order to another market, as far as that goes now; the rest is left to the sweep.
 * @throws ORDER_UNKNOWN, MARKET_UNKNOWN, LOG_UNAVAILABLE
 */
export async function transfer(
  source: SourceMarket,
  orderId: string,
  wish: TransferWish,
  find: MarketFinder,
): Promise<TransferStanding> {
  const { core, now } = source
  const before = await core.recall(wish.commandId)
  const order = core.state().orders.get(orderId)
  if (order === undefined) throw fail('ORDER_UNKNOWN', { orderId })
  let result = before
  if (result === null) {
    const work = order.work.find((each) => isMovable(each) && each.isReserved && !isUnderWay(each))
    if (work === undefined) return no(order.work.some(isUnderWay) ? 'in_transfer' : 'nothing_to_move')
    await find(wish.toMarket)
    const limits = wish.guard === undefined ? {} : { guard: wish.guard }
    const data = { orderId, ...wishOf(order, work, wish), ...limits }
    result = await core.execute('StartTransfer', data, { at: now(), commandId: wish.commandId })
  }
  if (result.status === 'refused') return no(result.reason ?? 'refused')
  const transferId = String(result.answer.details?.transferId)
  const open = core.state().transfers.get(transferId)
  if (open !== undefined) await goOn(source, open, find).catch(rethrowUnlessLater)
  return standingOf(core.state().orders.get(orderId), transferId)
}

/**
 * Takes an open transfer further: from either side, from wherever a crash left it.
 * @throws LOG_UNAVAILABLE, LOG_FENCED, MARKET_UNREACHABLE: the next sweep goes on
 */
export async function goOn(source: SourceMarket, open: OpenTransfer, find: MarketFinder): Promise<void> {
  const other = await find(open.market)
  if (open.side === 'out') await decideOut(source, open, other)
  else await followIn(source, open, other)
}

/** The source's part: the target holds the units, or all stays. */
async function decideOut(source: SourceMarket, open: OpenTransfer, target: TransferMarket): Promise<void> {
  const { core, now } = source
  const { transferId, orderId, fulfillmentOrderId, request } = open
  const answer = await target.reserve(request)
  const about = (step: string) => ({ at: now(), commandId: `transfer/${transferId}/${step}` })
  if (!answer.isReserved) {
    await core.execute('FailTransfer', { orderId, transferId, reason: answer.reason }, about('fail'))
    return
  }
  const from = core
    .state()
    .orders.get(orderId)
    ?.work.find((each) => each.fulfillmentOrderId === fulfillmentOrderId)
  const decision = {
    decisionId: `${transferId}/out`,
    kind: 'reroute' as const,
    incidentId: null,
    fromNodeId: from?.nodeId ?? null,
    toNodeId: answer.nodeId,
    status: 'done' as const,
    reason: `moved to market ${open.market}`,
    costCents: null,
    hoursSaved: null,
    candidates: [],
  }
  await core.execute('ReleaseTransfer', { orderId, transferId, decision }, about('release'))
  const isReleased = stateOf(core.state().orders.get(orderId), transferId) === 'released'
  await target.settle({ transferId, orderId: request.order.orderId }, isReleased)
}

/** The target's part: it asks how the source decided. */
async function followIn(target: SourceMarket, open: OpenTransfer, source: TransferMarket): Promise<void> {
  const { transferId, orderId, request } = open
  const state = await source.outcome({ transferId, orderId: request.fromOrderId })
  if (state === 'started' || state === null) return
  await settleHere(target, { transferId, orderId }, state === 'released')
}

/** The end of a transfer at its target. @throws LOG_UNAVAILABLE, LOG_FENCED */
export async function settleHere(
  { core, now }: SourceMarket,
  { transferId, orderId }: TransferRef,
  isReleased: boolean,
): Promise<void> {
  const about = (step: string) => ({ at: now(), commandId: `transfer/${transferId}/${step}` })
  if (isReleased) {
    await core.execute('ConfirmTransfer', { orderId, transferId }, about('confirm'))
    return
  }
  // One reason whoever tells, so that telling it twice is the same command.
  const reason = 'it stays in its own market'
  await core.execute('UndoTransfer', { orderId, transferId, reason }, about('undo'))
}

/** Where a transfer stands by the order at its source; null where it does not know it. */
export function stateOf(order: Order | undefined, transferId: string): TransferOutState | null {
  for (const { transfer } of order?.work ?? []) {
    if (transfer?.transferId === transferId) return transfer.state
    if (transfer?.failedBefore?.includes(transferId)) return 'failed'
  }
  return null
}

function isUnderWay({ transfer }: FulfillmentOrder): boolean {
  return transfer?.state === 'started'
}

/** Each try of the same work has ids of its own: an order that was undone in the target market stays there. */
function wishOf(order: Order, work: FulfillmentOrder, { toMarket, toNodeId }: TransferWish) {
  const { fulfillmentOrderId } = work
  const tries = Number(work.transfer?.transferId.split('/').at(-1) ?? 0) + 1
  const newExternalId = `${fulfillmentOrderId}-${toMarket}${tries === 1 ? '' : `-${tries}`}`
  return {
    fulfillmentOrderId,
    transferId: `${order.orderId}/${fulfillmentOrderId}/${tries}`,
    toMarket,
    toNodeId,
    newExternalId,
    newOrderId: orderIdOf(toMarket, order.provider, newExternalId),
    reason: `moved from market ${order.market}`,
  }
}

function no(reason: string): TransferStanding {
  return { status: 'refused', reason, transferId: null, toOrderId: null }
}

function standingOf(order: Order | undefined, transferId: string): TransferStanding {
  const found = order?.work.find((work) => work.transfer?.transferId === transferId)?.transfer
  const toOrderId = found?.toOrderId ?? null
  if (found === undefined && stateOf(order, transferId) === 'failed') return no('failed before')
  if (found?.state === 'failed') return { status: 'refused', reason: found.reason, transferId, toOrderId }
  const reason = found?.state === 'started' ? 'transfer_under_way' : null
  return { status: 'done', reason, transferId, toOrderId }
}

/** What may succeed later is left to the sweep. */
function rethrowUnlessLater(error: unknown): void {
  if (!(error instanceof DetourError && error.retryable)) throw error
}
