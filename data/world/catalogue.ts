// The products of Fabrikam: classes, prices, weights, sizes and how much each is wanted. It holds no stock.

import type { Random } from '#data/kernel'
import { type Lottery, lottery } from './lottery.ts'
import type { Network } from './network.ts'

/** A class of products. */
export interface SkuClass {
  name: string
  code: string
  /** Share of all order lines. */
  share: number
  /** Typical price, cents, and weight, grams. */
  priceCents: number
  weightG: number
  /** Share of delivered lines that come back, and why (weights as in `returnReasons`). */
  returnShare: number
  returnReasons: readonly number[]
  nouns: readonly string[]
}

/** Why goods come back. */
export const returnReasons = ['size', 'changed mind', 'damaged', 'not as described', 'defective'] as const

type Row = [
  name: string,
  code: string,
  share: number,
  priceCents: number,
  weightG: number,
  returnShare: number,
  reasons: number[],
  nouns: string,
]

const rows: Row[] = [
  ['apparel', 'APP', 0.3, 3400, 320, 0.115, [6, 2, 0.4, 1, 0.2], 'tee|shirt|jacket|jeans|sweater|dress|cap'],
  ['footwear', 'FOO', 0.14, 8200, 1050, 0.1, [7, 2, 0.4, 1, 0.3], 'sneaker|boot|sandal|loafer|runner'],
  ['home', 'HOM', 0.18, 5200, 2300, 0.045, [0.3, 3, 3, 1.5, 0.8], 'lamp|rug|pillow|shelf|vase|throw|mirror'],
  [
    'electronics',
    'ELE',
    0.12,
    12_500,
    780,
    0.065,
    [0, 2, 1, 1.5, 4],
    'headphones|speaker|charger|camera|clock',
  ],
  ['toys', 'TOY', 0.1, 2600, 640, 0.03, [0.2, 3, 1.5, 1.5, 1.5], 'puzzle|robot|blocks|kite|train|plush'],
  ['beauty', 'BEA', 0.09, 2200, 240, 0.02, [0, 3, 2, 2, 0.5], 'serum|soap|balm|brush|perfume'],
  ['outdoor', 'OUT', 0.07, 7400, 1900, 0.055, [2, 2, 1, 1.5, 1.5], 'tent|bottle|backpack|lantern|hammock'],
]

/** The classes; a product knows its class by the index here. */
export const skuClasses: readonly SkuClass[] = rows.map(
  ([name, code, share, priceCents, weightG, returnShare, reasons, nouns]) => ({
    name,
    code,
    share,
    priceCents,
    weightG,
    returnShare,
    returnReasons: reasons,
    nouns: nouns.split('|'),
  }),
)

const adjectives =
  'Harbor|Cedar|Summit|Velvet|Copper|Meadow|Nordic|Coastal|Amber|Willow|Granite|Juniper'.split('|')

/** A product. Lengths in mm. */
export interface Product {
  sku: string
  name: string
  skuClass: number
  priceCents: number
  costCents: number
  weightG: number
  lengthMm: number
  widthMm: number
  heightMm: number
  /** Share of all order lines. */
  share: number
  /** Node of the vendor that alone has it, -1 where Fabrikam stocks it. */
  vendor: number
  /** Stores have only what sells. */
  inStores: boolean
}

/** The products, with a draw for each class. */
export interface Catalogue {
  products: readonly Product[]
  /** Draws the place of a product within its class. */
  draws: readonly Lottery[]
  /** First product of each class; a class's products lie together. */
  firsts: readonly number[]
  /** Products by how much they are wanted, most first. */
  byShare: readonly number[]
}

/** The catalogue of a seed. */
export function catalogueOf(count: number, network: Network, random: Random): Catalogue {
  const products: Product[] = []
  const firsts: number[] = []
  const draws: Lottery[] = []
  skuClasses.forEach((skuClass, index) => {
    const left = count - products.length
    const wanted = index === skuClasses.length - 1 ? left : Math.max(2, Math.round(count * skuClass.share))
    const size = Math.min(wanted, left - (skuClasses.length - 1 - index))
    const weights = Array.from({ length: size }, (_, rank) => 1 / (rank + 2.5) ** 0.95)
    const sum = weights.reduce((total, weight) => total + weight, 0)
    firsts.push(products.length)
    draws.push(lottery(weights, 16_384))
    weights.forEach((weight, rank) => {
      products.push(productOf(index, rank, (weight / sum) * skuClass.share, size, network, random))
    })
  })
  const byShare = products.map((_, sku) => sku)
  byShare.sort((a, b) => (products[b]?.share ?? 0) - (products[a]?.share ?? 0) || a - b)
  return { products, draws, firsts, byShare }
}

function productOf(
  index: number,
  rank: number,
  share: number,
  size: number,
  network: Network,
  random: Random,
): Product {
  const skuClass = skuClasses[index] as SkuClass
  const spread = Math.exp(random.normal(0, 0.45))
  const priceCents = Math.max(499, Math.round((skuClass.priceCents * spread) / 100) * 100 - 1)
  const weightG = Math.max(60, Math.round(skuClass.weightG * Math.exp(random.normal(0, 0.4))))
  const edge = Math.cbrt(weightG * 4500)
  return {
    sku: `${skuClass.code}-${String(rank + 1).padStart(4, '0')}`,
    name: `${random.pick(adjectives)} ${random.pick(skuClass.nouns)}`,
    skuClass: index,
    priceCents,
    costCents: Math.round(priceCents * (0.38 + 0.2 * random.next())),
    weightG,
    lengthMm: Math.round(edge * (1.1 + 0.6 * random.next())),
    widthMm: Math.round(edge * (0.8 + 0.4 * random.next())),
    heightMm: Math.round(edge * (0.4 + 0.4 * random.next())),
    share,
    vendor: vendorOf(skuClass.name, rank, network),
    inStores: rank < size * 0.6,
  }
}

const vendorClasses: Record<string, { node: string; every: number }> = {
  home: { node: 'grand-rapids', every: 6 },
  outdoor: { node: 'portland', every: 5 },
}

function vendorOf(name: string, rank: number, network: Network): number {
  const rule = vendorClasses[name]
  if (rule === undefined || rank % rule.every !== rule.every - 1) return -1
  return network.nodes.findIndex((node) => node.id === rule.node)
}
