// The overview's first sentence: what is going on, since when, what was done about it and what that saves. Pure: it
// reads nothing.

import type { api } from '#data/contracts'
import {
  aboutText,
  countedText,
  countText,
  dayText,
  listText,
  moneyText,
  shareText,
  timeText,
} from './figures.ts'
import type { RerouteSums } from './reroutes.ts'

/** What the verdict is made from. */
export interface VerdictInput {
  /** No data at all. */
  isEmpty: boolean
  /** The clock stands at the end of loaded data. */
  isHistory: boolean
  /** Epoch ms of the market. */
  now: number
  /** Start of the period shown, epoch ms. */
  from: number
  /** Name of the range shown. */
  range: api.Overview['range']['name']
  /** Open ones, the worst first. */
  open: readonly api.Incident[]
  /** Ended within the last day, the last first. */
  ended: readonly api.Incident[]
  /** Reroutes because of those incidents. */
  moved: RerouteSums
  tiles: readonly api.Tile[]
  currency: string
  nodeName(nodeId: string): string
  zoneOf(dimension: string, value: string): string
}

type Part = api.Overview['verdict']['parts'][number]
type Tone = Part['tone']

/** The verdict in parts; joined they are its sentences. */
export function verdictOf(input: VerdictInput): api.Overview['verdict'] {
  if (input.isEmpty) return { tone: 'empty', parts: emptyParts() }
  if (input.open.length > 0) return { tone: toneOf(input.open), parts: openParts(input) }
  if (input.ended.length > 0) return { tone: 'calm', parts: endedParts(input) }
  return { tone: 'calm', parts: calmParts(input) }
}

const part = (text: string, tone: Tone = null, href: string | null = null): Part => ({ text, tone, href })

function emptyParts(): Part[] {
  return [
    part('There is no data yet. ', null),
    part(
      'Load your orders with "npx detour ingest", send one to POST /api/v1/orders, ' +
        'or look at the demo with "npm start".',
    ),
  ]
}

/** Red from this severity on, amber below. */
const grave = 0.5

function toneOf(incidents: readonly api.Incident[]): 'bad' | 'warn' {
  return incidents.some((incident) => incident.severity >= grave) ? 'bad' : 'warn'
}

function openParts(input: VerdictInput): Part[] {
  const { open } = input
  const [first, second] = open
  const parts = [...(first === undefined ? [] : incidentParts(first, input)), ...movedParts(input, 'saves')]
  if (open.length === 2 && second !== undefined) parts.push(...incidentParts(second, input))
  else if (open.length > 2) {
    const others = `${countedText(open.length - 1, 'other incidents')} are open`
    parts.push(part(others, toneOf(open.slice(1)), '/incidents'), part('. '))
  }
  const atRisk = open.reduce((sum, incident) => sum + incident.ordersAtRisk, 0)
  if (input.moved.orders === 0 && atRisk > 0) {
    parts.push(
      part(
        `${countedText(atRisk, 'orders')} ${atRisk === 1 ? 'is' : 'are'} at risk`,
        'warn',
        '/orders?atRisk=true',
      ),
      part('. '),
    )
  }
  return trimmed([...parts, part(open.length === 1 ? 'Everything else is normal.' : 'The rest is normal.')])
}

function incidentParts(incident: api.Incident, input: VerdictInput): Part[] {
  const zone = input.zoneOf(incident.dimension, incident.dimensionValue)
  const title = incident.title.replace(/[.\s]+$/, '')
  const split = title.indexOf(':')
  const [head, rest] = split < 0 ? [title, ''] : [title.slice(0, split), title.slice(split)]
  const since = timeText(Date.parse(incident.beganAt), zone, input.now)
  const tone = incident.severity >= grave ? 'bad' : 'warn'
  return [
    part(head, tone, `/incidents/${encodeURIComponent(incident.incidentId)}`),
    part(`${rest}, since ${since}. `),
  ]
}

/** What was moved, where to, and what for. */
function movedParts(
  { moved, currency, nodeName, open, ended }: VerdictInput,
  saves: 'saves' | 'saved',
): Part[] {
  if (moved.orders === 0) return []
  const names = moved.nodeIds.map(nodeName)
  const where = [
    ...(names.length === 0 ? [] : [`moved to ${listText(names)}`]),
    ...(moved.changedCarrier
      ? [`given to ${moved.orders === 1 ? 'another carrier' : 'other carriers'}`]
      : []),
  ]
  const [incident] = [...open, ...ended]
  const only = open.length + ended.length === 1 && incident !== undefined
  const href = only
    ? `/orders?moved=true&incident=${encodeURIComponent(incident.incidentId)}`
    : '/orders?moved=true'
  const text = `${countedText(moved.orders, 'orders')} ${moved.orders === 1 ? 'was' : 'were'} ${where.join(' or ')}`
  return [part(text, 'good', href), part(`${effectText(moved, currency, saves)}. `)]
}

function effectText({ hoursSaved, extraCostCents }: RerouteSums, currency: string, saves: string): string {
  const cost =
    extraCostCents > 0
      ? ` for ${moneyText(extraCostCents, currency)}`
      : extraCostCents < 0
        ? ` and costs ${moneyText(-extraCostCents, currency)} less`
        : ' at no extra cost'
  if (hoursSaved >= 1) {
    return `, which ${saves} about ${aboutText(hoursSaved)} ${hoursSaved === 1 ? 'hour' : 'hours'}${cost}`
  }
  return extraCostCents === 0 ? '' : cost
}

function endedParts(input: VerdictInput): Part[] {
  const [last] = input.ended
  if (last === undefined) return []
  const zone = input.zoneOf(last.dimension, last.dimensionValue)
  const at = last.resolvedAt === null ? input.now : Date.parse(last.resolvedAt)
  const href = `/incidents/${encodeURIComponent(last.incidentId)}`
  const others = input.ended.length - 1
  const also = others === 0 ? '' : `, ${countedText(others, 'other incidents')} ended before`
  return trimmed([
    part(`${last.dimensionTitle} is back to normal`, 'good', href),
    part(` since ${timeText(at, zone, input.now)}${also}. `),
    ...movedParts(input, 'saved'),
    part('Nothing needs you.'),
  ])
}

const rangeWords = {
  '24h': 'in the last 24 hours',
  '7d': 'in the last 7 days',
  '28d': 'in the last 28 days',
  '90d': 'in the last 90 days',
  all: 'since the first order',
} as const

/** Everything is normal, with the numbers that show it; what is odd all the same is named. */
function calmParts(input: VerdictInput): Part[] {
  const odd = input.tiles.filter((tile) => tile.isAnomalous).map((tile) => tile.metric.title)
  const opening = input.isHistory || odd.length > 0 ? 'No constraint is open' : 'Everything is normal'
  const facts = factsOf(input)
  const did = facts.length === 0 ? 'nothing happened' : listText(facts)
  const waiting = figureOf(input, 'backlog')
  const wait =
    waiting === null || input.isHistory
      ? ''
      : `; ${countText(waiting)} ${waiting === 1 ? 'waits' : 'wait'} now`
  const parts = [part(`${opening}: ${did} ${whenText(input)}${wait}.`)]
  if (odd.length > 0) {
    parts.push(part(' Out of the usual: '), part(listText(odd), 'warn'), part('.'))
  }
  return parts
}

function whenText({ isHistory, from, now, range }: VerdictInput): string {
  if (!isHistory) return rangeWords[range]
  return `from ${dayText(from, 'UTC', 0)} to ${dayText(now, 'UTC', 0)}`
}

function figureOf({ tiles }: VerdictInput, metric: string): number | null {
  return tiles.find((tile) => tile.metric.metric === metric)?.value ?? null
}

function factsOf(input: VerdictInput): string[] {
  const say = (metric: string, words: (value: number) => string) => {
    const value = figureOf(input, metric)
    return value === null ? [] : [words(value)]
  }
  return [
    ...say('orders', (value) => `${countedText(value, 'orders')} came in`),
    ...say('on_time_ship_share', (value) => `${shareText(value)} left on time`),
    ...say('late_share', (value) => `${shareText(value)} of deliveries were late`),
    ...say('revenue', (value) => `the goods were worth ${moneyText(value, input.currency)}`),
  ].slice(0, 3)
}

/** The last part without the space behind it. */
function trimmed(parts: Part[]): Part[] {
  return parts.map((each, i) => (i === parts.length - 1 ? { ...each, text: each.text.trimEnd() } : each))
}
