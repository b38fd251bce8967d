// Days on which work could leave a node, with when it leaves and how sure that is. It knows no costs.

import { dayNumber, dayText, zoneClock } from '../network/zone-clock.ts'
import type { SourcingWorld } from '../world.ts'
import type { NodeFacts } from './facts.ts'
import { excessOver, type Law, normalBelow } from './laws.ts'
import type { Rules } from './rules.ts'

const hourMs = 3_600_000

/** A day that work may count on. */
export interface WorkDay {
  /** Local day of the node. */
  day: string
  /** Latest instant to come to count on that day; null = none. */
  cutOffAt: number | null
  /** Epoch ms, as likely as not. */
  dispatchAt: number
  /** Hours from now before which it does not leave, and what comes on top. */
  floorHours: number
  excess: { mean: number; variance: number }
  /** Hours that it leaves before the calendar would let it: only where the calendar is soft. */
  earlyHours: number
  /** Probability that it is not ready for the last pick-up of the day on which it would leave, 0 to 1. */
  missShare: number
  /** Where it may as well be ready for a pick-up of a day before: the last one, and how likely; null = it is not. */
  early: { at: number; share: number } | null
  /** Share of lines that the node will not find, 0 to 1. */
  shortShare: number
}

/**
 * Days that a node could send on by a carrier, the first one first; none where nobody is there in sight.
 * @param cameAt when the work came that is there already, epoch ms: no cut-off since then is too early for it
 */
export function daysOf(
  facts: NodeFacts,
  carrierId: string | null,
  world: SourcingWorld,
  rules: Rules,
  cameAt = world.now,
): readonly WorkDay[] {
  const calendar = rules.isOn('calendar') && isTimed(facts)
  if (!calendar) return waiting(facts, world)
  const timed = departing(facts, carrierId, world, cameAt)
  if (rules.isHard('calendar')) return timed
  const [now] = waiting(facts, world)
  if (now === undefined) return timed
  const first = timed[0]
  const early = first === undefined ? 0 : (first.dispatchAt - now.dispatchAt) / hourMs
  return early > 0 ? [{ ...now, earlyHours: early }, ...timed] : timed
}

/**
 * The same day for work that has been there already: what it has waited is behind it. Only where it is known how long
 * work takes from when it comes, nights and all; of working time nothing is known but what it takes in all.
 * @param waited hours, above 0
 */
export function afterWaiting(
  day: WorkDay,
  { processing, isWorkingTime }: Pick<NodeFacts, 'processing' | 'isWorkingTime'>,
  waited: number,
  now: number,
): WorkDay {
  if (isWorkingTime) return day
  const { floorHours } = day
  const hours = Math.max(floorHours, excessOver(waited, processing).mean)
  return { ...day, dispatchAt: now + hours * hourMs, excess: excessOver(waited + floorHours, processing) }
}

/** Whether a node has anything that work has to wait for. */
function isTimed({ node }: NodeFacts): boolean {
  return node.calendar !== null || node.cutOff !== null || node.pickups.length > 0
}

function departing(
  facts: NodeFacts,
  carrierId: string | null,
  world: SourcingWorld,
  cameAt: number,
): WorkDay[] {
  const { network, now, strategy } = world
  const { node, processing, isWorkingTime } = facts
  const hours = isWorkingTime ? processing.median : 0
  const count = strategy.daysAhead + 1
  const away = world.learned.awayUntil?.(carrierId) ?? null
  const ready = away === null ? null : network.addWorkingTime(node.nodeId, now, hours)
  // What is ready before a carrier comes back waits for it.
  const waits = away !== null && ready !== null && ready < away
  const until = waits ? network.workingHours(node.nodeId, now, away) : hours
  const departures = network.departures(node.nodeId, carrierId, now, count, until, cameAt)
  const last = (dayNumber(departures[0]?.day ?? null) ?? 0) + strategy.daysAhead
  const days: WorkDay[] = []
  for (const { at, day, cutOffAt } of departures) {
    if ((dayNumber(day) ?? 0) > last) break
    const floorHours = Math.max(0, at - now) / hourMs
    const dispatchAt = isWorkingTime
      ? Math.max(at, now)
      : now + Math.max(floorHours, processing.median) * hourMs
    const room = isWorkingTime ? hours + slackHours(world, node.nodeId, hours, at) : floorHours
    days.push({
      day: leavesOn(node, dispatchAt, world) ?? day,
      cutOffAt,
      dispatchAt,
      floorHours,
      excess: excessOver(room, processing),
      earlyHours: 0,
      missShare: missShareOf(facts, carrierId, dispatchAt, world),
      early: null,
      shortShare: facts.shortShare,
    })
  }
  return days
}

/** How likely work is not ready for the last pick-up of the day on which it would leave. */
function missShareOf(
  { node, processing, isWorkingTime }: NodeFacts,
  carrierId: string | null,
  dispatchAt: number,
  { network, now }: SourcingWorld,
): number {
  const last = network.lastPickup(node.nodeId, carrierId, dispatchAt)
  if (last === null || last <= now) return 0
  const hours = isWorkingTime ? network.workingHours(node.nodeId, now, last) : (last - now) / hourMs
  return above(processing, hours)
}

const dayMs = 24 * hourMs

/**
 * The same day for work that is there already, whose turn is known: where it is as likely as not just too late for a
 * day before, it may still leave on that.
 */
export function withEarlier(
  day: WorkDay,
  { node, processing }: NodeFacts,
  carrierId: string | null,
  { network, now, learned }: SourcingWorld,
): WorkDay {
  const since = Math.max(now, learned.awayUntil?.(carrierId) ?? now)
  for (let at = day.dispatchAt - dayMs; at > since - dayMs; at -= dayMs) {
    const last = network.lastPickup(node.nodeId, carrierId, at)
    if (last === null) continue
    if (last <= since) break
    const share = 1 - above(processing, network.workingHours(node.nodeId, now, last))
    return share > 0 ? { ...day, early: { at: last, share } } : day
  }
  return day
}

/** How likely something takes longer than so many hours. */
function above({ median, mu, sigma }: Law, hours: number): number {
  if (!(median > 0)) return 0
  if (!(hours > 0)) return 1
  return sigma === 0 ? Number(median > hours) : 1 - normalBelow((Math.log(hours) - mu) / sigma)
}

/** Work counts on the day on which it is to leave: that day is what is known of it afterwards. */
function leavesOn({ nodeId }: NodeFacts['node'], at: number, { network }: SourcingWorld): string | null {
  return network.dayAt(nodeId, at)
}

/** Hours between work being ready, as likely as not, and its leaving. */
function slackHours({ network, now }: SourcingWorld, nodeId: string, hours: number, at: number): number {
  const ready = network.addWorkingTime(nodeId, now, hours)
  return ready === null ? 0 : Math.max(0, at - ready) / hourMs
}

/** Work that leaves when it is done: begun now, or when a later day begins. */
function waiting({ node, localDay, processing, shortShare }: NodeFacts, world: SourcingWorld): WorkDay[] {
  const { now, strategy } = world
  const days: WorkDay[] = []
  const first = dayNumber(localDay) ?? 0
  const clock = zoneClock(node.timeZone)
  for (let i = 0; i <= strategy.daysAhead; i++) {
    const begins = i === 0 ? now : (clock?.instant(first + i, 0) ?? now + i * 24 * hourMs)
    const floorHours = Math.max(0, begins - now) / hourMs
    const dispatchAt = now + (floorHours + processing.median) * hourMs
    days.push({
      day: leavesOn(node, dispatchAt, world) ?? dayText(first + i),
      cutOffAt: null,
      dispatchAt,
      floorHours,
      excess: { mean: processing.mean, variance: processing.variance },
      earlyHours: 0,
      missShare: 0,
      early: null,
      shortShare,
    })
  }
  return days
}
