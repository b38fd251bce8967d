// Shapes of the overview: verdict, tiles, chart, queue, network and reroutes in one answer; and of the clock.

import { Type } from 'typebox'
import { decision, incident, keptReroutePolicy } from './incidents.ts'
import { metricSeries, tile } from './series.ts'
import { centsInteger, instantText, type Of, oneOf, orNull, shape } from './shape.ts'

/** The time of a market. */
export const clockState = shape({
  mode: oneOf(['wall', 'watermark', 'simulated'] as const),
  now: instantText,
  speed: Type.Number({ description: 'simulated seconds in one real second' }),
  isPaused: Type.Boolean(),
})
export type ClockState = Of<typeof clockState>

/** A change of the clock, `PUT /api/v1/clock`. */
export const clockChange = Type.Object(
  {
    /** auto: Detour chooses again by where orders come from. */
    mode: Type.Optional(oneOf(['auto', 'wall', 'watermark'] as const)),
    speed: Type.Optional(Type.Number({ minimum: 1, maximum: 3600 })),
    isPaused: Type.Optional(Type.Boolean()),
  },
  { additionalProperties: false },
)
export type ClockChange = Of<typeof clockChange>

/** How fresh what is shown is. */
export const freshness = shape({
  state: oneOf(['none', 'current', 'running', 'failed'] as const),
  cycledAt: orNull(instantText),
  cycleSeconds: orNull(Type.Number()),
  dataTo: orNull(instantText),
  pendingEvents: Type.Integer({ description: 'events of the log that the tables do not show yet' }),
  error: orNull(Type.String()),
})
export type Freshness = Of<typeof freshness>

/** A model at work. */
export const modelState = shape({
  name: Type.String(),
  version: Type.String(),
  backend: Type.String({ description: 'tfjs-node, wasm, cpu or statistics' }),
  state: oneOf(['none', 'training', 'ready', 'failed'] as const),
  trainedAt: orNull(instantText),
  trainedRows: Type.Integer(),
  note: Type.String(),
})
export type ModelState = Of<typeof modelState>

/** What `GET /api/v1/status` says. */
export const systemStatus = shape({
  version: Type.String(),
  market: Type.String(),
  markets: Type.Array(Type.String()),
  timeZone: Type.Optional(Type.String({ description: 'IANA zone to show times in; left out = UTC' })),
  isDemo: Type.Boolean(),
  isEmpty: Type.Boolean(),
  clock: clockState,
  freshness,
  models: Type.Array(modelState),
  openIncidents: Type.Integer(),
})
export type SystemStatus = Of<typeof systemStatus>

/** A part of the verdict's sentence. */
export const verdictPart = shape({
  text: Type.String(),
  tone: orNull(oneOf(['bad', 'warn', 'good'] as const)),
  href: orNull(Type.String()),
})

/** How busy a node is. */
export const nodeLoad = shape({
  nodeId: Type.String(),
  name: Type.String(),
  type: Type.String(),
  region: Type.String(),
  openWork: Type.Integer(),
  pastDue: Type.Integer(),
  dailyCapacity: orNull(Type.Integer()),
  load: orNull(Type.Number({ description: 'open work / daily capacity' })),
  cutOff: orNull(Type.String()),
  minutesToCutOff: orNull(Type.Integer()),
  hasIncident: Type.Boolean(),
})
export type NodeLoad = Of<typeof nodeLoad>

/** Everything the overview shows, one answer. */
export const overview = shape({
  status: systemStatus,
  range: shape({
    name: oneOf(['24h', '7d', '28d', '90d', 'all'] as const),
    from: instantText,
    to: instantText,
    previousFrom: instantText,
    grain: oneOf(['hour', 'day'] as const),
  }),
  verdict: shape({
    tone: oneOf(['empty', 'calm', 'warn', 'bad'] as const),
    parts: Type.Array(verdictPart),
  }),
  tiles: Type.Array(tile),
  chart: orNull(metricSeries),
  incidents: Type.Array(incident, { description: 'open ones by money at risk, then the last resolved' }),
  network: Type.Array(nodeLoad, { description: 'the busiest' }),
  networkTotal: Type.Integer({ description: 'nodes there are in all' }),
  reroutes: shape({
    orders: Type.Integer(),
    extraCostCents: centsInteger,
    hoursSaved: Type.Number(),
    currency: Type.String(),
    recent: Type.Array(decision),
  }),
  policy: keptReroutePolicy,
})
export type Overview = Of<typeof overview>
