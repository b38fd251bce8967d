// What a tile does when it is its turn: its policies first, then its work. It moves nothing; where the way goes on is
// decided by the runner.

import type { api } from '#data/contracts'
import type { Order } from '#orchestrator/core'
import { applyGiven, judge } from '#orchestrator/policies'
import { placeOf } from '../compile/expressions.ts'
import { factsOfOrder, factsOfStock } from '../compile/facts.ts'
import { factsAt } from '../context.ts'
import * as orders from './order-tiles.ts'
import { askOutside } from './outside-tiles.ts'
import { policyInForce } from './policy-in-force.ts'
import type { Scene, TileResult } from './result.ts'
import { linesIn } from './scope.ts'

const failed = (reason: string): TileResult => ({ kind: 'fail', reason, isFinal: true })

/** Does the work of a tile once. @throws LOG_UNAVAILABLE, LOG_FENCED */
export async function performTile(scene: Scene, tile: api.FlowActionTile): Promise<TileResult> {
  const { order } = scene
  // What cancelled the order was let do so before.
  const isCancelled = tile.type === 'cancel' && order?.status === 'cancelled'
  const gate = order === null || isCancelled ? null : await askPolicies(scene, order, tile)
  if (gate !== null) return gate
  return work(scene, tile)
}

/** The filter, then what has to be carried out before; null = go on. */
async function askPolicies(scene: Scene, order: Order, tile: api.FlowActionTile): Promise<TileResult | null> {
  const state = scene.parts.core.state()
  if (tile.filter !== undefined) {
    const policy = policyInForce(state, tile.filter)
    if (policy === null) return failed(`policy ${tile.filter} is not in force`)
    const [said] = judge([policy], order, factsAt(scene.parts))
    if (said !== undefined)
      return { kind: 'next', outcome: 'skipped', reason: `policy ${policy.name} does not hold` }
  }
  const named = tile.policies ?? []
  // Nothing changes or holds a cancelled order.
  if (named.length === 0 || order.status === 'cancelled') return null
  const missing = named.find((policyId) => policyInForce(state, policyId) === null)
  if (missing !== undefined) return failed(`policy ${missing} is not in force`)
  const policies = named.flatMap((policyId) => policyInForce(state, policyId) ?? [])
  const gate = await applyGiven(policies, order, pointOf(tile), scene.parts)
  if (gate !== 'go') return { kind: 'wait', reason: 'policies_changed_it' }
  // What they hold waits, whatever the tile does.
  return tile.type !== 'lift_hold' && isHeld(scene, order) ? { kind: 'wait', reason: 'on_hold' } : null
}

function isHeld({ token }: Scene, order: Order): boolean {
  return order.hold !== null || linesIn(order, token.lineIds).some(({ hold }) => hold !== null)
}

function pointOf({ type }: api.FlowActionTile): api.PolicyPoint {
  if (type === 'validate_header' || type === 'validate_lines') return 'validate'
  return type === 'release' ? 'release' : 'source'
}

async function work(scene: Scene, tile: api.FlowActionTile): Promise<TileResult> {
  switch (tile.type) {
    case 'message': {
      const message = { name: tile.name, text: tile.text ?? null, data: tile.data ?? {} }
      return { kind: 'next', outcome: 'done', messages: [message] }
    }
    case 'provider':
    case 'invoice':
    case 'custom_http':
    case 'custom_file':
      return askOutside(scene, tile)
  }
  const { order } = scene
  if (order === null) return failed('it needs an order')
  const own = { ...scene, order }
  switch (tile.type) {
    case 'validate_header':
      return orders.validate(own)
    case 'validate_lines':
      return validateLines(own, tile)
    case 'source':
      return orders.source(own)
    case 'assign_node':
      return orders.assignNode(own, tile)
    case 'reserve':
      return orders.reserve(own)
    case 'soft_reserve':
      return orders.softReserve(own, tile)
    case 'release':
      return orders.release(own)
    case 'hold':
      return orders.hold(own, tile)
    case 'lift_hold':
      return orders.liftHold(own, tile)
    case 'cancel':
      return orders.cancel(own, tile)
  }
}

/** Every line has to meet the condition; those that do not fail the tile, which names them. */
async function validateLines(
  scene: Scene & { order: Order },
  tile: api.FlowTileOf<'validate_lines'>,
): Promise<TileResult> {
  const bad = badLines(scene, tile)
  return bad === null ? orders.validate(scene) : failed(bad)
}

/** Which lines do not meet the condition of a tile, in words; null = all do. */
export function badLines(
  scene: Scene & { order: Order },
  { id }: api.FlowTileOf<'validate_lines'>,
): string | null {
  const condition = scene.plan.conditions.get(placeOf(id))
  if (condition === undefined) return null
  const { ofLine } = orderFacts(scene, scene.order)
  const bad = linesIn(scene.order, scene.token.lineIds).filter((line) => !condition.holds(ofLine(line)))
  const names = bad.slice(0, 20).map(({ lineId }) => lineId)
  return bad.length === 0 ? null : `lines ${names.join(', ')} do not meet it`
}

/** Facts of the order of a scene. */
export function orderFacts({ run, parts }: Scene, order: Order) {
  return factsOfOrder(order, run, factsAt(parts))
}

/** Facts of whatever the run is about. */
export function factsOf(scene: Scene): object {
  const { run, order, parts } = scene
  if (order !== null) return orderFacts(scene, order).order
  return factsOfStock(run.position ?? { sku: '', nodeId: '' }, run, parts.core.state(), parts.now())
}
