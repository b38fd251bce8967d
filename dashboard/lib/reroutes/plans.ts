// Plans of reroutes in words: how they stand, where each move goes, how likely it comes late. Pure.

import type { api } from '#data/contracts'
import { lateWord } from '../lateness.ts'
import { counted, none } from '../numbers.ts'

/** From where to where, or by which other carrier. */
export function moveWay(move: api.PlannedMove): string {
  const { fromNodeName: from, toNodeName: to, moreNodes } = move
  const more = moreNodes === 0 ? '' : ` and ${counted(moreNodes, 'other')}`
  if (move.fromNodeId === move.toNodeId) return `${from} by ${move.carrier ?? 'another carrier'}${more}`
  return `${from} → ${to}${more}`
}

/** How likely it comes late, where it is and where it would go. */
export function riskWay({ riskBefore, riskAfter }: api.PlannedMove): string {
  if (riskBefore === null && riskAfter === null) return none
  const said = (risk: number | null) => (risk === null ? 'not known' : lateWord(risk))
  return `${said(riskBefore)} → ${said(riskAfter)}`
}

type Plan = Pick<api.ReroutePlan, 'status' | 'haltedBy'>
type Halt = NonNullable<Plan['haltedBy']>

const statusWords: Record<Plan['status'], string> = {
  proposed: 'Waits for you',
  approved: 'Approved, being carried out',
  rejected: 'Rejected',
  expired: 'Ended without an answer',
  done: 'Carried out',
}
const haltWords: Record<Halt, [why: string, until: string]> = {
  stopped: ['Reroutes are stopped', 'they are resumed'],
  off: ['Reroutes are turned off', 'they are turned on'],
  shadow: ['Reroutes are only noted, in shadow', 'they are turned on'],
}

/** How a plan stands. */
export function planWord({ status, haltedBy }: Plan): string {
  return status === 'approved' && haltedBy !== null ? 'Approved, waits' : statusWords[status]
}

/** What keeps the orders of a plan where they are whatever is said, in a sentence; null where nothing does. */
export function haltSentence({ status, haltedBy }: Plan): string | null {
  if (haltedBy === null || (status !== 'proposed' && status !== 'approved')) return null
  const [why, until] = haltWords[haltedBy]
  return `${why}: ${status === 'proposed' ? 'once approved, its' : 'its'} orders wait until ${until}.`
}

/** What follows from the answer that a plan was given. */
export function answeredSentence(plan: Plan): string {
  if (plan.status === 'rejected') return 'Rejected: nothing moves'
  if (plan.status !== 'approved') return planWord(plan)
  if (plan.haltedBy === null) return 'Approved: the orders are being moved'
  const [why, until] = haltWords[plan.haltedBy]
  return `Approved. ${why}: the orders wait until ${until}`
}
