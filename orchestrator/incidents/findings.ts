// From constraints that detection confirmed to incidents that open, change and end. It scores nothing and moves
// nothing.

import {
  type Core,
  type CoreState,
  type Finding,
  hasStayedBack,
  type Impact,
  isOpenWork,
  type Order,
  openingOf,
} from '#orchestrator/core'
import { affectedBy } from '#orchestrator/reroute'

/** What detection said of one constraint. */
export interface Constraint extends Finding {
  /** Out of the expected range now. */
  isBreaching: boolean
  /** Back inside for long enough. */
  hasRecovered: boolean
  /** Start of a level that has lasted so long that it counts as usual, epoch ms; null = none. */
  newLevelSince?: number | null
  /** Why it is over although values are not back, in words. */
  endedBecause?: string
}

/** What became of the incidents. */
export interface IncidentChanges {
  opened: string[]
  updated: string[]
  resolved: string[]
}

/** Change of severity or of orders at risk worth telling. */
const severityStep = 0.1
const ordersStep = 0.2
/** Change of what is seen, as share of what is expected, worth telling. */
const valueStep = 0.2

/**
 * Opens, updates and resolves incidents; each at most once in a call. `opened` tells also of those that came back.
 * @param runId names the detection run, so that a repeated call changes nothing
 * @throws LOG_UNAVAILABLE, LOG_FENCED
 */
export async function applyFindings(
  core: Core,
  constraints: readonly Constraint[],
  run: { runId: string; at: number },
): Promise<IncidentChanges> {
  const changes: IncidentChanges = { opened: [], updated: [], resolved: [] }
  for (const { isBreaching, hasRecovered, newLevelSince = null, endedBecause, ...finding } of constraints) {
    const openId = core.state().openIncidents.get(finding.key)
    const impact = impactOf(core.state(), finding.dimension, finding.dimensionValue)
    if (openId === undefined) {
      if (!isBreaching) continue
      const incidentId = `inc_${run.runId}_${finding.key}`.replace(/[^A-Za-z0-9_.-]+/g, '-')
      if (openingOf(core.state(), finding, run.at).kind === 'rest') continue
      const asked = { incidentId, finding, impact, isNoticed: true }
      await core.execute('OpenIncident', asked, { at: run.at })
      changes.opened.push(core.state().openIncidents.get(finding.key) ?? incidentId)
    } else if (hasRecovered) {
      if (isEndedByPeople(core.state(), openId) || mustWait(core.state(), openId, run.at)) continue
      const reason = endedBecause ?? reasonOf(newLevelSince)
      await core.execute('ResolveIncident', { incidentId: openId, reason }, { at: run.at })
      if (core.state().incidents.get(openId)?.status === 'resolved') changes.resolved.push(openId)
    } else if (isBreaching && isNews(core.state(), openId, finding, impact)) {
      await core.execute('UpdateIncident', { incidentId: openId, finding, impact }, { at: run.at })
      changes.updated.push(openId)
    }
  }
  return changes
}

function reasonOf(newLevelSince: number | null): string {
  if (newLevelSince === null) return 'values are back in the expected range'
  return `the level since ${new Date(newLevelSince).toISOString().slice(0, 16)}Z has lasted and counts as usual now`
}

/** Whether detection has no say in its end: a person took it up again, or split it off. */
function isEndedByPeople(state: CoreState, incidentId: string): boolean {
  const incident = state.incidents.get(incidentId)
  return incident !== undefined && (incident.isKept || incident.splitFrom !== null)
}

/** Whether values are back, but not for as long as an incident that flaps has to wait. */
function mustWait(state: CoreState, incidentId: string, at: number): boolean {
  const incident = state.incidents.get(incidentId)
  if (incident === undefined || !incident.isFlapping || incident.recoveringSince === null) return false
  return !hasStayedBack(state, incident, at)
}

function isNews(state: CoreState, incidentId: string, finding: Finding, impact: Impact): boolean {
  const before = state.incidents.get(incidentId)
  if (before === undefined) return false
  const orders = Math.abs(impact.ordersAtRisk - before.ordersAtRisk)
  const seen = Math.abs((finding.value ?? 0) - (before.value ?? 0))
  return (
    before.recoveringSince !== null ||
    before.isKept ||
    finding.metric !== before.metric ||
    seen > valueStep * Math.max(Math.abs(finding.expected ?? 0), 1) ||
    Math.abs(finding.severity - before.severityFound) >= severityStep ||
    orders > Math.max(2, before.ordersAtRisk * ordersStep)
  )
}

/** Orders and money that a constraint touches now, also those whose work can no longer be moved. */
export function impactOf(state: CoreState, dimension: string, dimensionValue: string): Impact {
  const works = affectedBy(state, { dimension, dimensionValue }, isOpenWork)
  const orders = [...new Map(works.map(({ order }) => [order.orderId, order])).values()]
  const worth = (order: Order) =>
    order.totalCents ?? order.lines.reduce((sum, line) => sum + line.unitPriceCents * line.quantity, 0)
  const centsAtRisk = orders.reduce((sum, order) => sum + worth(order), 0)
  const currency = orders[0]?.currency ?? state.orders.values().next().value?.currency ?? 'USD'
  return { ordersAtRisk: orders.length, centsAtRisk, currency }
}
