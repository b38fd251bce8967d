// Entry file of the measurement of memory: builds a backlog or stock in a heap of its own and says how much it grew.
// Needs --expose-gc.

import { reasonOf } from '#data/kernel'
import { type CoreState, coreDefinition, emptyState } from '#orchestrator/core'
import { newOrder, nextStep, nodes, type Stage, skuOf, stockLots } from './orders.ts'

/** What is built, and how many of it. */
interface MemoryJob {
  what: 'order lines' | 'positions'
  count: number
}

const { decide, evolve } = coreDefinition('main')

/** The state after a command; its events go through JSON, as those of a log do. */
function carriedOut(state: CoreState, type: string, data: unknown, at: number): CoreState {
  const verdict = decide(state, { commandId: 'x', type, data, at } as never)
  if ('refused' in verdict) throw new Error(`${type}: ${verdict.refused}`)
  const events = JSON.parse(JSON.stringify(verdict.events)) as typeof verdict.events
  return events.reduce((next, event) => evolve(next, event), state)
}

const start = 1_760_000_000_000
/** Where the orders of a backlog stand. */
const standing: readonly Stage[] = [
  'released',
  'released',
  'released',
  'picking',
  'picking',
  'packed',
  'shipped',
]

function heap(): number {
  globalThis.gc?.()
  globalThis.gc?.()
  return process.memoryUsage().heapUsed
}

/** The market with its nodes and stock. */
function stocked(): CoreState {
  const state = carriedOut(emptyState('main'), 'DefineNodes', { nodes: nodes() }, start)
  return stockLots().reduce((next, lot) => carriedOut(next, 'CountStock', lot, start), state)
}

/** The state with one more order, as far as the orders of a backlog have come. */
function withOrder(before: CoreState, i: number): CoreState {
  const at = start + i * 60_000
  const { type, data } = newOrder(`B-${i}`, i, at)
  let state = carriedOut(before, type, data, at)
  const stage = standing[i % standing.length] ?? 'released'
  for (let step = 0; ; step++) {
    const time = at + step * 600_000
    const next = nextStep(state, data.order.orderId, stage, time)
    if (next === null) return state
    state = carriedOut(state, next.type, next.data, time)
  }
}

/** Bytes of a live order line: orders of one to three lines with their work, steps and ids, and all that finds them. */
function measureLines(count: number): number {
  // What sourcing knows of places is loaded with the first order, and is no part of any.
  withOrder(stocked(), 0)
  let state = stocked()
  let lines = 0
  const before = heap()
  for (let i = 0; lines < count; i++) {
    const orders = state.orders.size
    state = withOrder(state, i)
    if (state.orders.size !== orders + 1) throw new Error('an order is missing')
    lines += newOrder(`B-${i}`, i, start + i * 60_000).data.lines.length
  }
  return (heap() - before) / lines
}

/** Bytes of a position, without the text of its key and the names in it. */
function measurePositions(count: number): number {
  const nodeCount = 50
  let state = emptyState('main')
  const before = heap()
  const lot = 1_000
  for (let from = 0; from < count; from += lot) {
    const items = Array.from({ length: lot }, (_, i) => {
      const sku = `${skuOf(0)}-${Math.floor((from + i) / nodeCount)}`
      const counts = { onHand: (from + i) % 90, safetyStock: 5, inbound: 0, countedAt: start }
      return { sku, nodeId: `bench:N${(from + i) % nodeCount}`, ...counts }
    })
    state = carriedOut(state, 'CountStock', { items }, start)
  }
  const after = heap()
  return (after - before) / state.stock.size - keyBytes(state)
}

/** What the texts of a key cost: a header of 12 bytes each, a byte a letter, in steps of 8. */
function keyBytes({ stock }: CoreState): number {
  const [[key, position] = ['', undefined]] = stock
  const size = (text: string) => Math.ceil((12 + text.length) / 8) * 8
  return size(key) + size(position?.sku ?? '') + size(position?.nodeId ?? '')
}

process.on('message', ({ what, count }: MemoryJob) => {
  try {
    process.send?.({ result: what === 'positions' ? measurePositions(count) : measureLines(count) })
  } catch (error) {
    process.send?.({ reason: reasonOf(error) })
  }
})
process.once('disconnect', () => process.exit(0))
