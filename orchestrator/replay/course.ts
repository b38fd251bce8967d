// What policies would have made of an order of the past on its way to its nodes: what they change, where they hold it,
// and how it is then sourced. It changes nothing.

import type { api } from '#data/contracts'
import { type CoreState, noMarks, type Order, statusOf } from '#orchestrator/core'
import { lineHoldsOf } from '#orchestrator/flows'
import {
  Choices,
  editOf,
  type FactsContext,
  holdOfAction,
  holdOfCritical,
  judge,
  linesOf,
  nodesRefused,
  type Said,
  textOf,
} from '#orchestrator/policies'
import type { AskedOrder } from '#orchestrator/sourcing'

/** Lines named where some of an order are held. */
const namedMost = 20
/** Times that policies may change an order on its way. */
const roundsMost = 20

/** How far an order gets, and with what. */
export interface Course {
  /** With what policies changed; its lines say which of them are held. */
  order: Order
  isValidated: boolean
  /** Why the whole of it is held, null = it is not; see `heldOf`. */
  held: string | null
  notes: string[]
  tags: string[]
  strategyId: string | null
  /** What policies set and chose. */
  choices: Choices
  /** Tiles of the flow; empty = not asked for. */
  path: string[]
  avoided: ReadonlyMap<string, string>
  /** Nodes that the flow names for lines, by their ids; others would not do. */
  onlyAt: ReadonlyMap<string, string>
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
    ...{ notes: [], tags: [], path: [], later: [], avoided: new Map(), onlyAt: new Map() },
    ...{ speakers: new Set(), told: new Set() },
  }
  // As in the flow, what changed the order has it asked again; nobody says the same twice.
  const told = new Set<string>()
  for (let rounds = 0; rounds < roundsMost; rounds++) {
    const before = course.order
    ask(course, 'validate', { policies, context, told })
    if (course.held !== null) return course
    course.isValidated = true
    if (heldOf(course) !== null) return course
    ask(course, 'source', { policies, context, told })
    if (heldOf(course) !== null) return course
    if (course.order === before) break
  }
  const validated: Order = { ...course.order, stage: 'validated' }
  course.order = { ...validated, status: statusOf(validated) }
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

/** Why an order is held, null = it is not, or in part alone: where every line is held, it is held. */
export function heldOf({ held, order: { lines } }: Course): string | null {
  if (held !== null || lines.length === 0 || lines.some(({ hold }) => hold === null)) return held
  return [...new Set(lines.map(({ hold }) => hold))].join('; ')
}

/** Which lines of an order are held and why, in words; null = none, or all of it. */
export function heldInPart(course: Course): string | null {
  const held = course.order.lines.filter(({ hold }) => hold !== null)
  if (held.length === 0 || heldOf(course) !== null) return null
  const named = held.slice(0, namedMost).map(({ lineId, hold }) => `line ${lineId} (${hold})`)
  const more = held.length > namedMost ? `, and ${held.length - namedMost} more` : ''
  return `held in part: ${named.join(', ')}${more}; the rest goes on`
}

/** Policies before the release of planned work, and those of tiles that come after it was planned. */
export function askRelease(course: Course, policies: Policies, context: FactsContext): void {
  ask(course, 'release', { policies, context, told: new Set() })
  obey(course, judge(course.later, course.order, context).filter(isNews(course)), context)
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
    obey(course, [said], context)
  }
}

/** Takes in what policies said, and holds what they hold. */
function obey(course: Course, all: readonly Said[], context: FactsContext): void {
  for (const said of all) {
    const reason = take(course, said, context)
    if (reason === null) continue
    const lineIds = linesOf(said, course.order)
    if (lineIds === null) course.held ??= reason
    else hold(course, (line) => (lineIds.includes(line.lineId) ? (line.hold ?? reason) : line.hold))
  }
}

/** Says of each line why it is held, null = it is not. */
export function hold(course: Course, reasonOf: (line: Order['lines'][number]) => string | null): void {
  const lines = course.order.lines.map((line) => ({ ...line, hold: reasonOf(line) }))
  course.order = { ...course.order, lines }
}

/**
 * Takes in what policies said where it is known otherwise what is held; what they said before a step already is not
 * said twice.
 */
export function hear(course: Course, all: readonly Said[], context: FactsContext): void {
  for (const said of all.filter(isNews(course))) take(course, said, context)
}

const isNews = (course: Course) => (said: Said) => !course.told.has(keyOfSaid(said))

const keyOfSaid = ({ policy, part }: Said): string => `${policy.policyId}/${part ?? ''}`

/** Takes in what a policy said, as the flow carries it out. @returns why it holds what it was asked of, null = not */
function take(course: Course, said: Said, { now, state }: FactsContext): string | null {
  const { policy, outcome, part } = said
  course.speakers.add(policy.policyId)
  course.told.add(keyOfSaid(said))
  course.notes.push(textOf(said))
  const isCritical = policy.severity === 'critical'
  let isBroken = outcome !== 'acts'
  let held: string | null = null
  for (const action of outcome === 'acts' ? policy.actions : []) {
    if (course.choices.isSettled(action, said)) continue
    held ??= holdOfAction(policy, action)
    if (action.do === 'tag') {
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
  return held ?? (isBroken && isCritical ? holdOfCritical(policy) : null)
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

/**
 * The order as sourcing is asked for it on this side: lines that are not held, in a part for each node that the flow
 * names for some.
 * @param nodeIds of the market
 */
export function askedOn(course: Course, asked: AskedOrder, nodeIds: readonly string[]): AskedOrder[] {
  const { order, strategyId, avoided, onlyAt } = course
  const { destination, placedAt, lines } = asked.order
  const { method, shipTo, promisedAt } = order
  const held = lineHoldsOf(order)
  const free = lines.filter(({ lineId }) => !held.has(lineId))
  // Orders of the past are sourced as if they came now: their promise is as far away as it was then.
  const shift = placedAt - order.placedAt
  const whole = {
    ...asked.order,
    method,
    destination: { ...destination, ...shipTo },
    promisedAt: promisedAt === null ? null : promisedAt + shift,
    ...(strategyId === null ? {} : { strategyId }),
  }
  return [...Map.groupBy(free, ({ lineId }) => onlyAt.get(lineId) ?? null)].map(([nodeId, some]) => ({
    ...asked,
    order: { ...whole, lines: some, avoided: nodeId === null ? avoided : allBut(nodeId, nodeIds, avoided) },
  }))
}

/** Every other node is avoided as well. */
function allBut(
  nodeId: string,
  nodeIds: readonly string[],
  avoided: Course['avoided'],
): ReadonlyMap<string, string> {
  const others = nodeIds.filter((other) => other !== nodeId)
  return new Map([...avoided, ...others.map((other) => [other, 'its flow'] as const)])
}

/** Whether sourcing is asked for the same on both sides. */
export function isAskedAlike(a: Course, b: Course): boolean {
  return keyOf(a) === keyOf(b)
}

function keyOf(course: Course): string {
  const { order, strategyId, avoided, onlyAt } = course
  const { method, shipTo, promisedAt } = order
  const held = heldOf(course) !== null || order.lines.map(({ hold: reason }) => reason !== null)
  return JSON.stringify([
    held,
    strategyId,
    [...avoided.keys()].sort(),
    [...onlyAt],
    method,
    shipTo,
    promisedAt,
  ])
}
