// What a decision says to a person: its answer in a sentence, constraints and slack in words, its places on a map.
// Pure.

import type { api } from '#data/contracts'
import type { MapLine, MapPoint, MarkKind } from './charts/map-spec.ts'
import type { Place } from './charts/projection.ts'
import { count, counted, duration, hours, money, percent, thin } from './numbers.ts'
import { capital, plain } from './words.ts'

const constraintWords: Record<string, string> = {
  cut_off: 'Cut-off',
  max_distance: 'Distance',
  no_partial: 'All or nothing',
  max_nodes_per_order: 'Nodes per order',
  max_nodes_per_line: 'Nodes per line',
  calendar: 'Open days',
  capacity: 'Capacity',
  safety_stock: 'Safety stock',
  promise: 'Promise',
  node_type: 'Node type',
  excluded_node: 'Excluded nodes',
  source_list: 'Source list',
  value_threshold: 'Value',
  reject_count: 'Refusals',
}

/** Title of a constraint. */
export function constraintWord(name: string): string {
  return constraintWords[name] ?? plain(name)
}

const termWords: Record<string, string> = {
  co2: 'CO₂',
  soft: 'Soft rules',
  stock_out: 'Stock-out',
  split: 'Split',
}

/** Title of a cost term. */
export function termWord(name: string): string {
  return termWords[name] ?? plain(name)
}

/** A measured amount in its unit; null where there is none. */
export function amountWord(value: number | null, unit: string | null, currency: string): string | null {
  if (value === null) return null
  switch (unit) {
    case null:
      return tidy(value)
    case 'cents':
      return money(value, currency)
    case 'share':
      return percent(value)
    case 'percent':
    case '%':
      return `${tidy(value)}${thin}%`
    case 'hours':
    case 'h':
      return hours(value)
    case 'minutes':
    case 'min':
      return `${value < 0 ? '−' : ''}${duration(value)}`
    case 'km':
    case 'g':
    case 'kg':
      return `${count(Math.round(value))}${thin}${unit}`
    default:
      // Units of stock are counted by their SKU.
      if (!/^[a-z ]+$/.test(unit)) return `${tidy(value)} of ${unit}`
      return `${tidy(value)} ${value === 1 ? unit.replace(/s$/, '') : unit}`
  }
}

function tidy(value: number): string {
  return Number.isInteger(value) || Math.abs(value) >= 20 ? count(value) : String(Number(value.toFixed(1)))
}

/** How far a constraint is from failing, or by how much it fails; null where nothing is measured. */
export function slackWord(one: api.CandidateConstraint, currency: string): string | null {
  if (one.slack === null) return null
  const size = amountWord(Math.abs(one.slack), one.unit, currency)
  if (one.isMet) return one.slack === 0 ? 'just met' : `${size} to spare`
  return `missed by ${size}`
}

/** What was seen and what was asked: `420 km, at most 500 km`; null where nothing is measured. */
export function measureWord(
  { value, limit, slack, unit }: api.CandidateConstraint,
  currency: string,
): string | null {
  const seen = amountWord(value, unit, currency)
  const asked = amountWord(limit, unit, currency)
  if (value === null || seen === null) return asked === null ? null : `limit ${asked}`
  if (limit === null || asked === null) return seen
  // The slack grows with what was seen where the limit is a least, else it shrinks.
  const isLeast = slack !== null && slack * (value - limit) > 0
  return `${seen}, at ${isLeast ? 'least' : 'most'} ${asked}`
}

/** A constraint in one sentence, for those who hear the table. */
export function constraintSentence(one: api.CandidateConstraint, currency: string): string {
  const parts = [measureWord(one, currency), slackWord(one, currency)].filter((part) => part !== null)
  return `${one.isMet ? 'Met' : 'Not met'}${parts.length === 0 ? '' : `: ${parts.join(', ')}`}`
}

/** How likely it comes on time: `94 %`, `99.4 %`; never a certainty. */
export function sureWord(lateRisk: number): string {
  const sure = 1 - lateRisk
  if (sure >= 0.9995) return `over ${percent(0.999)}`
  return percent(sure, sure >= 0.99 ? 1 : 0)
}

/** Candidates, the chosen first, then the runner-up, then what could take it by cost, then the rest. */
export function rankedOf(decision: api.Decision): api.Candidate[] {
  const rank = (one: api.Candidate) =>
    one.isChosen ? 0 : isRunnerUp(decision, one) ? 1 : one.isFeasible ? 2 : 3
  return decision.candidates.toSorted((a, b) => rank(a) - rank(b) || a.totalCents - b.totalCents)
}

/** Whether the candidate is the one that would have been taken else. */
export function isRunnerUp(decision: api.Decision, one: api.Candidate): boolean {
  return !one.isChosen && one.isFeasible && one.nodeId === decision.runnerUpNodeId
}

/** What a candidate was, as the shape and the word of its mark. */
export function standingOf(decision: api.Decision, one: api.Candidate): MarkKind {
  if (one.isChosen) return 'chosen'
  if (isRunnerUp(decision, one)) return 'runnerUp'
  return one.isFeasible ? 'other' : 'out'
}

/** Words of the marks. */
export const standingWords: Record<MarkKind, string> = {
  chosen: 'Chosen',
  runnerUp: 'Runner-up',
  other: 'Could take it',
  out: 'Could not',
  destination: 'Destination',
}

/** Terms that cost something for some candidate, as they first appear. */
export function termsOf(candidates: readonly api.Candidate[]): string[] {
  const costly = candidates.flatMap(({ terms }) => terms.filter(({ cents }) => cents !== 0))
  return [...new Set(costly.map(({ name }) => name))]
}

/** Names of constraints that were looked at, as they first appear. */
export function constraintsOf(candidates: readonly api.Candidate[]): string[] {
  return [...new Set(candidates.flatMap(({ constraints }) => (constraints ?? []).map(({ name }) => name)))]
}

/** Whether work stays at its node and leaves it with another carrier. */
export function isCarrierChange({ kind, fromNodeId, toNodeId }: api.Decision): boolean {
  return kind === 'reroute' && toNodeId !== null && fromNodeId === toNodeId
}

/** From where to where, or by which other carrier. */
export function wayOf(decision: api.Decision): string {
  const from = decision.fromNodeName ?? '–'
  if (decision.toNodeName === null) return from
  if (!isCarrierChange(decision)) return `${from} → ${decision.toNodeName}`
  return `${from} by ${decision.candidates.find(({ isChosen }) => isChosen)?.carrier ?? 'another carrier'}`
}

/** Where it goes, in one sentence; the reason stands beside it. */
export function answerOf(decision: api.Decision): string {
  const chosen = nodesOf(decision)
  if (decision.status === 'held_out') return 'It stays where it is, to measure what moving saves.'
  if (decision.status === 'refused')
    return decision.kind === 'reroute' ? 'It stays where it is.' : 'No node takes it.'
  if (chosen.length > 1) {
    const parts = chosen.map(({ name, units }) =>
      units === null ? name : `${name} (${counted(units, 'unit')})`,
    )
    return `It goes from ${counted(chosen.length, 'node')}: ${parts.join(', ')}.`
  }
  const name = chosen[0]?.name ?? decision.toNodeName
  if (name === null) return 'No node takes it.'
  const [one] = decision.candidates.filter(({ isChosen }) => isChosen)
  const verb = isCarrierChange(decision)
    ? `leaves ${name} with ${one?.carrier ?? 'another carrier'}`
    : decision.kind === 'reroute'
      ? `moves to ${name}`
      : `goes from ${name}`
  const sure =
    one === undefined || one.lateRisk === null ? '' : `, ${sureWord(one.lateRisk)} likely to be on time`
  return `It ${verb}${sure}.`
}

function nodesOf(decision: api.Decision): { name: string; units: number | null }[] {
  const lines = (decision.lines ?? []).filter(({ nodeId }) => nodeId !== null)
  const found = new Map<string, { name: string; units: number | null }>()
  for (const { nodeId, nodeName, quantity } of lines) {
    const id = nodeId ?? ''
    const known = found.get(id)
    found.set(id, { name: nodeName ?? id, units: (known?.units ?? 0) + quantity })
  }
  if (found.size > 0) return [...found.values()]
  for (const one of decision.candidates) {
    if (one.isChosen) found.set(one.nodeId, { name: one.nodeName, units: null })
  }
  return [...found.values()]
}

/** How it was decided, in words; null for decisions of earlier versions. */
export function mannerOf(decision: api.Decision): string | null {
  if (decision.method === null) return null
  if (decision.method === 'exact') return 'the best for this order, proven'
  return `decided together with others${decision.gap === null ? '' : `, ${gapWord(decision.gap)}`}`
}

/** How far a solution may be from the best, in words. */
export function gapWord(gap: number): string {
  return gap < 1e-7 ? 'the best, proven' : `at most ${percent(Math.max(gap, 0.0001), 2)} from the best`
}

/** What a map of a decision shows, or the sentence why there is none. */
export type DecisionPlaces =
  | { points: MapPoint[]; lines: MapLine[]; unknown: number; why: null }
  | { why: string }

/** Marks and ways of a decision; a node that was weighed several times is marked once, by its best standing. */
export function placesOf(decision: api.Decision): DecisionPlaces {
  const nodes = new Map<string, MapPoint>()
  let unknown = 0
  for (const one of rankedOf(decision)) {
    const place = placeOf(one.latitude, one.longitude)
    if (place === null) unknown += 1
    else if (!nodes.has(one.nodeId)) {
      const kind = standingOf(decision, one)
      const isNamed = kind === 'chosen' || kind === 'runnerUp' || one.nodeId === decision.fromNodeId
      nodes.set(one.nodeId, { id: one.nodeId, name: one.nodeName, kind, isNamed, ...place })
    }
  }
  if (nodes.size === 0) return { why: whyNone(decision) }
  const to = placeOf(decision.destinationLatitude, decision.destinationLongitude)
  const pin: MapPoint[] =
    to === null
      ? []
      : [{ id: 'destination', name: 'Destination', kind: 'destination', isNamed: false, ...to }]
  const lines =
    to === null
      ? []
      : [...nodes.values()].filter(({ kind }) => kind === 'chosen').map((from) => ({ from, to }))
  return { points: [...nodes.values(), ...pin], lines, unknown, why: null }
}

function placeOf(latitude: number | null, longitude: number | null): Place | null {
  return latitude === null || longitude === null ? null : { latitude, longitude }
}

function whyNone(decision: api.Decision): string {
  if (decision.candidates.length === 0) return 'There is no map: no node was weighed.'
  return 'There is no map: none of these nodes has coordinates. Add them on the network page.'
}

/** What the map shows, for those who do not see it. */
export function mapSummary(points: readonly MapPoint[]): string {
  const names = (kind: MarkKind) => points.filter((point) => point.kind === kind).map(({ name }) => name)
  const chosen = names('chosen')
  const [runnerUp] = names('runnerUp')
  const parts = [
    `Map of ${counted(points.filter(({ kind }) => kind !== 'destination').length, 'node')}.`,
    chosen.length === 0 ? 'None was chosen.' : `Chosen: ${chosen.join(', ')}.`,
    ...(runnerUp === undefined ? [] : [`Runner-up: ${runnerUp}.`]),
    names('destination').length === 0 ? 'Where the order goes is not known as a place.' : '',
  ]
  return parts.filter((part) => part !== '').join(' ')
}

/** A sentence of a decision with its full stop. */
export function sentence(text: string): string {
  return text === '' ? '' : `${capital(text)}.`
}
