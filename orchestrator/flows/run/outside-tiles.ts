// The tiles that ask something of a system outside, and how that is taken back: under a key of the run and the place
// in it, the same in every try.

import type { api } from '#data/contracts'
import type { Order } from '#orchestrator/core'
import type { ActionAnswer, ActionRequest } from '../actions/action.ts'
import { fileLane } from '../actions/lanes.ts'
import { askId, asPerformed, originOf, type Performance, perform } from '../actions/perform.ts'
import type { Scene, Tile, TileResult } from './result.ts'

/** Longest time of one try unless the tile says another, s. */
const timeoutSeconds = 30
/** Lines and pieces of work that are told of an order. */
const toldMost = 200

/** Tiles that reach out. */
export type OutsideTile = Tile<'provider' | 'invoice' | 'custom_http' | 'custom_file'>

/** Whether a tile reaches out. */
export function isOutside(tile: api.FlowTile): tile is OutsideTile {
  return ['provider', 'invoice', 'custom_http', 'custom_file'].includes(tile.type)
}

/** Asks what the tile says. */
export async function askOutside(scene: Scene, tile: OutsideTile): Promise<TileResult> {
  const { run, token } = scene
  const key = keyOf(scene)
  const isLastTry = token.attempt > (tile.retries?.times ?? 0)
  const asked = performance(scene, tile, key, 'run', isLastTry)
  if ('reason' in asked) return { kind: 'fail', reason: asked.reason, isFinal: true }
  const { isDone, reason, said, isFinal, messages, isUnknown } = await perform(asked, scene.parts)
  // A try before may have been noted as one that has to be taken back: that holds whatever comes of this one.
  const isNoted = run.done.some(({ ref }) => ref === key)
  const undoRef = canUndo(tile) && !isNoted ? { undoRef: key } : {}
  if (!isDone) {
    return {
      ...{ kind: 'fail', reason: reason ?? 'failed' },
      ...(isFinal === true ? { isFinal } : {}),
      ...(isUnknown === true ? undoRef : {}),
    }
  }
  return {
    ...{ kind: 'next', outcome: 'done', reason, ...undoRef },
    ...(said === undefined ? {} : { said }),
    ...(messages === undefined ? {} : { messages }),
  }
}

function keyOf({ run, token }: Pick<Scene, 'run' | 'token'>): string {
  return `${run.runId}/${token.tokenId}`
}

/** What takes back a call that was cut off by a crash, null = there is none that may have been done. */
export async function cutOff(
  { run, token, parts: { core } }: Scene,
  tile: OutsideTile,
): Promise<string | null> {
  const key = keyOf({ run, token })
  if (!canUndo(tile) || run.done.some(({ ref }) => ref === key)) return null
  if ((await core.recall(askId(key, token.attempt))) === null) return null
  const { isDone = true, isUnknown = false } = (await core.recall(`${key}/end`))?.answer.details ?? {}
  return isDone === true || isUnknown === true ? key : null
}

/** Takes back what was asked under the key. */
export async function undoOutside(
  scene: Scene,
  tile: OutsideTile,
  key: string,
  isLastTry: boolean,
): Promise<ActionAnswer> {
  const asked = performance(scene, tile, `${key}/undo`, 'undo', isLastTry)
  return 'reason' in asked
    ? { isDone: false, reason: asked.reason, isFinal: true }
    : perform(asked, scene.parts)
}

function canUndo(tile: OutsideTile): boolean {
  switch (tile.type) {
    case 'provider':
      return tile.undoAction !== undefined
    case 'custom_http':
      return tile.undoUrl !== undefined
    default:
      return true
  }
}

function performance(
  scene: Scene,
  tile: OutsideTile,
  key: string,
  what: 'run' | 'undo',
  isLastTry: boolean,
): Performance | { reason: string } {
  const { run, token, order, parts } = scene
  const { actions, http, files } = parts.outside
  const isUndo = what === 'undo'
  const request = (action: string, url: string | null): ActionRequest => ({
    ...{ key, action, runId: run.runId, orderId: run.orderId, tileId: tile.id, url },
    data: 'data' in tile ? (tile.data ?? {}) : {},
    subject: order === null ? { position: run.position } : { order: told(order) },
  })
  const timeoutMs = (tile.timeoutSeconds ?? timeoutSeconds) * 1_000
  const isWanted = () => stillWanted(scene, isUndo)
  const of = { timeoutMs, isLastTry, attempt: token.attempt, isWanted }
  switch (tile.type) {
    case 'custom_http': {
      const url = isUndo ? (tile.undoUrl ?? tile.url) : tile.url
      const asked = request('custom_http', url)
      const body = {
        key,
        undo: isUndo,
        runId: run.runId,
        tileId: tile.id,
        ...asked.subject,
        data: asked.data,
      }
      return {
        ...{ ...of, request: asked, target: hostOf(url), lane: originOf(url) ?? url },
        run: (signal) => http.post(url, key, body, signal),
      }
    }
    case 'custom_file': {
      const asked = request(`file:${tile.file}`, null)
      return {
        ...{ ...of, request: asked, target: tile.file, lane: fileLane },
        run: (signal) => files.call(tile.file, asked, what, signal),
      }
    }
    case 'invoice':
    case 'provider': {
      const name = actionOf(tile, isUndo)
      const action = actions.find(name)
      if (action === undefined) return { reason: `there is no provider action ${name}` }
      const url = 'url' in tile ? (tile.url ?? null) : null
      const asked = request(name, url)
      const target = url === null ? null : hostOf(url)
      return { ...of, request: asked, target, ...asPerformed(action, asked) }
    }
  }
}

/** Whether what waited is still to be asked: its flow was not paused meanwhile, nor its order cancelled. */
function stillWanted({ run, order, parts }: Scene, isUndo: boolean): boolean {
  const { flows, orders } = parts.core.state()
  if (flows.modes[run.flowId] === 'paused') return false
  if (isUndo || order === null || order.status === 'cancelled') return true
  return orders.get(order.orderId)?.status !== 'cancelled'
}

function actionOf(tile: Tile<'provider' | 'invoice'>, isUndo: boolean): string {
  if (tile.type === 'provider') return isUndo ? (tile.undoAction ?? tile.action) : tile.action
  return isUndo ? 'invoice_cancel' : (tile.with ?? 'invoice')
}

/** Host of an address: its path may hold what is secret. */
export function hostOf(url: string): string {
  return URL.parse(url)?.host ?? 'an address'
}

/** An order as others are told of it. */
export function told(order: Order): Record<string, unknown> {
  const { orderId, externalId, provider, market, channel, method, currency, totalCents, promisedAt } = order
  const { country, region, city, postalCode } = order.shipTo
  return {
    ...{ orderId, externalId, provider, market, channel, method, currency, totalCents, status: order.status },
    promisedAt: promisedAt === null ? null : new Date(promisedAt).toISOString(),
    shipTo: { country, region, city, postalCode },
    lines: order.lines
      .slice(0, toldMost)
      .map(({ lineId, sku, quantity, unitPriceCents }) => ({ lineId, sku, quantity, unitPriceCents })),
    fulfillmentOrders: order.work.slice(0, toldMost).map((work) => ({
      ...{ fulfillmentOrderId: work.fulfillmentOrderId, nodeId: work.nodeId, status: work.status },
      ...{ carrier: work.carrier, lines: work.lines.map(({ lineId, quantity }) => ({ lineId, quantity })) },
    })),
  }
}
