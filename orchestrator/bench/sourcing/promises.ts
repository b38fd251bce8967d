// Measures promises: what a cart of three lines could have by every method, from memory, in markets of different size.
// It reserves nothing and asks no server.

import { type CommandData, type CoreState, decide, emptyState, evolve } from '#orchestrator/core'
import { Promises, type SourcingFiles, Worlds } from '#orchestrator/sourcing'
import { quantile, round2 } from '../core/quantiles.ts'
import type { BenchRow } from '../row.ts'
import { makeProblem } from './made-network.ts'

const group = 'sourcing'
/** Market time from one promise to the next, ms. */
const stepMs = 20

/** Rows of promises in markets of 12 and of 200 nodes; some seconds. */
export function promiseRows(): BenchRow[] {
  return [12, 200].flatMap((nodes) => rowsOf(nodes))
}

function rowsOf(nodes: number): BenchRow[] {
  const files = makeProblem({
    ...{ name: 'promises', seed: 11, nodes, orders: 1_000, skus: 200, linesMost: 3, stores: 0.5 },
    ...{ stock: [3, 6], kept: 0.6, capacity: [2, 4], rates: 'distance', isTimed: true, prices: {} },
  })
  const state = marketOf(files)
  const worlds = new Worlds()
  const promises = new Promises()
  const start = files.orders[0]?.placedAt ?? 0
  const ask = ({ lines, destination }: SourcingFiles['orders'][number], i: number, isAll: boolean) =>
    promises.of(
      {
        lines: lines.map(({ sku, quantity }) => ({ sku, quantity })),
        shipTo: { country: destination.country },
        ...(destination.latitude === null ? {} : { latitude: destination.latitude }),
        ...(destination.longitude === null ? {} : { longitude: destination.longitude }),
        ...(isAll ? {} : { methods: ['delivery' as const] }),
      },
      { worlds, state, now: start + i * stepMs },
    )
  const carts = files.orders.filter(({ lines }) => lines.length === 3)
  const timesOf = (isAll: boolean) => {
    for (const [i, cart] of carts.slice(0, 150).entries()) ask(cart, i, isAll)
    return carts.map((cart, i) => timed(() => ask(cart, i, isAll)))
  }
  const delivery = timesOf(false)
  const all = timesOf(true)
  const [p50, p99] = [quantile(all, 0.5), quantile(all, 0.99)]
  const mean = all.reduce((sum, ms) => sum + ms, 0) / all.length
  const name = `promise of a cart of 3 lines by every method, ${nodes} nodes`
  const base = quantile(delivery, 0.5)
  const baseline = `delivery alone: median ${base.toFixed(2)} ms, p99 ${quantile(delivery, 0.99).toFixed(2)} ms`
  return [
    {
      ...{ group, name: `${name}, 99th percentile`, value: round2(p99), unit: 'ms', baseline },
      ...{ ratio: p50 / base, goal: null, pass: null, p50, p99 },
    },
    {
      ...{ group, name: `${name}, on one core`, value: Math.round(1_000 / mean), unit: 'promises/s' },
      ...{ baseline: null, ratio: null, goal: null, pass: null },
    },
  ]
}

/** A market with the network, goods and stock of a problem. */
function marketOf({ network, products, stock, orders }: SourcingFiles): CoreState {
  const at = orders[0]?.placedAt ?? 0
  const goods = products.map(({ sku, weightG }) => {
    return { sku, name: sku, skuClass: null, priceCents: null, ...(weightG === null ? {} : { weightG }) }
  })
  const items = (stock ?? []).map(({ sku, nodeId, available }) => {
    return { sku, nodeId, onHand: available, delta: null, reason: 'count' }
  })
  let state = carriedOut(emptyState('main'), 'ChangeNetwork', { change: { put: network }, by: group }, at)
  state = carriedOut(state, 'DefineProducts', { products: goods }, at)
  for (let i = 0; i < items.length; i += 500)
    state = carriedOut(state, 'AdjustStock', { items: items.slice(i, i + 500) }, at)
  return state
}

function carriedOut<T extends 'ChangeNetwork' | 'DefineProducts' | 'AdjustStock'>(
  state: CoreState,
  type: T,
  data: CommandData[T],
  at: number,
): CoreState {
  const verdict = decide(state, { commandId: '', type, data, at } as Parameters<typeof decide>[1])
  if ('refused' in verdict) throw new Error(`${type} was refused: ${verdict.refused}`)
  return verdict.events.reduce(evolve, state)
}

function timed(run: () => unknown): number {
  const began = performance.now()
  run()
  return performance.now() - began
}
