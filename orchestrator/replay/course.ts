// What policies would have made of an order of the past on its way to its nodes: what they change, where they hold it,
// and how it is then sourced. It changes nothing.

import type { api } from '#data/contracts'
import { type CoreState, noMarks, type Order } from '#orchestrator/core'
import {
  Choices,
  editOf,
  type FactsContext,
  holdOfAction,
  holdOfCritical,
  judge,
  nodesRefused,
  type Said,
  textOf,
} from '#orchestrator/policies'
import type { AskedOrder } from '#orchestrator/sourcing'

/** Times that policies may change an order on its way. */
const roundsMost = 20

/** How far an order gets, and with what. */
export interface Course {
  /** With what policies changed. */
  order: Order
  isValidated: boolean
  /** Why it is held, null = it is not. */
  held: string | null
  notes: string[]
  tags: string[]
  strategyId: string | null
  /** What policies set and chose. */
  choices: Choices
  /** Tiles of the flow; empty = not asked for. */
  path: string[]
  avoided: ReadonlyMap<string, string>
  /** Policies that tiles ask once it has work. */
  later: readonly api.OrderPolicy[]
  /** Policies that said something, and of which parts of the order: `policy/part`. */
  speakers: Set<string>
  told: Set<string>
}

/** Policies of one side, by the step that they are asked before. */
export type Policies = (point: api.PolicyPoint) => readonly api.OrderPolicy[]

/** The way of an order before it is sourced. */
export function courseOf(order: Order, policies: Policies, context: FactsContext): Course {
  const course: Course = {
    ...{ order, isValidated: false, held: null, strategyId: null, choices: new Choices(order) },
    ...{ notes: [], tags: [], path: [], later: [], avoided: new Map() },
    ...{ speakers: new Set(), told: new Set() },
  }
  // As in the flow, what changed the order has it asked again; nobody says the same twice.
  const told = new Set<string>()
  for (let rounds = 0; rounds < roundsMost; rounds++) {
    const before = course.order
    ask(course, 'validate', { policies, context, told })
    if (course.held !== null) return course
    course.isValidated = true
    ask(course, 'source', { policies, context, told })
    if (course.held !== null) return course
    if (course.order === before) break
  }
  course.order = { ...course.order, stage: 'validated', status: 'validated' }
  course.avoided = askNodes(course, policies('source'), context)
  return course
}

/** Nodes that policies keep the order away from; of each it is noted whether it has said so of any. */
function askNodes(
  course: Course,
  policies: readonly api.OrderPolicy[],
  context: FactsContext,
): Map<string, string> {
  const avoided = new Map<string, string>()
  for (const policy of policies) {
    const refused = nodesRefused([policy], course.order, context.state.nodes.keys(), context)
    if (refused.size > 0) course.speakers.add(policy.policyId)
    // The reason is that of the policy that was asked first.
    for (const [nodeId, reason] of refused) avoided.set(nodeId, avoided.get(nodeId) ?? reason)
  }
  return avoided
}

/** Policies before the release of planned work, and those of tiles that come after it was planned. */
export function askRelease(course: Course, policies: Policies, context: FactsContext): void {
  ask(course, 'release', { policies, context, told: new Set() })
  hear(course, judge(course.later, course.order, context), context)
}

function ask(
  course: Course,
  point: api.PolicyPoint,
  { policies, context, told }: { policies: Policies; context: FactsContext; told: Set<string> },
): void {
  for (const said of judge(policies(point), course.order, context)) {
    const key = `${point}/${said.policy.policyId}/${said.part ?? ''}`
    if (told.has(key)) continue
    told.add(key)
    take(course, said, context)
  }
}

/** Takes in what policies of a tile said; what they said before a step already is not said twice. */
export function hear(course: Course, all: readonly Said[], context: FactsContext): void {
  for (const said of all) if (!course.told.has(keyOfSaid(said))) take(course, said, context)
}

const keyOfSaid = ({ policy, part }: Said): string => `${policy.policyId}/${part ?? ''}`

/** Takes in what a policy said, as the flow carries it out. */
function take(course: Course, said: Said, { now, state }: FactsContext): void {
  const { policy, outcome, part } = said
  course.speakers.add(policy.policyId)
  course.told.add(keyOfSaid(said))
  course.notes.push(textOf(said))
  const isCritical = policy.severity === 'critical'
  let isBroken = outcome !== 'acts'
  for (const action of outcome === 'acts' ? policy.actions : []) {
    if (course.choices.isSettled(action, said)) continue
    const hold = holdOfAction(policy, action)
    if (hold !== null) course.held ??= hold
    else if (action.do === 'tag') {
      const tag = String(action.value)
      if (course.tags.includes(tag)) continue
      course.tags.push(tag)
      const marks = course.order.policies ?? noMarks
      course.order = { ...course.order, policies: { ...marks, tags: [...marks.tags, tag] } }
    } else if (action.do === 'route') {
      if (isKnown(state, String(action.value))) {
        course.strategyId = String(action.value)
        course.choices.take(action, said)
      } else isBroken = true
    } else if (action.do === 'set') {
      const edit = editOf(action, course.order, part, now)
      if (edit === null) isBroken = true
      else {
        course.order = edited(course.order, edit)
        course.choices.take(action, said)
      }
    }
  }
  if (isBroken && isCritical) course.held ??= holdOfCritical(policy)
}

function isKnown({ strategies }: CoreState, strategyId: string): boolean {
  return strategies.strategies.some((each) => each.strategyId === strategyId)
}

function edited(
  order: Order,
  { method, promisedAt, shipTo, prices = [] }: ReturnType<typeof editOf> & object,
): Order {
  const price = new Map(prices.map(({ lineId, unitPriceCents }) => [lineId, unitPriceCents]))
  return {
    ...order,
    method: method ?? order.method,
    promisedAt: promisedAt === undefined ? order.promisedAt : promisedAt,
    shipTo: shipTo ?? order.shipTo,
    lines: order.lines.map((line) => ({
      ...line,
      unitPriceCents: price.get(line.lineId) ?? line.unitPriceCents,
    })),
  }
}

/** The order as sourcing is asked for it on this side. */
export function askedOn({ order, strategyId, avoided }: Course, asked: AskedOrder): AskedOrder {
  const { destination, placedAt } = asked.order
  const { method, shipTo, promisedAt } = order
  // Orders of the past are sourced as if they came now: their promise is as far away as it was then.
  const shift = placedAt - order.placedAt
  return {
    ...asked,
    order: {
      ...asked.order,
      method,
      destination: { ...destination, ...shipTo },
      promisedAt: promisedAt === null ? null : promisedAt + shift,
      avoided,
      ...(strategyId === null ? {} : { strategyId }),
    },
  }
}

/** Whether sourcing is asked for the same on both sides. */
export function isAskedAlike(a: Course, b: Course): boolean {
  return keyOf(a) === keyOf(b)
}

function keyOf({ order, held, strategyId, avoided }: Course): string {
  const { method, shipTo, promisedAt } = order
  return JSON.stringify([held !== null, strategyId, [...avoided.keys()].sort(), method, shipTo, promisedAt])
}
