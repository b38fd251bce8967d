// Holds what was told against what is known of the world: faults found and named, and incidents without a fault. Pure.

import type { Scenario } from './draw.ts'
import { fits, keyOf, partsOf, type Tie, tieOf, ties } from './evidence.ts'
import { kindOf } from './kinds.ts'
import type { ScenarioFault } from './scenario.ts'
import { beginningOf, spellsOf } from './shows.ts'
import type { ToldIncident } from './tellings.ts'

/** What became of a fault. */
export interface JudgedFault {
  kind: string
  dimension: string
  /** ISO 8601. */
  startAt: string
  detectedAt: string | null
  /** Since it began. */
  delayMinutes: number | null
  /** Since it can be seen at all; null as well where its kind shows bit by bit. */
  shownMinutes: number | null
  /** Whether the first incident that named anything of it named its cause; null where it was not detected. */
  causeRight: boolean | null
}

/** An incident as it was told, and what is known of it. */
export interface JudgedIncident {
  /** The same each time that it is told. */
  incidentId: string
  key: string
  metric: string
  title: string
  /** ISO 8601. */
  openedAt: string
  severity: number
  /** What it says that most of it is at, and the share of it; null = nothing. */
  cause: { key: string; share: number } | null
  /** Kind and slice of the fault that it tells of, or that left behind what it tells of; null = of none. */
  fault: string | null
}

const iso = (at: number): string => new Date(at).toISOString().slice(0, 19).concat('Z')

/** Which incidents tell of which faults. */
export function judgeIncidents(
  { faults, start }: Pick<Scenario, 'faults' | 'start'>,
  incidents: readonly ToldIncident[],
): { faults: JudgedFault[]; incidents: JudgedIncident[]; wrong: ToldIncident[] } {
  const news = incidents.filter(({ openedAt }) => openedAt > start).sort((a, b) => a.openedAt - b.openedAt)
  const real = faults.filter(({ isFault }) => isFault)
  const known = credited(news, real)
  const judged = real.map((fault) =>
    judgedOf(
      fault,
      known.filter((each) => each.fault === fault && each.tie !== 'echoes'),
    ),
  )
  const strange = known.flatMap(({ incident, fault }) => (fault === null ? [incident] : []))
  // What comes and goes is one incident.
  const wrong = [...new Map(strange.toReversed().map((each) => [each.incidentId, each])).values()].reverse()
  return { faults: judged, incidents: known.map(shownOf), wrong }
}

/** A telling with the one fault that it counts for. */
interface Known {
  incident: ToldIncident
  fault: ScenarioFault | null
  tie: Tie | null
}

/** Tellings in order of time, each with its fault: one telling counts for one fault. */
function credited(news: readonly ToldIncident[], real: readonly ScenarioFault[]): Known[] {
  const noticed = new Set<ScenarioFault>()
  return news.map((incident) => {
    const tied = real.map((fault) => ({ incident, fault, tie: tieOf(incident, fault) }))
    for (const tie of ties) {
      const found = bestOf(
        tied.filter((each) => each.tie === tie),
        noticed,
      )
      if (found === null) continue
      if (tie !== 'echoes') noticed.add(found.fault)
      return found
    }
    return { incident, fault: null, tie: null }
  })
}

/**
 * Of several faults that are tied to it alike the one whose kind fits the metric; then one that goes on and was not
 * noticed yet, since what is told again tells of something else; then the one that began last.
 */
function bestOf<T extends { incident: ToldIncident; fault: ScenarioFault }>(
  tied: readonly T[],
  noticed: ReadonlySet<ScenarioFault>,
): T | null {
  const isNew = ({ incident: { openedAt }, fault }: T) =>
    !noticed.has(fault) && spellsOf(fault).some(({ from, to }) => openedAt >= from && openedAt < to)
  const [best] = tied.toSorted(
    (a, b) =>
      Number(fits(b.incident, b.fault)) - Number(fits(a.incident, a.fault)) ||
      Number(isNew(b)) - Number(isNew(a)) ||
      beginningOf(b.fault) - beginningOf(a.fault),
  )
  return best ?? null
}

/** @param own tellings that count for it, in order of time */
function judgedOf(fault: ScenarioFault, own: readonly Known[]): JudgedFault {
  const first = own[0]?.incident.openedAt
  const { kind, dimension } = fault
  const startAt = beginningOf(fault)
  const since = (at: number) => (first === undefined ? null : Math.round((first - at) / 60_000))
  // Named at once, or within an hour by another incident.
  const isNamed = own.some(({ incident, tie }) => {
    return tie === 'names' && incident.openedAt <= (first ?? 0) + 3_600_000
  })
  return {
    kind,
    dimension,
    startAt: iso(startAt),
    detectedAt: first === undefined ? null : iso(first),
    delayMinutes: since(startAt),
    shownMinutes: kindOf(kind).isSudden ? since(Math.max(startAt, fault.showsAt)) : null,
    causeRight: first === undefined ? null : isNamed,
  }
}

function shownOf({ incident: { causes, openedAt, ...rest }, fault }: Known): JudgedIncident {
  const { incidentId, key, metric, title, severity } = rest
  const [first] = causes
  const cause =
    first === undefined ? null : { key: partsOf(first).map(keyOf).join(' and '), share: first.share }
  const of = fault === null ? null : `${fault.kind} ${fault.dimension}`
  return { incidentId, key, metric, title, openedAt: iso(openedAt), severity, cause, fault: of }
}
