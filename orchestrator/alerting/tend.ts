// What time does to incidents: snoozes end, what came and went stays, silences begin and end, what is at stake is
// counted anew. It tells nobody.

import {
  type Core,
  type CoreState,
  type Impact,
  type Incident,
  isSteady,
  type Node,
  type Silence,
} from '#orchestrator/core'
import { impactOf } from '#orchestrator/incidents'
import { ZoneClock } from '#orchestrator/sourcing'
import { fits } from './labels.ts'
import { stretchAt } from './windows.ts'

/** Dimensions whose orders can be counted. */
const counted: ReadonlySet<string> = new Set(['node', 'carrier', 'lane', 'region'])
/** Change of orders at risk worth writing down: by this share, and by more than two. */
const ordersShare = 0.2

/** The silence that holds for an incident at a time; one that holds reroutes goes first. */
export function silenceFor(state: CoreState, incident: Incident, at: number): Silence | null {
  return holdingAt(state, at).find(({ matchers }) => fits(matchers, incident)) ?? null
}

/** Silences that hold at a time, as they were asked for last: a round asks the same for every incident. */
let asked: { silences: CoreState['alerting']['silences']; at: number; holding: Silence[] } | null = null

function holdingAt({ alerting: { silences } }: CoreState, at: number): Silence[] {
  if (asked?.silences === silences && asked.at === at) return asked.holding
  const holding = [...silences.values()]
    .filter((silence) => silence.endedAt === null && stretchAt(silence, at) !== null)
    .sort((a, b) => Number(b.holdsReroutes) - Number(a.holdsReroutes) || (a.silenceId < b.silenceId ? -1 : 1))
  asked = { silences, at, holding }
  return holding
}

/**
 * One round over all open incidents; a round without need changes nothing.
 * @param at epoch ms of the market
 * @param isCounting whether what is at stake is counted too, which looks at all open orders
 * @throws LOG_UNAVAILABLE, LOG_FENCED
 */
export async function tendIncidents(core: Core, at: number, isCounting = true): Promise<void> {
  for (const incidentId of [...core.state().openIncidents.values()]) {
    const incident = core.state().incidents.get(incidentId)
    if (incident === undefined) continue
    const { snooze } = incident
    if (snooze !== null && snooze.until !== null && snooze.until <= at) {
      await core.execute('WakeIncident', { incidentId, by: null }, { at })
    }
    if (isSteady(core.state(), incident, at)) await core.execute('SteadyIncident', { incidentId }, { at })
    const silence = silenceFor(core.state(), incident, at)
    const isSame = silence?.silenceId === (incident.silencedBy ?? undefined)
    if (!isSame || (silence?.holdsReroutes ?? false) !== incident.isRerouteHeld) {
      const silenceId = silence?.silenceId ?? null
      await core.execute('MarkSilenced', { incidentId, silenceId }, { at })
    }
    const impact = isCounting ? newImpact(core.state(), incident, at) : null
    if (impact !== null) {
      const data = { incidentId, finding: findingOf(incident), impact, isRecount: true as const }
      await core.execute('UpdateIncident', data, { at })
    }
  }
}

/** What is at stake now, null where that is not worth writing down. */
function newImpact(state: CoreState, incident: Incident, at: number): Impact | null {
  const { dimension, dimensionValue, ordersAtRisk, recoveringSince } = incident
  // Slices that nothing can leave are told as detection saw them.
  if (recoveringSince !== null || !dimension.split(' x ').some((each) => counted.has(each))) return null
  const impact = impactOf(state, dimension, dimensionValue)
  const cutOffAt = dimension === 'node' ? nextCutOff(state.nodes.get(dimensionValue), at) : null
  const change = Math.abs(impact.ordersAtRisk - ordersAtRisk)
  const isOther = change > Math.max(2, ordersAtRisk * ordersShare)
  if (!isOther && cutOffAt === incident.cutOffAt) return null
  return { ...impact, cutOffAt }
}

const clocks = new Map<string, ZoneClock>()

/** The next instant of a node's cut-off, null where it has none. */
export function nextCutOff(node: Pick<Node, 'cutOff' | 'timeZone'> | undefined, at: number): number | null {
  const found = /^(\d{1,2}):(\d{2})$/.exec(node?.cutOff ?? '')
  if (node === undefined || found === null) return null
  let clock = clocks.get(node.timeZone)
  if (clock === undefined) {
    clock = new ZoneClock(node.timeZone)
    clocks.set(node.timeZone, clock)
  }
  const minute = Number(found[1]) * 60 + Number(found[2])
  const day = clock.dayAt(at)
  const today = clock.instant(day, minute)
  return today > at ? today : clock.instant(day + 1, minute)
}

function findingOf(incident: Incident) {
  const { key, metric, dimension, dimensionValue, severityFound: severity, title, beganAt } = incident
  const { value, expected, expectedLow, expectedHigh, pValue, model, causes } = incident
  const seen = { value, expected, expectedLow, expectedHigh, pValue, model, causes }
  return { key, metric, dimension, dimensionValue, severity, title, beganAt, ...seen }
}
