// Holds what was told against what is known of the world: faults found and named, and incidents without a fault. Pure.

import type { Scenario } from './draw.ts'
import { kindOf } from './kinds.ts'
import type { ScenarioFault } from './scenario.ts'
import { beginningOf } from './shows.ts'
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

/** After a fault its work still arrives late for a while, ms. */
const graceMs = 48 * 3_600_000
const slowGraceMs = 120 * 3_600_000
/** A cause counts from this share on. */
const causeShare = 0.3

/** Which incidents tell of which faults. */
export function judgeIncidents(
  { faults, start }: Pick<Scenario, 'faults' | 'start'>,
  incidents: readonly ToldIncident[],
): { faults: JudgedFault[]; incidents: JudgedIncident[]; wrong: ToldIncident[] } {
  const news = incidents.filter(({ openedAt }) => openedAt > start).sort((a, b) => a.openedAt - b.openedAt)
  const real = faults.filter(({ isFault }) => isFault)
  const judged = real.map((fault): JudgedFault => {
    const own = news.filter((incident) => tells(incident, fault, real))
    const first = own[0]
    const { kind, dimension } = fault
    const startAt = beginningOf(fault)
    const since = (at: number) => (first === undefined ? null : Math.round((first.openedAt - at) / 60_000))
    return {
      kind,
      dimension,
      startAt: iso(startAt),
      detectedAt: first === undefined ? null : iso(first.openedAt),
      delayMinutes: since(startAt),
      shownMinutes: kindOf(kind).isSudden ? since(Math.max(startAt, fault.showsAt)) : null,
      causeRight: first === undefined ? null : isNamed(first, own, fault),
    }
  })
  const known = news.map((incident) => ({ incident, fault: faultOf(incident, real) }))
  const strange = known.flatMap(({ incident, fault }) => (fault === undefined ? [incident] : []))
  // What comes and goes is one incident.
  const wrong = [...new Map(strange.toReversed().map((each) => [each.incidentId, each])).values()].reverse()
  return { faults: judged, incidents: known.map(shownOf), wrong }
}

/** The fault that an incident tells of: one that it names rather than one whose effects show where it is. */
function faultOf(incident: ToldIncident, real: readonly ScenarioFault[]): ScenarioFault | undefined {
  for (const belongs of [names, shows, echoes]) {
    const found = real.find((fault) => belongs(incident, fault))
    if (found !== undefined) return found
  }
  return undefined
}

interface Known {
  incident: ToldIncident
  fault: ScenarioFault | undefined
}

function shownOf({ incident: { causes, openedAt, ...rest }, fault }: Known): JudgedIncident {
  const { key, metric, title, severity } = rest
  const [first] = causes
  const cause =
    first === undefined ? null : { key: partsOf(first).map(keyOf).join(' and '), share: first.share }
  const of = fault === undefined ? null : `${fault.kind} ${fault.dimension}`
  return { key, metric, title, openedAt: iso(openedAt), severity, cause, fault: of }
}

type Cause = ToldIncident['causes'][number]

const partsOf = ({ slice, dimension, value }: Cause) => slice ?? [{ dimension, value }]
const keyOf = ({ dimension, value }: { dimension: string; value: string }) => `${dimension}/${value}`

/** A look tells of hours that were over before it, and comes so long after them at the least, ms. */
const lookMs = 60_000

/** Named at once, or within an hour by another incident. */
function isNamed(first: ToldIncident, own: readonly ToldIncident[], fault: ScenarioFault): boolean {
  return own.some((other) => other.openedAt <= first.openedAt + 3_600_000 && names(other, fault))
}

function isDuring({ openedAt }: ToldIncident, fault: ScenarioFault): boolean {
  const { endAt, strain } = fault
  const grace = strain.kind === 'transit' || strain.kind === 'no_pickup' ? slowGraceMs : graceMs
  // What is told before it can be seen tells of something else.
  return openedAt >= Math.max(beginningOf(fault), fault.showsAt) + lookMs && openedAt < endAt + grace
}

/** Whether it names the fault, or names none at all and is where effects of the fault show. */
function tells(incident: ToldIncident, fault: ScenarioFault, all: readonly ScenarioFault[]): boolean {
  return names(incident, fault) || (shows(incident, fault) && !all.some((other) => names(incident, other)))
}

/** Whether the incident is at the slice of the fault, or says that most of it is there. */
function names(incident: ToldIncident, fault: ScenarioFault): boolean {
  if (!isDuring(incident, fault)) return false
  const slices = slicesOf(fault)
  if (slices.some((slice) => incident.key === slice || incident.key.startsWith(`${slice}/`))) return true
  const [cause] = incident.causes
  if (cause === undefined || cause.share < causeShare) return false
  return partsOf(cause).some((part) => slices.includes(keyOf(part)))
}

/** Slices that name the fault. */
function slicesOf({ dimension, strain }: ScenarioFault): string[] {
  return [dimension, ...(strain.lanes ?? []).map((lane) => `lane/${lane}`)]
}

/** Whether the incident is where effects of such a fault show. */
function shows(incident: ToldIncident, fault: ScenarioFault): boolean {
  return isDuring(incident, fault) && kindOf(fault.kind).shows.includes(incident.dimension)
}

/** Whether the incident is of work that the fault left behind; it is no false one then, and notices nothing. */
function echoes({ dimension, openedAt }: ToldIncident, fault: ScenarioFault): boolean {
  const { echo } = kindOf(fault.kind)
  if (echo === undefined || !echo.shows.includes(dimension)) return false
  return openedAt >= fault.endAt && openedAt < fault.endAt + echo.hours(fault.strain) * 3_600_000
}
