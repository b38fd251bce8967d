// Turns orders and a world into a problem for solvers, with what is needed to read answers back. It solves nothing.

import type { Problem, SolverOrder } from '../solve/problem.ts'
import type { SourcingOrder, SourcingWorld } from '../world.ts'
import { CapacityRows } from './capacity.ts'
import { isCollected, type Trip } from './courses.ts'
import type { NodeFacts } from './facts.ts'
import { type Goods, goodsOf } from './goods.ts'
import { comparePlaces, type PlaceModel, placeOf } from './places.ts'
import { openSession, SourcingSession } from './session.ts'
import { standOf } from './stands.ts'
import type { Asked, Stand } from './way-parts.ts'

/** An order in a problem. */
export interface OrderModel {
  order: SourcingOrder
  goods: Goods
  trip: Trip
  asked: Asked
  places: readonly PlaceModel[]
  /** Nodes that may have the goods and can send nothing; kept where it is asked for. */
  rejected: readonly Rejected[]
  solver: SolverOrder
}

/** A node that can send nothing; without a stand where no order at all can have it. */
export interface Rejected {
  facts: NodeFacts
  stand: Stand | null
}

/** A problem with what it was made of. */
export interface Model {
  session: SourcingSession
  problem: Problem
  orders: readonly OrderModel[]
}

/** How a problem is made. */
export interface BuildOptions {
  /** Only this node. */
  only?: string | null
  /** Every day that work could leave on, as batches need; else those that an order on its own could want. */
  isEveryDay?: boolean
  /** One place for all of it or nothing, as for work that is moved. */
  isOnePiece?: boolean
  /** Of places that could send all of it only so many, the cheapest, with every day that work could leave on. */
  placesMost?: number
  /** Nodes that can send nothing are kept, for explanations. */
  keepsRejected?: boolean
  /** A node that is taken to be so much cheaper, to see whether it would win. */
  cheaper?: { nodeId: string; cents: number }
  /** Instead of the strategy's price of a unit that is not served. */
  unservedCents?: number
}

/** The problem of sourcing orders in a world. Cost: orders x nodes x ways. */
export function buildProblem(
  orders: readonly SourcingOrder[],
  world: SourcingWorld | SourcingSession,
  options: BuildOptions = {},
): Model {
  const session = world instanceof SourcingSession ? world : openSession(world)
  const draft = new Draft(session, options)
  for (const order of orders) draft.add(order)
  return draft.model()
}

/** The same in steps, so that others can run between orders. @param rest called after each order */
export async function buildInSteps(
  orders: readonly SourcingOrder[],
  session: SourcingSession,
  options: BuildOptions,
  rest: () => Promise<unknown>,
): Promise<Model> {
  const draft = new Draft(session, options)
  for (const order of orders) {
    draft.add(order)
    await rest()
  }
  return draft.model()
}

/** A problem to which one order after the other is added. */
class Draft {
  readonly #session: SourcingSession
  readonly #options: BuildOptions
  readonly #rows: CapacityRows
  readonly #skus = new Map<string, number>()
  readonly #models: OrderModel[] = []

  constructor(session: SourcingSession, options: BuildOptions) {
    this.#session = session
    this.#options = options
    this.#rows = new CapacityRows(session)
  }

  add(order: SourcingOrder): void {
    const goods = goodsOf(order, this.#session.world.product)
    for (const sku of goods.skus) if (!this.#skus.has(sku)) this.#skus.set(sku, this.#skus.size)
    this.#models.push(orderOf(order, goods, this.#session, this.#rows, this.#options, this.#skus))
  }

  model(): Model {
    const models = this.#models
    const problem: Problem = {
      nodes: this.#session.nodes.length,
      skus: this.#skus.size,
      orders: models.map(({ solver }) => solver),
      stock: stockOf(models, this.#skus.size),
      capacities: this.#rows.rows,
    }
    return { session: this.#session, problem, orders: models }
  }
}

/** Units by node and SKU. Orders of one problem see the same. */
function stockOf(models: readonly OrderModel[], skuCount: number): Problem['stock'] {
  const [first, ...others] = models
  if (first !== undefined && others.length === 0) {
    const byNode: (readonly number[] | undefined)[] = []
    for (const { node, stand } of first.places) byNode[node] = stand.available
    // Its lines are its SKUs, in their order.
    return (node, sku) => Math.max(0, byNode[node]?.[sku] ?? 0)
  }
  const stock = new Map<number, number>()
  for (const { places, solver } of models) {
    for (const { node, stand } of places) {
      for (let i = 0; i < stand.available.length; i++) {
        const key = node * skuCount + (solver.lines[i]?.sku ?? 0)
        stock.set(key, Math.max(0, stand.available[i] ?? 0))
      }
    }
  }
  return (node, sku) => stock.get(node * skuCount + sku) ?? 0
}

function orderOf(
  order: SourcingOrder,
  goods: Goods,
  session: SourcingSession,
  rows: CapacityRows,
  options: BuildOptions,
  skus: ReadonlyMap<string, number>,
): OrderModel {
  const { rules } = session
  const terms = { now: session.world.now, promisedAt: order.promisedAt }
  const trip: Trip = { order, goods, session, terms, rows, isEveryDay: options.isEveryDay ?? false }
  const asked = askedOf(trip)
  const places: PlaceModel[] = []
  const rejected: Rejected[] = []
  for (const facts of nodesFor(goods, session, options.only ?? order.onlyNodeId ?? null)) {
    const stand = facts.isBlocked ? null : standOf(order, goods, facts, session)
    if (stand !== null && facts.node.nodeId === options.cheaper?.nodeId)
      stand.softCents -= options.cheaper.cents
    const place = stand === null ? null : placeOf(trip, asked, stand)
    if (place !== null) places.push(place)
    else if (options.keepsRejected) rejected.push({ facts, stand })
  }
  if (options.placesMost !== undefined) shorten(places, options.placesMost, trip, asked)
  places.sort(comparePlaces)
  const { maxNodes, maxNodesPerLine, splitCost } = limitsOf(session)
  const solver: SolverOrder = {
    id: order.orderId,
    lines: goods.skus.map((sku, i) => ({ sku: skus.get(sku) ?? 0, quantity: goods.quantities[i] ?? 0 })),
    places,
    splitCost,
    maxNodes: options.isOnePiece ? 1 : maxNodes,
    maxNodesPerLine,
    isWhole: options.isOnePiece === true || rules.isHard('no_partial'),
    unservedCost: options.unservedCents ?? unservedCents(goods, session),
  }
  return { order, goods, trip, asked, places, rejected, solver }
}

/** Leaves the cheapest places for all of an order, and gives them the days that others may leave it. */
function shorten(places: PlaceModel[], most: number, trip: Trip, asked: Asked): void {
  const { quantities } = trip.goods
  const priced = places.flatMap((place) => {
    if (!quantities.every((units, i) => (place.stand.available[i] ?? -1) >= units)) return []
    let cents = Number.POSITIVE_INFINITY
    for (const way of place.ways) cents = Math.min(cents, way.cost(quantities))
    return cents === Number.POSITIVE_INFINITY ? [] : [{ place, cents }]
  })
  priced.sort((a, b) => a.cents - b.cents || comparePlaces(a.place, b.place))
  const kept = priced.slice(0, most).map(({ place }) => place)
  const every = { ...trip, isEveryDay: true }
  places.splice(
    0,
    places.length,
    ...kept.map(({ stand }, i) => placeOf(every, asked, stand) ?? kept[i]).filter(isPlace),
  )
}

function isPlace(place: PlaceModel | undefined): place is PlaceModel {
  return place !== undefined
}

/** What is the same for every way of an order. */
function askedOf({ order, goods, session }: Trip): Asked {
  const { rules } = session
  return {
    session,
    goods,
    prices: session.prices(order),
    isCollect: order.freight === 'collect',
    isCollected: isCollected(order),
    promisedAt: order.promisedAt,
    thresholds: rules.of('value_threshold'),
    safetyPrice: rules.isHard('safety_stock') ? 0 : rules.softPrice('safety_stock'),
    capacityPrice: rules.isHard('capacity') ? 0 : rules.softPrice('capacity'),
  }
}

/** Nodes that may have some of the goods; each once. */
export function nodesFor(goods: Goods, session: SourcingSession, only: string | null): readonly NodeFacts[] {
  if (only !== null) {
    const facts = session.node(only)
    return facts === undefined ? [] : [facts]
  }
  const found: NodeFacts[] = []
  const isFound = new Uint8Array(session.nodes.length)
  for (const sku of goods.skus) {
    const nodeIds = session.world.stock.nodesOf(sku)
    if (nodeIds === null) return session.nodes
    for (const nodeId of nodeIds) {
      const facts = session.node(nodeId)
      if (facts === undefined || isFound[facts.index] === 1) continue
      isFound[facts.index] = 1
      found.push(facts)
    }
  }
  return found
}

/** Price of a piece of work beyond the first, and how many there may be. */
function limitsOf({ rules, world }: SourcingSession) {
  const { weights, prices } = world.strategy
  const isWholeCents = world.rounding === 'cents'
  // A soft limit of one node is a price of each piece beyond it; higher ones are added when plans are read.
  const soft = rules
    .of('max_nodes_per_order')
    .reduce((sum, rule) => sum + (!rule.isHard && (rule.limit ?? 1) <= 1 ? rule.priceCents : 0), 0)
  const cents = weights.split * prices.splitCents
  return {
    splitCost: isWholeCents ? Math.round(cents) + Math.round(soft) : cents + soft,
    maxNodes: hardCount(rules.isHard('max_nodes_per_order'), rules.hardLimit('max_nodes_per_order')),
    maxNodesPerLine: hardCount(rules.isHard('max_nodes_per_line'), rules.hardLimit('max_nodes_per_line')),
  }
}

/** A hard limit without a number is one. */
function hardCount(isHard: boolean, limit: number | null): number {
  return isHard ? Math.floor(limit ?? 1) : Number.POSITIVE_INFINITY
}

function unservedCents({ units }: Goods, { rules, world }: SourcingSession): number {
  const { unservedCents: each, unservedOrderCents } = world.strategy.prices
  return each + rules.softPrice('no_partial') + (units > 0 ? unservedOrderCents / units : 0)
}
