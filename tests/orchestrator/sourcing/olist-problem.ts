// The Olist data as a problem of sourcing in files: sellers are nodes, the rate card is learned from the freight that
// was charged. It reads what is there and makes up nothing but how goods may replace each other.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { api } from '#data/contracts'
import { parseCsv, type SourcingFiles } from '#orchestrator/sourcing'
import { plainNode, strategyFrom } from '../../../orchestrator/bench/sourcing/plain-network.ts'
import { greatCircleKm } from '../../../orchestrator/sourcing/network/distance.ts'

/**
 * What may be sent instead of what was sent: the same product from any seller that ever sold it, or any goods of the
 * category from a seller of it, at most as many as it really sold.
 */
export type Choice = 'same product' | 'same category'

/** The problem, and what the orders that were really placed cost by the same rate card. */
export interface OlistProblem {
  files: SourcingFiles
  /** Cost of the parcels as they went, in cents: a parcel for each seller of an order. */
  actualCents: number
  /** Parcels beyond the first of their orders. */
  actualSplits: number
  /** Orders that more than one seller could serve in part at least. */
  withChoice: number
  /** Share of single parcels whose charged freight is within 20 % of the card's. */
  fit: number
}

type Row = Record<string, string>

interface Item {
  orderId: string
  product: string
  category: string
  seller: string
  weightG: number
  freightCents: number
  km: number
}

const weightSteps = [0, 300, 600, 1_000, 2_000, 4_000, 8_000, 15_000, 60_000]
const kmSteps = [0, 60, 150, 400, 800, 1_300, 2_000, 3_000, 6_000]
/** Parcels of a cell at least; one with fewer costs what the distance before it costs. */
const seenLeast = 12

/**
 * The data as a problem.
 * @param most orders, the first ones; stock is of all
 */
export function olistProblem(folder: string, choice: Choice, most = Number.POSITIVE_INFINITY): OlistProblem {
  const items = itemsOf(folder)
  const bySeller = Map.groupBy(items.list, ({ seller }) => seller)
  const everyOrder = Map.groupBy(items.list, ({ orderId }) => orderId)
  const card = cardOf(items.list, everyOrder)
  const byOrder = new Map([...everyOrder].slice(0, most))
  const skuOf = (item: Item) => (choice === 'same product' ? item.product : item.category)
  const stock = stockOf(bySeller, skuOf, choice)
  const sellersOf = Map.groupBy(stock, ({ sku }) => sku)
  const orders = [...byOrder].map(([orderId, list]) => orderOf(orderId, list, items.placeOf(orderId), skuOf))
  const parcels = [...byOrder.values()].map((list) => [...Map.groupBy(list, ({ seller }) => seller).values()])
  const single = parcels.flatMap((each) => each.filter((list) => list.length === 1)).flat()
  const isNear = (item: Item) =>
    Math.abs(card.cents(item.weightG, item.km) - item.freightCents) <= item.freightCents / 5
  return {
    files: {
      network: {
        ...{ groups: [], calendars: [], lanes: [] },
        nodes: [...bySeller.keys()].map((seller) => nodeOf(seller, items.sellers.get(seller) ?? null)),
        carriers: [{ carrierId: 'post', name: 'post', isActive: true }],
        services: [serviceOf()],
        rateCards: [card.document],
      },
      stock,
      products: [],
      orders,
      strategy: strategyFrom('olist', { splitCents: 0, unservedCents: 1_000_000 }, false),
    },
    actualCents: parcels.flat().reduce((sum, list) => sum + card.cents(weightOf(list), list[0]?.km ?? 0), 0),
    actualSplits: parcels.reduce((sum, each) => sum + each.length - 1, 0),
    withChoice: [...byOrder.values()].filter((list) =>
      list.some((item) => (sellersOf.get(skuOf(item))?.length ?? 0) > 1),
    ).length,
    fit: single.filter(isNear).length / single.length,
  }
}

function weightOf(list: readonly Item[]): number {
  return list.reduce((sum, { weightG }) => sum + weightG, 0)
}

function table(folder: string, name: string): Row[] {
  const [head, ...body] = parseCsv(readFileSync(join(folder, `olist_${name}_dataset.csv`), 'utf8')).rows
  return body.map(({ cells }) =>
    Object.fromEntries((head?.cells ?? []).map((key, i) => [key, cells[i] ?? ''])),
  )
}

interface Spot {
  latitude: number
  longitude: number
}

/** Items with a weight, of orders and sellers whose places are known. */
function itemsOf(folder: string) {
  const spots = new Map(
    [...Map.groupBy(table(folder, 'geolocation'), (row) => row.geolocation_zip_code_prefix)].map(
      ([zip, rows]): [string, Spot] => [
        zip ?? '',
        {
          latitude: median(rows.map((row) => Number(row.geolocation_lat))),
          longitude: median(rows.map((row) => Number(row.geolocation_lng))),
        },
      ],
    ),
  )
  const customers = new Map(
    table(folder, 'customers').map((row) => [row.customer_id, row.customer_zip_code_prefix]),
  )
  const places = new Map(
    table(folder, 'orders').map((row) => [
      row.order_id,
      spots.get(customers.get(row.customer_id) ?? '') ?? null,
    ]),
  )
  const products = new Map(table(folder, 'products').map((row) => [row.product_id, row]))
  const sellers = new Map(
    table(folder, 'sellers').map((row) => [
      row.seller_id ?? '',
      spots.get(row.seller_zip_code_prefix ?? '') ?? null,
    ]),
  )
  const placeOf = (orderId: string) => places.get(orderId) ?? null
  const list = table(folder, 'order_items').flatMap((row): Item[] => {
    const { order_id: orderId = '', product_id: product = '', seller_id: seller = '' } = row
    const told = products.get(product)
    const weightG = Number(told?.product_weight_g ?? 0)
    const [to, from] = [placeOf(orderId), sellers.get(seller) ?? null]
    if (to === null || from === null || !(weightG > 0)) return []
    const category = told?.product_category_name || 'none'
    const freightCents = Math.round(Number(row.freight_value) * 100)
    return [{ orderId, product, category, seller, weightG, freightCents, km: greatCircleKm(from, to) }]
  })
  return { list, placeOf, sellers }
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? 0
}

const stepOf = (steps: readonly number[], value: number) =>
  Math.max(
    0,
    Math.min(
      steps.length - 2,
      steps.findLastIndex((step) => value >= step),
    ),
  )

/** Medians of what was charged for parcels of one item, by weight and distance. */
function cardOf(items: readonly Item[], byOrder: ReadonlyMap<string, readonly Item[]>) {
  const single = items.filter(
    ({ orderId, freightCents }) => byOrder.get(orderId)?.length === 1 && freightCents > 0,
  )
  const cell = (weight: number, km: number): number => {
    const own = single.filter(
      (item) => stepOf(weightSteps, item.weightG) === weight && stepOf(kmSteps, item.km) === km,
    )
    if (own.length < seenLeast && km > 0) return cell(weight, km - 1)
    return median(own.map(({ freightCents }) => freightCents))
  }
  const cells = weightSteps.slice(1).map((_, weight) => kmSteps.slice(1).map((__, km) => cell(weight, km)))
  const bands = cells.flatMap((row, weight) => row.map((cents, km) => bandOf(weight, km, cents)))
  const document: api.RateCard = {
    ...{ rateCardId: 'learned', serviceId: 'post', factor: 1 },
    ...{ validFrom: null, validUntil: null, freeFromCents: null, bands },
  }
  const cents = (weightG: number, km: number) =>
    cells[stepOf(weightSteps, weightG)]?.[stepOf(kmSteps, km)] ?? 0
  return { document, cents }
}

/** Both ends of a band are within it: one ends just below where the next begins. */
function bandOf(weight: number, km: number, baseCents: number): api.RateBand {
  const isLast = (steps: readonly number[], at: number) => at === steps.length - 2
  return {
    ...{
      origin: '*',
      destination: '*',
      zone: null,
      perKgCents: 0,
      perKmCents: 0,
      minimumCents: 0,
      baseCents,
    },
    weightFromG: weightSteps[weight] ?? 0,
    weightToG: isLast(weightSteps, weight) ? null : (weightSteps[weight + 1] ?? 0) - 1e-6,
    distanceFromKm: kmSteps[km] ?? 0,
    distanceToKm: isLast(kmSteps, km) ? null : (kmSteps[km + 1] ?? 0) - 1e-6,
  }
}

function serviceOf(): api.CarrierService {
  return {
    ...{
      serviceId: 'post',
      carrierId: 'post',
      name: 'post',
      isActive: true,
      dimDivisor: null,
      maxWeightG: null,
    },
    ...{ co2GramsPerTonneKm: null, deliveryDays: [], transit: { medianHours: 240, p90Hours: 480 } },
  }
}

function nodeOf(seller: string, spot: Spot | null): api.NetworkNode {
  const place = { latitude: spot?.latitude ?? null, longitude: spot?.longitude ?? null }
  return { ...plainNode(seller, 'warehouse'), ...place, timeZone: 'America/Sao_Paulo' }
}

function stockOf(
  bySeller: ReadonlyMap<string, readonly Item[]>,
  skuOf: (item: Item) => string,
  choice: Choice,
): NonNullable<SourcingFiles['stock']> {
  return [...bySeller].flatMap(([nodeId, list]) =>
    [...Map.groupBy(list, skuOf)].map(([sku, sold]) => ({
      ...{ nodeId, sku },
      available: choice === 'same product' ? null : sold.length,
    })),
  )
}

function orderOf(
  orderId: string,
  list: readonly Item[],
  spot: Spot | null,
  skuOf: (item: Item) => string,
): SourcingFiles['orders'][number] {
  return {
    ...{ orderId, method: 'delivery', channel: null, customerRef: null, placedAt: Date.UTC(2018, 0, 1) },
    destination: {
      ...{ country: 'BR', region: null, city: null, postalCode: null, zone: null, timeZone: null },
      ...{ latitude: spot?.latitude ?? null, longitude: spot?.longitude ?? null },
    },
    promisedAt: null,
    lines: list.map((item, i) => ({
      ...{
        lineId: String(i + 1),
        sku: skuOf(item),
        quantity: 1,
        unitPriceCents: null,
        weightG: item.weightG,
      },
    })),
    freight: 'prepaid',
    weightG: null,
  }
}
