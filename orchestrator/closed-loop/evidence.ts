// What an incident says of a fault: that it is there, or that something is wrong where its effects show, or where it
// left work behind. Pure.

import { partsOfSlice, type SlicePart } from '#orchestrator/core'
import { kindOf } from './kinds.ts'
import type { ScenarioFault } from './scenario.ts'
import { beginningOf, spellsOf } from './shows.ts'
import type { ToldIncident } from './tellings.ts'

/** How an incident belongs to a fault, the plainest first: only what is left behind (`echoes`) notices nothing. */
export const ties = ['names', 'shows', 'echoes'] as const
export type Tie = (typeof ties)[number]

const hourMs = 3_600_000
/** After a fault its work still arrives late for a while, ms. */
const graceMs = 48 * hourMs
const slowGraceMs = 120 * hourMs
/** After a day on which hands were missing, ms: the next one is there to make up for it. */
const dayGraceMs = 36 * hourMs
/** A cause counts from this share on. */
const causeShare = 0.3
/** A look tells of hours that were over before it, and comes so long after them at the least, ms. */
const lookMs = 60_000

/** How an incident belongs to a fault; null = not at all. */
export function tieOf(incident: ToldIncident, fault: ScenarioFault): Tie | null {
  if (isDuring(incident, fault)) {
    if (names(incident, fault)) return 'names'
    if (shows(incident, fault)) return 'shows'
  }
  return echoes(incident, fault) ? 'echoes' : null
}

/** Whether its metric is one of those that tell of such a fault rather than of another. */
export function fits({ metric }: ToldIncident, { kind }: ScenarioFault): boolean {
  return kindOf(kind).metrics.includes(metric)
}

/** What an incident says that most of it is at, part by part; none where it says nothing or little. */
export function accusedBy({ causes: [cause] }: Pick<ToldIncident, 'causes'>): readonly SlicePart[] {
  if (cause === undefined || cause.share < causeShare) return []
  return partsOf(cause)
}

type Cause = ToldIncident['causes'][number]

/** The slice of a cause, part by part. */
export const partsOf = ({ slice, dimension, value }: Cause): readonly SlicePart[] =>
  slice ?? [{ dimension, value }]

/** A slice like the key of an incident. */
export const keyOf = ({ dimension, value }: SlicePart) => `${dimension}/${value}`

function isDuring({ openedAt }: ToldIncident, fault: ScenarioFault): boolean {
  const { kind, weekday } = fault.strain
  const slow = kind === 'transit' || kind === 'no_pickup' ? slowGraceMs : graceMs
  const grace = weekday === undefined ? slow : dayGraceMs
  // What is told before it can be seen tells of something else.
  const unseen = Math.max(0, fault.showsAt - beginningOf(fault)) + lookMs
  return spellsOf(fault).some(({ from, to }) => openedAt >= from + unseen && openedAt < to + grace)
}

/** Whether the incident is at the slice of the fault, or says that most of it is there. */
function names(incident: ToldIncident, fault: ScenarioFault): boolean {
  const own = [fault.dimension, ...(fault.strain.lanes ?? []).map((lane) => `lane/${lane}`)]
  // Of everything together something is said by the metric alone.
  const isAt = incident.dimension !== 'all' || fits(incident, fault)
  return (isAt && slicesOf(incident).some((key) => own.includes(key))) || accuses(incident, own)
}

const accuses = (incident: ToldIncident, keys: readonly string[]) =>
  accusedBy(incident).some((part) => keys.includes(keyOf(part)))

/** The slices that an incident is at. */
function slicesOf(incident: ToldIncident): string[] {
  return [incident.key, ...partsOfSlice(incident).map(keyOf)]
}

/** Whether the incident is where effects of such a fault show, and blames nothing else of the same sort for them. */
function shows(incident: ToldIncident, fault: ScenarioFault): boolean {
  const { shows: dimensions, nodeMetrics } = kindOf(fault.kind)
  if (!dimensions.includes(incident.dimension)) return false
  if (incident.dimension === 'node' && nodeMetrics !== undefined && !nodeMetrics.includes(incident.metric)) {
    return false
  }
  return ![...partsOfSlice(incident), ...accusedBy(incident)].some((part) => isAnother(part, fault))
}

/** Whether a slice is something else of the sort that the fault is at: another node, carrier, lane. */
function isAnother({ dimension, value }: SlicePart, fault: ScenarioFault): boolean {
  const { lanes } = fault.strain
  if (lanes !== undefined && dimension === 'lane') return !lanes.includes(value)
  if (lanes !== undefined && dimension === 'region') return !lanes.some((lane) => lane.endsWith(`>${value}`))
  return fault.dimension.startsWith(`${dimension}/`) && fault.dimension !== keyOf({ dimension, value })
}

/** Whether the incident is of work that the fault left behind; it is no false one then, and notices nothing. */
function echoes({ dimension, openedAt }: ToldIncident, fault: ScenarioFault): boolean {
  const { echo } = kindOf(fault.kind)
  if (echo === undefined || !echo.shows.includes(dimension)) return false
  return openedAt >= fault.endAt && openedAt < fault.endAt + echo.hours(fault.strain) * hourMs
}
