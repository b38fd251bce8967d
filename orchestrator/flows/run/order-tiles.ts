// The tiles that take an order further by commands of the core. Each looks first at how the order stands, so that it
// can be done again at any time.

import type { api } from '#data/contracts'
import type { CommandResult } from '#data/log'
import type { CoreAnswer, Order } from '#orchestrator/core'
import { ttlBounds, unassigned } from '#orchestrator/core'
import { applyPolicies } from '#orchestrator/policies'
import { carryOut, findNodes, gatheringNote, gathersNow, planFor } from '../sourcing.ts'
import { wantsOf } from '../wants.ts'
import { cancelId } from './own-end.ts'
import { holdsOn, ownHolds } from './own-holds.ts'
import type { Scene, Tile, TileResult } from './result.ts'
import { blockIn, isUnplaced, plannedIn, workIds } from './scope.ts'

type OrderScene = Omit<Scene, 'plan'> & { order: Order }

/** Times that stock may be taken away, or a plan leave something over, before a tile waits. */
const tries = 5

const done = (more: Partial<Extract<TileResult, { kind: 'next' }>> = {}): TileResult => ({
  kind: 'next',
  outcome: 'done',
  ...more,
})
const wait = (reason: string): TileResult => ({ kind: 'wait', reason })

/** The order as it is now. */
function fresh({ order, parts }: OrderScene): Order {
  return parts.core.state().orders.get(order.orderId) ?? order
}

/** Times that policies may change an order before a step, so that it gets somewhere whatever they say. */
const roundsMost = 20

/** Why policies do not let the step be taken now, null where they do. */
async function stopped(scene: OrderScene, point: api.PolicyPoint): Promise<TileResult | null> {
  for (let rounds = 0; rounds < roundsMost; rounds++) {
    const order = fresh(scene)
    if (order.hold !== null) return wait('on_hold')
    const gate = await applyPolicies(order, point, scene.parts)
    if (gate === 'go') return null
    if (gate === 'wait') return wait('policies')
  }
  return null
}

function reasonIn(result: CommandResult<CoreAnswer> | null, otherwise: string): string {
  return result?.status === 'refused' ? (result.reason ?? otherwise) : otherwise
}

/** The checks of the order; what is wrong holds it. */
export async function validate(scene: OrderScene): Promise<TileResult> {
  const { core, now } = scene.parts
  const { orderId, stage, hold } = scene.order
  if (stage !== 'created') return done()
  if (hold !== null) return wait('on_hold')
  const gate = await stopped(scene, 'validate')
  if (gate !== null) return gate
  const result = await core.execute('ValidateOrder', { orderId }, { at: now() })
  const after = fresh(scene)
  if (after.stage !== 'created') return done()
  return wait(after.hold === null ? reasonIn(result, 'not_validated') : 'on_hold')
}

/** An order that was changed after its checks is checked again first; null = it may go on. */
export async function checkedAgain(scene: OrderScene): Promise<TileResult | null> {
  const order = fresh(scene)
  if (order.stage !== 'created') return null
  const result = await validate({ ...scene, order })
  return result.kind === 'next' ? null : result
}

/**
 * Why an order may not be placed now, null where it may: it is checked again where it was changed, and policies are
 * asked before it is sourced.
 */
async function unready(scene: OrderScene): Promise<TileResult | null> {
  for (let rounds = 0; rounds < roundsMost; rounds++) {
    const gate = (await checkedAgain(scene)) ?? (await stopped(scene, 'source'))
    if (gate !== null || fresh(scene).stage !== 'created') return gate
  }
  return null
}

/** Nodes for what wants one. It is done once nothing more can be placed now and some of it is. */
export async function source(scene: OrderScene): Promise<TileResult> {
  const { parts, token } = scene
  const { lineIds } = token
  let reason = 'waits_for_stock'
  for (let left = tries; left > 0; left--) {
    const gate = await unready(scene)
    if (gate !== null) return gate
    const order = fresh(scene)
    if (!isUnplaced(order, lineIds)) return done({ undoRef: null })
    const { wants, isFresh } = wantsOf(order, parts.core.state(), lineIds)
    const isPlanned = plannedIn(order, lineIds).length > 0
    if (wants.length === 0 || !isFresh) {
      if (isPlanned) return done({ undoRef: null, reason: 'in part' })
      if (wants.length === 0) return wait(reason)
    }
    const result = await findNodes(order, parts, lineIds)
    if (result === null && isPlanned) return done({ undoRef: null, reason: 'in part' })
    if (result === null) return wait(lineIds === null && gathersNow(order, parts) ? gatheringNote : reason)
    reason = reasonIn(result, reason)
    if (result.status === 'refused') return wait(reason)
  }
  return plannedIn(fresh(scene), lineIds).length > 0 ? done({ undoRef: null }) : wait(reason)
}

/** All that is wanted at one node, or nothing. */
export async function assignNode(scene: OrderScene, tile: Tile<'assign_node'>): Promise<TileResult> {
  if (tile.nodeId === undefined) return source(scene)
  const { parts, token } = scene
  const gate = await unready(scene)
  if (gate !== null) return gate
  const order = fresh(scene)
  const { wants } = wantsOf(order, parts.core.state(), token.lineIds)
  if (wants.length === 0)
    return isUnplaced(order, token.lineIds) ? wait('waits_for_stock') : done({ undoRef: null })
  const plan = planFor(order, parts, { nodeId: tile.nodeId, lineIds: token.lineIds })
  const isAll = plan.work.length > 0 && plan.unserved.length === 0
  if (!isAll) return { kind: 'fail', reason: plan.unserved[0]?.code ?? 'node_cannot_take' }
  const result = await carryOut(order, plan, parts)
  return result.status === 'refused' ? wait(reasonIn(result, 'refused')) : done({ undoRef: null })
}

/** Stock for planned work; where it was taken meanwhile, other nodes are looked for. */
export async function reserve(scene: OrderScene): Promise<TileResult> {
  const { parts, token } = scene
  const { core, now } = parts
  const { lineIds } = token
  const { orderId } = scene.order
  for (let left = tries; left > 0; left--) {
    const order = fresh(scene)
    if (order.hold !== null) return wait('on_hold')
    const planned = plannedIn(order, lineIds)
    if (planned.length === 0) {
      if (!isUnplaced(order, lineIds)) return done()
      const sourced = await source(scene)
      if (sourced.kind !== 'next') return sourced
      if (plannedIn(fresh(scene), lineIds).length === 0) return done()
      continue
    }
    if (planned.every(({ isReserved }) => isReserved)) return done({ undoRef: null })
    const unchecked = await checkedAgain(scene)
    if (unchecked !== null) return unchecked
    const ids = workIds(planned, lineIds)
    const result = await core.execute('ReserveOrder', { orderId, ...ids }, { at: now() })
    if (result.status !== 'refused') continue
    if (result.reason !== 'stock_short') return wait(reasonIn(result, 'refused'))
    await core.execute('UnsourceOrder', { orderId, reason: 'stock was taken', ...ids }, { at: now() })
  }
  return wait('stock_taken_again')
}

/** Units held for the order before it is placed. */
export async function softReserve(scene: OrderScene, tile: Tile<'soft_reserve'>): Promise<TileResult> {
  const { parts, token, run, order } = scene
  const { core, now } = parts
  const reservationId = `${run.runId}/${token.tokenId}`
  // Before a crash that cut off its step.
  if (core.state().reservations.has(reservationId)) return done({ undoRef: reservationId })
  if (order.hold !== null) return wait('on_hold')
  if (unassigned(order).size === 0) return { kind: 'next', outcome: 'skipped', reason: 'nothing to hold' }
  const asks = { nodeId: tile.nodeId ?? null, lineIds: token.lineIds, isBeside: true }
  const plan = planFor(order, parts, asks)
  if (plan.work.length === 0 || plan.unserved.length > 0)
    return { kind: 'fail', reason: plan.unserved[0]?.code ?? 'no_node' }
  const skus = new Map(order.lines.map((line) => [line.lineId, line.sku]))
  const lines = plan.work.flatMap((work) =>
    work.lines.map(({ lineId, quantity }) => ({
      sku: skus.get(lineId) ?? '',
      nodeId: work.nodeId,
      quantity,
    })),
  )
  const ttlMs = Math.min(ttlBounds.most, Math.max(ttlBounds.least, Math.round(tile.minutes * 60_000)))
  const { channel, externalId: reference } = order
  const asked = { reservationId, lines, ttlMs, channel, reference }
  const result = await core.execute('ReserveStock', asked, { at: now() })
  if (result.status === 'refused' && result.reason !== 'reservation_exists')
    return { kind: 'fail', reason: result.reason ?? 'refused' }
  return done({ undoRef: reservationId })
}

/** Planned work handed to its nodes; what was changed on its way there is placed again first. */
export async function release(scene: OrderScene): Promise<TileResult> {
  const { core, now } = scene.parts
  const { lineIds } = scene.token
  const { orderId } = scene.order
  for (let left = tries; left > 0; left--) {
    const order = fresh(scene)
    if (order.hold !== null) return wait('on_hold')
    const planned = plannedIn(order, lineIds)
    if (planned.length === 0) {
      const isOut = order.work.some(({ releasedAt }) => releasedAt !== null)
      if (isOut || !isUnplaced(order, lineIds))
        return isOut ? done({ undoRef: null }) : wait('nothing_planned')
    }
    if (blockIn(core.state(), planned) !== null) return wait('own_state_blocks')
    if (planned.length === 0 || planned.some(({ isReserved }) => !isReserved)) {
      const reserved = await reserve(scene)
      if (reserved.kind !== 'next') return reserved
      if (plannedIn(fresh(scene), lineIds).length === 0) return wait('nothing_planned')
    }
    const gate = (await stopped(scene, 'release')) ?? (await checkedAgain(scene))
    if (gate !== null) return gate
    const ready = plannedIn(fresh(scene), lineIds)
    if (ready.length === 0) continue
    const result = await core.execute('ReleaseOrder', { orderId, ...workIds(ready, lineIds) }, { at: now() })
    return result.status === 'refused' ? wait(reasonIn(result, 'refused')) : done({ undoRef: null })
  }
  return wait('changed_again')
}

/** Holds the order, or the lines of its branch. */
export async function hold(scene: OrderScene, { reason }: Tile<'hold'>): Promise<TileResult> {
  const { parts, token, order } = scene
  const asked = { orderId: order.orderId, lineIds: token.lineIds, reason }
  const result = await parts.core.execute('HoldOrder', asked, { at: parts.now() })
  if (result.status === 'refused') return { kind: 'fail', reason: reasonIn(result, 'refused') }
  return done({ undoRef: reason })
}

/**
 * Lets the order, or the lines of its branch, go on: lifts what the flow holds by its tiles and the policies that they
 * name. What others hold stays.
 */
export async function liftHold(
  scene: OrderScene & Pick<Scene, 'plan'>,
  tile: Tile<'lift_hold'>,
): Promise<TileResult> {
  const { parts, plan, token, run } = scene
  const { orderId } = scene.order
  const { lineIds } = token
  const own = ownHolds(plan, parts.core.state())
  for (const only of holdsOn(fresh(scene), lineIds)) {
    if (!own.has(only)) continue
    const asked = { orderId, lineIds, reason: tile.reason ?? `flow ${run.flowId}`, only }
    const result = await parts.core.execute('LiftHold', asked, { at: parts.now() })
    if (result.status === 'refused') return { kind: 'fail', reason: reasonIn(result, 'refused') }
  }
  return done(holdsOn(fresh(scene), lineIds).length === 0 ? {} : { reason: 'others hold it' })
}

/** Ends the order. */
export async function cancel(scene: OrderScene, { reason }: Tile<'cancel'>): Promise<TileResult> {
  const { parts, run, token, order } = scene
  if (order.status === 'cancelled') return done({ undoRef: null })
  const asked = { orderId: order.orderId, reason }
  // By its id it is known after a crash who cancelled it.
  const by = { at: parts.now(), commandId: cancelId(run, token) }
  const result = await parts.core.execute('CancelOrder', asked, by)
  if (result.status === 'refused') return { kind: 'fail', reason: reasonIn(result, 'refused') }
  // Somebody else was faster.
  return result.status === 'noop' ? wait('order_cancelled') : done({ undoRef: null })
}
