// Weighs nodes for units of an order: what each would cost, how long it would take, and what it lacks. It chooses
// nothing and changes nothing.

import {
  availableFor,
  backorderLimitOf,
  type CandidateRecord,
  type CoreState,
  type Incident,
  type Node,
  type Order,
  partsOfKey,
  settledAt,
  stockKey,
} from '#orchestrator/core'
import { type Lanes, laneKey } from './lanes.ts'

/** Units wanted of a line. */
export interface Want {
  lineId: string
  sku: string
  quantity: number
}

/** What nodes are weighed for. */
export interface Question {
  state: CoreState
  lanes: Lanes
  order: Order
  wants: readonly Want[]
  /** Epoch ms of the market. */
  now: number
  /** Where the work is now, null for new work. */
  from: { nodeId: string; carrier: string | null; isHeld: boolean } | null
  /** Nodes that are not chosen, with the reason in words. */
  avoided?: ReadonlyMap<string, string>
}

/** Cents that a day of lateness is taken to cost. */
const lateDayCents = 1_000
/** Cents that an hour until delivery is taken to cost, late or not. */
const hourCents = 4
/** Load above which a node becomes dearer, open work / daily capacity. */
const busyLoad = 0.4
/** Cents for each full day of work above that. */
const busyCents = 1_500
/** Hours and cents where history says nothing at all. */
const unknownWorkHours = 24
const unknownTransitHours = 72
const unknownFreightCents = 800
/** A lane counts fully from so many shipments on; below it is mixed with its node. */
const enoughShipments = 8

/** Every node that could be meant, the best feasible one first. Cost: nodes x wants. */
export function weigh(asked: Question): CandidateRecord[] {
  const question = { ...asked, state: settledAt(asked.state, positionsOf(asked), asked.now).state }
  const candidates: CandidateRecord[] = []
  for (const node of question.state.nodes.values()) {
    if (!concerns(question, node)) continue
    const carrier = carrierOf(question, node)
    candidates.push(weighOne(question, node, carrier))
    // To stay is always one of the choices.
    const { from } = question
    if (node.nodeId === from?.nodeId && carrier !== from.carrier) {
      candidates.push(weighOne(question, node, from.carrier))
    }
  }
  return candidates.sort(
    (a, b) =>
      Number(b.isFeasible) - Number(a.isFeasible) ||
      a.totalCents - b.totalCents ||
      (a.nodeId < b.nodeId ? -1 : 1),
  )
}

/** Where the goods are, and where the order's reservation holds them. */
function* positionsOf({ state, wants, order }: Question): Generator<{ sku: string; nodeId: string }> {
  for (const { sku } of wants) for (const key of state.stockOfSku.get(sku) ?? []) yield partsOfKey(key)
  yield* reservationFor(state, order)?.lines ?? []
}

/** A node that has nothing to do with the order's goods is not worth a line in the record. */
function concerns({ state, lanes, wants, from }: Question, node: Node): boolean {
  if (node.nodeId === from?.nodeId) return true
  return wants.some(({ sku }) => {
    if (state.stock.has(stockKey(sku, node.nodeId))) return true
    if (state.trackedNodes.has(node.nodeId)) return false
    const sellers = lanes.soldBy.get(sku)
    return sellers === undefined ? !state.stockOfSku.has(sku) : sellers.has(node.nodeId)
  })
}

function weighOne(question: Question, node: Node, carrier: string | null): CandidateRecord {
  const { state, order, from } = question
  const incident = incidentAt(state, 'node', node.nodeId)
  const { available, lacks } = stockAt(question, node)
  const failed = [...lacks]
  const isStay = from?.nodeId === node.nodeId && from.carrier === carrier
  const isSlow =
    from !== null && carrier === from.carrier && incidentAt(state, 'carrier', carrier) !== undefined
  if (isSlow && !isStay) failed.push('goes by the same slow carrier')
  if (!node.isActive) failed.push('takes no new work')
  const avoided = question.avoided?.get(node.nodeId)
  if (avoided !== undefined) failed.push(avoided)
  if (incident !== undefined && !isStay && from !== null) failed.push('has an open incident itself')
  if (order.method === 'pickup' || order.method === 'curbside') {
    if (from !== null && !isStay) failed.push('the customer collects at the other node')
    else if (node.type !== 'store') failed.push('customers cannot collect here')
    else if (from === null && !isNear(order, node)) failed.push("not in the customer's region")
  }
  const { hours, freightCents } = passageOf(question, node, carrier, incident)
  const terms = termsOf(question, node, hours, freightCents)
  const totalCents = terms.reduce((sum, term) => sum + term.cents, 0)
  const isFeasible = failed.length === 0
  return {
    nodeId: node.nodeId,
    carrier,
    isChosen: false,
    isFeasible,
    failed,
    available,
    hours,
    terms,
    totalCents,
  }
}

function isNear(order: Order, node: Node): boolean {
  const { region } = order.shipTo
  return region === null || node.region === region
}

/** Open incident at a node or carrier that is bad enough to count. */
export function incidentAt(
  state: CoreState,
  dimension: 'node' | 'carrier',
  value: string | null,
): Incident | undefined {
  const incidentId = state.openIncidents.get(`${dimension}/${value}`)
  return incidentId === undefined ? undefined : state.incidents.get(incidentId)
}

/** The node's most used carrier that has no open incident; where all have, the most used. None for collection. */
function carrierOf({ state, lanes, from, order }: Question, node: Node): string | null {
  if (order.method === 'pickup' || order.method === 'curbside') return null
  const carriers = lanes.carriers.get(node.nodeId) ?? node.carriers
  const usual = node.nodeId === from?.nodeId ? from.carrier : null
  const known = usual === null ? carriers : [usual, ...carriers.filter((carrier) => carrier !== usual)]
  return known.find((carrier) => incidentAt(state, 'carrier', carrier) === undefined) ?? known[0] ?? null
}

function stockAt({ state, wants, from, order }: Question, node: Node) {
  const holds = from?.isHeld === true && from.nodeId === node.nodeId
  let available: number | null = null
  const lacks: string[] = []
  const needed = new Map<string, number>()
  for (const { sku, quantity } of wants) needed.set(sku, (needed.get(sku) ?? 0) + quantity)
  for (const [sku, quantity] of needed) {
    const stock = state.stock.get(stockKey(sku, node.nodeId))
    if (stock === undefined) {
      if (state.trackedNodes.has(node.nodeId)) lacks.push(`does not stock ${sku}`)
      continue
    }
    const limit = backorderLimitOf(state, sku, node.nodeId)
    const own = heldFor(state, order, sku, node.nodeId) + (holds ? quantity : 0)
    const left = availableFor(stock, channelOf(state, order)) + limit + own
    available = available === null ? left : Math.min(available, left)
    if (left < quantity) lacks.push(`has ${Math.max(0, left)} of ${quantity} ${sku}`)
  }
  return { available, lacks }
}

/** The reservation that the order's units replace, while it holds. */
function reservationFor(state: CoreState, { reservationId }: Order) {
  return reservationId === null ? undefined : state.reservations.get(reservationId)
}

/** The channel whose ring fence the order may use. */
function channelOf(state: CoreState, order: Order): string | null {
  return reservationFor(state, order)?.channel ?? order.channel
}

/** Units that its reservation holds for the order there; those out of a ring fence are back in it by then. */
function heldFor(state: CoreState, order: Order, sku: string, nodeId: string): number {
  const lines = reservationFor(state, order)?.lines ?? []
  return lines.find((line) => line.sku === sku && line.nodeId === nodeId)?.quantity ?? 0
}

/** Hours until the customer has it and cents for carriage, from history, stretched by open incidents. */
function passageOf(
  { lanes, order, state }: Question,
  node: Node,
  carrier: string | null,
  incident: Incident | undefined,
): { hours: number; freightCents: number } {
  const own = lanes.nodes.get(node.nodeId)
  const lane = lanes.lanes.get(laneKey(node.nodeId, order.shipTo.region ?? 'unknown'))
  const mixed = (name: 'transitHours' | 'freightCents', last: number): number => {
    const wide = own?.[name] ?? lanes.all[name] ?? last
    const weight = Math.min(1, (lane?.count ?? 0) / enoughShipments)
    return weight * (lane?.[name] ?? wide) + (1 - weight) * wide
  }
  const isCollected = order.method === 'pickup' || order.method === 'curbside'
  const work = (own?.workHours ?? lanes.all.workHours ?? unknownWorkHours) * stretchOf(incident)
  const slow = stretchOf(incidentAt(state, 'carrier', carrier))
  const transit = isCollected ? 0 : mixed('transitHours', unknownTransitHours) * slow
  const freightCents = isCollected ? 0 : Math.round(mixed('freightCents', unknownFreightCents))
  return { hours: round(work + transit), freightCents }
}

/** How many times longer things take under an incident: what was seen against what is usual, 2 to 8. */
function stretchOf(incident: Incident | undefined): number {
  if (incident === undefined) return 1
  const { value, expected } = incident
  const seen =
    value !== null && expected !== null && expected > 0
      ? Math.max(value / expected, expected / Math.max(value, 1e-9))
      : 3
  return Math.min(8, Math.max(2, seen))
}

function termsOf({ state, order, now }: Question, node: Node, hours: number, freightCents: number) {
  const load = node.dailyCapacity ? (state.openByNode.get(node.nodeId)?.size ?? 0) / node.dailyCapacity : 0
  const lateDays =
    order.promisedAt === null ? 0 : Math.max(0, (now + hours * 3_600_000 - order.promisedAt) / 86_400_000)
  return [
    { name: 'carriage', cents: freightCents },
    { name: 'handling', cents: node.processingCostCents ?? 0 },
    { name: 'time', cents: Math.round(hours * hourCents) },
    { name: 'lateness', cents: Math.round(Math.min(lateDays, 10) * lateDayCents) },
    { name: 'load', cents: Math.round(Math.max(0, load - busyLoad) * busyCents) },
  ].filter((term) => term.cents !== 0)
}

function round(hours: number): number {
  return Math.round(hours * 10) / 10
}
