// What an order asks for, by SKU, with what is known of weight, size and value. It knows no nodes.

import type { SourcingOrder, SourcingWorld } from '../world.ts'

/** Wanted goods of an order: each SKU once, as solvers ask for. NaN = unknown. */
export interface Goods {
  skus: readonly string[]
  quantities: readonly number[]
  /** Of one unit, g, cubic mm, cents. */
  weights: readonly number[]
  volumes: readonly number[]
  values: readonly number[]
  /** Lines of the order that ask for a SKU, in their order. */
  lines: readonly (readonly { lineId: string; quantity: number }[])[]
  units: number
  valueCents: number
  /** Grams that a piece of work weighs at most; Infinity where some weight is not known. */
  mostG: number
}

function mostGrams(weights: readonly number[], quantities: readonly number[]): number {
  let grams = 0
  for (const [i, weight] of weights.entries()) grams += weight * (quantities[i] ?? 0)
  // Weights of pieces are rounded to a millionth.
  return Number.isNaN(grams) ? Number.POSITIVE_INFINITY : grams * (1 + 1e-9) + 1e-3
}

/** A number that can be a weight, a length or a price; NaN where it cannot. */
function known(value: number | null | undefined): number {
  return value !== null && value !== undefined && value >= 0 && Number.isFinite(value) ? value : Number.NaN
}

/** Lines of the order by SKU. Lines without a unit are left out; a part of a unit counts as none. */
export function goodsOf(order: SourcingOrder, product: SourcingWorld['product']): Goods {
  const bySku = new Map<
    string,
    { lines: { lineId: string; quantity: number }[]; weight: number; value: number }
  >()
  for (const { lineId, sku, quantity: asked, unitPriceCents, weightG } of order.lines) {
    const quantity = Math.floor(asked)
    if (!(quantity > 0)) continue
    let found = bySku.get(sku)
    if (found === undefined) {
      found = { lines: [], weight: 0, value: 0 }
      bySku.set(sku, found)
    }
    found.lines.push({ lineId, quantity })
    found.weight += quantity * known(weightG ?? product(sku)?.weightG)
    found.value += quantity * known(unitPriceCents)
  }
  const skus = [...bySku.keys()]
  const entries = [...bySku.values()]
  const quantities = entries.map(({ lines }) => lines.reduce((sum, { quantity }) => sum + quantity, 0))
  const units = quantities.reduce((sum, quantity) => sum + quantity, 0)
  const weights = weightsOf(order.weightG, entries, quantities, units)
  return {
    skus,
    quantities,
    weights,
    volumes: skus.map((sku) => {
      const facts = product(sku)
      return facts === null
        ? Number.NaN
        : known(facts.lengthMm) * known(facts.widthMm) * known(facts.heightMm)
    }),
    values: entries.map(({ value }, i) => value / (quantities[i] ?? 1)),
    lines: entries.map(({ lines }) => lines),
    units,
    valueCents: entries.reduce((sum, { value }) => sum + value, 0),
    mostG: mostGrams(weights, quantities),
  }
}

/** Of one unit of each SKU. A weight of the whole, where told, is shared out by those of the units, else evenly. */
function weightsOf(
  whole: number | null,
  entries: readonly { weight: number }[],
  quantities: readonly number[],
  units: number,
): number[] {
  const told = known(whole)
  const sum = entries.reduce((total, { weight }) => total + weight, 0)
  return entries.map(({ weight }, i) => {
    const own = weight / (quantities[i] ?? 1)
    if (Number.isNaN(told)) return own
    return sum > 0 ? (own * told) / sum : told / units
  })
}
