// What a what-if changes for each order, with the reason in words: which node it leaves, which one has it then, and
// what is different there. Pure.

import type { api } from '#data/contracts'
import type { SourcingOrder, SourcingPlan } from '../world.ts'
import type { AskedOrder } from './asked-order.ts'
import { riskOf } from './figures.ts'
import type { Scene } from './scene.ts'

type Change = api.WhatIfAnswer['changes'][number]
type Refused = api.WhatIfAnswer['refused'][number]

/** Changes that are told, those that change the cost most. */
const changesMost = 1_000

/** What both sides are compared by. */
export interface Compared {
  orders: readonly AskedOrder[]
  before: readonly SourcingPlan[]
  after: readonly SourcingPlan[]
  scenes: { before: Scene; after: Scene }
  overrides: api.WhatIfOverrides
}

/** Orders that go otherwise: how many, and those that change the cost most. */
export function changesOf({ orders, before, after, scenes, overrides }: Compared): {
  changedOrders: number
  changes: Change[]
} {
  const changes = orders.flatMap(({ order, externalId }, i): Change[] => {
    const [was, is] = [before[i], after[i]]
    if (was === undefined || is === undefined || isSame(was, is)) return []
    return [
      {
        orderId: order.orderId,
        externalId,
        before: waysOf(was),
        after: waysOf(is),
        costCents: Math.round(is.costCents - was.costCents),
        lateRisk: riskChange(order, was, is),
        reason: reasonOf(order, was, is, scenes, overrides),
      },
    ]
  })
  const by = ({ costCents }: Change) => Math.abs(costCents)
  changes.sort((a, b) => by(b) - by(a) || (a.orderId < b.orderId ? -1 : 1))
  return { changedOrders: changes.length, changes: changes.slice(0, changesMost) }
}

/** Orders with units that have no place. */
export function refusedOf(orders: readonly AskedOrder[], plans: readonly SourcingPlan[]): Refused[] {
  return orders.flatMap(({ order, externalId }, i): Refused[] => {
    const [first, ...others] = plans[i]?.unserved ?? []
    if (first === undefined) return []
    const missing = [first, ...others].reduce((sum, { quantity }) => sum + quantity, 0)
    const units = order.lines.reduce((sum, { quantity }) => sum + quantity, 0)
    const part = missing < units ? `${missing} of ${units} units: ` : ''
    return [{ orderId: order.orderId, externalId, code: first.code, reason: `${part}${first.reason}` }]
  })
}

function waysOf({ work }: SourcingPlan): Change['before'] {
  return work.map(({ nodeId, serviceId, lines }) => ({
    nodeId,
    serviceId,
    units: lines.reduce((sum, { quantity }) => sum + quantity, 0),
  }))
}

function isSame(a: SourcingPlan, b: SourcingPlan): boolean {
  return keyOf(a) === keyOf(b)
}

/** Who sends what how: the day is not looked at. */
function keyOf({ work }: SourcingPlan): string {
  const parts = work.map(({ nodeId, carrierId, serviceId, lines }) => {
    const units = lines.map(({ lineId, quantity }) => `${lineId}x${quantity}`).sort()
    return [nodeId, carrierId, serviceId, ...units].join('\u001f')
  })
  return parts.sort().join('\n')
}

function riskChange({ promisedAt }: SourcingOrder, was: SourcingPlan, is: SourcingPlan): number | null {
  if (promisedAt === null) return null
  const [before, after] = [riskOf(was), riskOf(is)]
  return before === null || after === null ? null : Math.round((after - before) * 1e4) / 1e4
}

/** The first of what is different that has to do with the nodes the order leaves or goes to. */
function reasonOf(
  order: SourcingOrder,
  was: SourcingPlan,
  is: SourcingPlan,
  { before, after }: Compared['scenes'],
  overrides: api.WhatIfOverrides,
): string {
  const nameOf = (nodeId: string) =>
    (after.network.nodes.get(nodeId) ?? before.network.nodes.get(nodeId))?.name ?? nodeId
  const left = was.work
    .map(({ nodeId }) => nodeId)
    .filter((nodeId) => !is.work.some((one) => one.nodeId === nodeId))
  const taken = is.work
    .map(({ nodeId }) => nodeId)
    .filter((nodeId) => !was.work.some((one) => one.nodeId === nodeId))
  const why = [
    ...left.flatMap((id) => ofNode(id, order, overrides, nameOf, true)),
    ...taken.flatMap((id) => ofNode(id, order, overrides, nameOf, false)),
  ]
  const [first] = why
  const cause = first ?? generalCause({ left, taken }, overrides, nameOf)
  const [code] = is.unserved
  if (is.work.length === 0)
    return `${cause}, and nobody else can take it: ${code?.reason ?? 'no node is left'}`
  return cause
}

function ofNode(
  nodeId: string,
  { lines }: SourcingOrder,
  { closedNodeIds = [], capacityFactors = [], stock = [] }: api.WhatIfOverrides,
  nameOf: (nodeId: string) => string,
  isLeft: boolean,
): string[] {
  const name = nameOf(nodeId)
  if (isLeft && closedNodeIds.includes(nodeId)) return [`${name} is closed`]
  const told = stock.find((one) => one.nodeId === nodeId && lines.some(({ sku }) => sku === one.sku))
  if (told !== undefined) return [`${name} has ${told.available} ${told.sku}`]
  const own =
    capacityFactors.find((one) => one.nodeId === nodeId) ?? capacityFactors.find((one) => one.nodeId === null)
  if (own !== undefined && own.factor < 1 && isLeft)
    return [`${name} can do ${percent(own.factor)} of its work`]
  if (own !== undefined && own.factor > 1 && !isLeft)
    return [`${name} can do ${percent(own.factor)} of its work`]
  return []
}

function percent(factor: number): string {
  return `${Math.round(factor * 100)} %`
}

/** Where nothing of its own nodes is different: a strategy, a network, or what other orders do then. */
function generalCause(
  { left, taken }: { left: readonly string[]; taken: readonly string[] },
  { strategy, strategyId, network }: api.WhatIfOverrides,
  nameOf: (nodeId: string) => string,
): string {
  const name = strategy?.name ?? strategyId
  if (name !== undefined) return `the strategy ${name} weighs it so`
  if (network !== undefined) return 'the network is another'
  const [[gone], [come]] = [left, taken]
  if (gone !== undefined) return `other orders take its place at ${nameOf(gone)}`
  return come === undefined ? 'other orders go other ways' : `other orders leave room at ${nameOf(come)}`
}
