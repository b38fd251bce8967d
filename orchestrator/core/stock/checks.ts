// What every command on stock must bring: whole quantities in bounds, known nodes and SKUs, each position once. Pure.

import { refused, type Verdict } from '../decision.ts'
import type { CoreState } from '../state.ts'
import { stockKey } from './stock.ts'

/** Units that a single figure can hold at most. */
export const unitsMost = 1_000_000_000

/** Whether it is a whole number from `least` to a thousand million. */
export function isUnits(value: unknown, least = 1): value is number {
  return Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= unitsMost
}

/** The refusal of the first item whose quantity is not whole, or below `least`; null where all are fine. */
export function badQuantity<T extends { quantity: number }>(items: readonly T[], least = 1): Verdict | null {
  const odd = items.find(({ quantity }) => !isUnits(quantity, least))
  return odd === undefined ? null : refused('quantity_invalid', { ...odd })
}

/** The refusal of the first item at a node that is not defined. */
export function badNode(state: CoreState, items: readonly { nodeId: string }[]): Verdict | null {
  const odd = items.find(({ nodeId }) => !state.nodes.has(nodeId))
  return odd === undefined ? null : refused('node_unknown', { nodeId: odd.nodeId })
}

/** The refusal of the first item whose SKU does not pass. */
export function badSku(items: readonly { sku: string }[], isBad: (sku: string) => boolean): Verdict | null {
  const odd = items.find(({ sku }) => isBad(sku))
  return odd === undefined ? null : refused('sku_unknown', { sku: odd.sku })
}

/** The refusal of a position that stands there twice. */
export function twice(items: readonly { sku: string; nodeId: string }[]): Verdict | null {
  const seen = new Set<string>()
  for (const { sku, nodeId } of items) {
    const key = stockKey(sku, nodeId)
    if (seen.has(key)) return refused('position_twice', { sku, nodeId })
    seen.add(key)
  }
  return null
}

/** The first refusal, null where there is none; later checks are not made. */
export function firstOf(...checks: (() => Verdict | null)[]): Verdict | null {
  for (const check of checks) {
    const verdict = check()
    if (verdict !== null) return verdict
  }
  return null
}
