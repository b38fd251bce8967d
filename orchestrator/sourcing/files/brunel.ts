// Turns the "Supply chain logistics problem" of Brunel University into a network, stock and orders in the format of
// this project. It solves nothing.

import type { api } from '#data/contracts'
import { fail } from '#data/kernel'
import { blankNode } from '#orchestrator/core'
import { bareDraft } from './bare-draft.ts'
import type { SourcingFiles, StockRow } from './problem-files.ts'
import { cell, numberIn, type Sheet, type Sheets, sheetOf, textIn } from './sheets.ts'

/** Cents in a unit of the data's currency. */
const cents = 100
/** Grams of a weight in the data, to a millionth: bands end at exact weights. */
const gramsOf = (weight: number) => Math.round(weight * 1e9) / 1e6
/** The service level at which the customer pays the carrier. */
const referred = 'CRF'

/** Tables of the workbook, by the name of the sheet or file. */
const tables = {
  orders: 'OrderList',
  rates: 'FreightRates',
  costs: 'WhCosts',
  capacities: 'WhCapacities',
  products: 'ProductsPerPlant',
  customers: 'VmiCustomers',
  ports: 'PlantPorts',
} as const

/**
 * The workbook as a problem: a plant is a node, its ports are groups that rates start at, a plant that lists a product
 * has as much of it as is wanted, an order is one line that goes whole from one plant.
 * @param capacityFactor on the orders that each plant can take in its day
 * @source "Supply chain logistics problem", Brunel University London, CC BY 4.0
 * @throws SOURCING_FILE_INVALID
 */
export function fromBrunel(sheets: Sheets, capacityFactor: number): SourcingFiles {
  const of = (name: keyof typeof tables) => sheetOf(sheets, tables[name])
  const nodes = nodesOf(of('costs'), of('capacities'), of('ports'), of('customers'), capacityFactor)
  const { carriers, services, rateCards } = freightOf(of('rates'))
  const ports = new Set(nodes.flatMap((node) => node.groupIds))
  const orders = ordersOf(of('orders'))
  const known = new Set(nodes.map(({ nodeId }) => nodeId))
  const network: api.NetworkDocument = {
    nodes,
    groups: [...ports].sort().map((groupId) => ({ groupId, name: groupId })),
    calendars: [],
    carriers,
    services,
    lanes: [],
    rateCards,
  }
  return {
    network,
    stock: stockOf(of('products'), known),
    products: [],
    orders,
    strategy: {
      ...bareDraft('brunel', 'As many orders as possible, then as cheaply as possible'),
      constraints: [hard('no_partial'), { ...hard('max_nodes_per_order'), limit: 1 }, hard('capacity')],
      prices: { ...bareDraft('brunel', '').prices, unservedOrderCents: moreThanAll(network, orders) },
    },
  }
}

const hard = (name: api.ConstraintName): api.StrategyConstraint => ({
  name,
  kind: 'hard',
  limit: null,
  priceCents: 0,
  values: [],
})

/**
 * A price of an order without a plant above everything that taking one more order can cost: it moves at most one order
 * at each plant.
 */
function moreThanAll(network: api.NetworkDocument, orders: SourcingFiles['orders']): number {
  const units = Math.max(0, ...orders.map(({ lines }) => lines[0]?.quantity ?? 0))
  const kilos = Math.max(0, ...orders.map(({ weightG }) => (weightG ?? 0) / 1_000))
  const unitCents = Math.max(0, ...network.nodes.map((node) => node.unitCostCents ?? 0))
  const bands = network.rateCards.flatMap((card) => card.bands)
  const dearest = bands.reduce((most, band) => Math.max(most, band.minimumCents, band.perKgCents * kilos), 0)
  return Math.ceil(2 * (network.nodes.length + 1) * (units * unitCents + dearest + 1))
}

function nodesOf(
  costs: Sheet,
  capacities: Sheet,
  ports: Sheet,
  customers: Sheet,
  factor: number,
): api.NetworkNode[] {
  const costOf = new Map(
    costs.rows.map((row) => [
      textIn(row, ['WH', 'Plant_Code']),
      numberIn(row, ['Cost/unit', 'Cost_Per_Unit']),
    ]),
  )
  const portsOf = listed(ports, ['Port', 'Ports'])
  const customersOf = listed(customers, ['Customer', 'Customers'])
  return capacities.rows.map((row) => {
    const plant = textIn(row, ['Plant ID', 'Plant_Code'])
    const daily = numberIn(row, ['Daily Capacity', 'Daily_Capacity'])
    const cost = costOf.get(plant)
    if (cost === undefined)
      throw fail('SOURCING_FILE_INVALID', {
        file: row.file,
        row: row.row,
        reason: `${plant} has no cost per unit`,
      })
    return {
      ...blankNode(plant),
      ...{ name: plant, type: 'warehouse', timeZone: 'UTC', methods: ['delivery'] },
      groupIds: portsOf.get(plant) ?? [],
      unitCostCents: cost * cents,
      // A part of an order cannot be worked on.
      capacity: { ...blankNode(plant).capacity, ordersPerDay: Math.floor(daily * factor + 1e-9) },
      onlyCustomers: customersOf.get(plant) ?? [],
    }
  })
}

function listed(sheet: Sheet, names: readonly string[]): Map<string, string[]> {
  const groups = Map.groupBy(sheet.rows, (row) => textIn(row, ['Plant Code', 'Plant_Code']))
  return new Map(
    [...groups].map(([plant, rows]) => [plant, [...new Set(rows.map((row) => textIn(row, names)))]]),
  )
}

/** Every carrier is a service: nothing else about a row matters, since its days are not weighed. */
function freightOf(rates: Sheet): Pick<api.NetworkDocument, 'carriers' | 'services' | 'rateCards'> {
  const byCarrier = Map.groupBy(rates.rows, (row) => textIn(row, ['Carrier']))
  const ids = [...byCarrier.keys()].sort()
  return {
    carriers: ids.map((carrierId) => ({ carrierId, name: carrierId, isActive: true })),
    services: ids.map((carrierId) => ({
      serviceId: carrierId,
      carrierId,
      name: carrierId,
      isActive: true,
      dimDivisor: null,
      maxWeightG: null,
      co2GramsPerTonneKm: null,
      deliveryDays: [],
      transit: { medianHours: 0, p90Hours: 0 },
    })),
    rateCards: ids.map((carrierId) => ({
      rateCardId: carrierId,
      serviceId: carrierId,
      factor: 1,
      validFrom: null,
      validUntil: null,
      freeFromCents: null,
      bands: distinct((byCarrier.get(carrierId) ?? []).map(bandOf)),
    })),
  }
}

function bandOf(row: Sheet['rows'][number]): api.RateBand {
  return {
    origin: textIn(row, ['orig_port_cd', 'Orig_Port']),
    destination: textIn(row, ['dest_port_cd', 'Dest_Port']),
    zone: null,
    weightFromG: gramsOf(numberIn(row, ['minm_wgh_qty', 'Min_Weight_Quant'])),
    weightToG: gramsOf(numberIn(row, ['max_wgh_qty', 'Max_Weight_Quant'])),
    distanceFromKm: 0,
    distanceToKm: null,
    baseCents: 0,
    perKgCents: numberIn(row, ['rate']) * cents,
    perKmCents: 0,
    minimumCents: numberIn(row, ['minimum cost', 'Min_Cost']) * cents,
  }
}

function distinct(bands: readonly api.RateBand[]): api.RateBand[] {
  return [...new Map(bands.map((band) => [JSON.stringify(band), band])).values()]
}

function stockOf(products: Sheet, plants: ReadonlySet<string>): StockRow[] {
  return products.rows
    .map((row) => ({
      nodeId: textIn(row, ['Plant Code', 'Plant_Code']),
      sku: textIn(row, ['Product ID', 'Product_ID']),
    }))
    .filter(({ nodeId }) => plants.has(nodeId))
    .map(({ nodeId, sku }) => ({ nodeId, sku, available: null }))
}

function ordersOf(orders: Sheet): SourcingFiles['orders'] {
  return orders.rows.map((row) => ({
    orderId: textIn(row, ['Order ID', 'Order_ID']),
    method: 'delivery' as const,
    channel: null,
    customerRef: textIn(row, ['Customer']),
    destination: {
      country: null,
      region: null,
      city: null,
      postalCode: null,
      zone: textIn(row, ['Destination Port', 'Dest_Port']),
      latitude: null,
      longitude: null,
      timeZone: null,
    },
    placedAt: dateOf(cell(row, ['Order Date', 'Order_Date'])),
    promisedAt: null,
    lines: [
      {
        lineId: '1',
        sku: textIn(row, ['Product ID', 'Product_ID']),
        quantity: numberIn(row, ['Unit quantity', 'Unit_Quant']),
        unitPriceCents: null,
        weightG: null,
      },
    ],
    freight:
      textIn(row, ['Service Level', 'Service_Level']) === referred
        ? ('collect' as const)
        : ('prepaid' as const),
    weightG: gramsOf(numberIn(row, ['Weight'])),
  }))
}

/** Epoch ms of a date as the workbook (a date) or the CSV file (M/D/YY) has it. */
function dateOf(value: unknown): number {
  if (value instanceof Date) return value.getTime()
  const [month, day, year] = String(value).split('/').map(Number)
  return Date.UTC(2000 + (year ?? 0), (month ?? 1) - 1, day ?? 1)
}
