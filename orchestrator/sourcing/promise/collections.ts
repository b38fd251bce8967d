// Ways to collect a cart: at stores that have it, and at stores that it is sent to, the nearest first. It promises
// nothing by itself.

import type { SourcingSession } from '../model/session.ts'
import { solveAlone } from '../model/solve-alone.ts'
import type { Destination, SourcingOrder } from '../world.ts'
import { placeOf } from './asked.ts'
import { type Draft, draftOf, type PromiseTerms } from './option.ts'

/** Stores farther away are not near, km. */
const nearKm = 150
/** Stores that are looked at. */
const storesMost = 50

type NodeFacts = SourcingSession['nodes'][number]

/** A node where the customer could collect. */
interface Store {
  facts: NodeFacts
  distanceKm: number | null
}

/** Open nodes near the customer that serve a method, the nearest first; where no distance is known, of the region. */
export function storesNear(method: string, to: Destination, session: SourcingSession): Store[] {
  const stores = session.nodes.flatMap((facts): Store[] => {
    const { node, isBlocked } = facts
    if (isBlocked || !node.methods.has(method)) return []
    const distanceKm = session.world.network.distanceKm(node.nodeId, to)
    const isNear =
      distanceKm === null ? to.region === null || node.region === to.region : distanceKm <= nearKm
    return isNear ? [{ facts, distanceKm }] : []
  })
  const at = ({ distanceKm }: Store) => distanceKm ?? Number.POSITIVE_INFINITY
  const idOf = ({ facts }: Store) => facts.node.nodeId
  return stores
    .sort((a, b) => (at(a) === at(b) ? (idOf(a) < idOf(b) ? -1 : 1) : at(a) - at(b)))
    .slice(0, storesMost)
}

type Terms = Pick<PromiseTerms, 'confidence'>

/** What stores have themselves: those with all of it first, each group the nearest first. */
export function pickupsOf(
  order: SourcingOrder,
  session: SourcingSession,
  { confidence }: Terms,
  optionsMost: number,
): Draft[] {
  const whole: Draft[] = []
  const parts: Draft[] = []
  for (const { facts, distanceKm } of storesNear(order.method, order.destination, session)) {
    const { model, plan } = solvedAt(order, session, facts.node.nodeId)
    if (plan.pieces.length === 0) continue
    const terms = { confidence, timeZone: facts.node.timeZone, collectAt: toldOf({ facts, distanceKm }) }
    const draft = draftOf(model, plan, terms)
    if (draft !== null) (draft.option.isWhole ? whole : parts).push(draft)
    if (whole.length >= optionsMost) break
  }
  return [...whole, ...parts].slice(0, optionsMost)
}

function solvedAt(order: SourcingOrder, session: SourcingSession, only: string) {
  const { order: model, plan } = solveAlone(order, session, { only })
  return { model, plan }
}

/** What other nodes send to stores, the nearest store first. */
export function sendingsOf(
  order: SourcingOrder,
  session: SourcingSession,
  { confidence }: Terms,
  optionsMost: number,
): Draft[] {
  const drafts: Draft[] = []
  for (const { facts, distanceKm } of storesNear('pickup', order.destination, session).slice(
    0,
    optionsMost,
  )) {
    const { node } = facts
    const avoided = new Map([...order.avoided, [node.nodeId, 'is where it would be sent to']])
    const there = { ...order, destination: placeOf(node), avoided }
    const { order: model, plan } = solveAlone(there, session, {})
    if (plan.pieces.length === 0) continue
    const terms = { confidence, timeZone: node.timeZone, collectAt: toldOf({ facts, distanceKm }) }
    const draft = draftOf(model, plan, terms)
    if (draft !== null) drafts.push(draft)
  }
  return drafts.sort((a, b) => Number(b.option.isWhole) - Number(a.option.isWhole))
}

function toldOf({ facts, distanceKm }: Store) {
  const { nodeId, name } = facts.node
  return { nodeId, nodeName: name, distanceKm: distanceKm === null ? null : Math.round(distanceKm * 10) / 10 }
}
