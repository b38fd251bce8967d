// `detour incidents`: what is open, and what a person does about it from the command line. It decides nothing itself.

import { type Static, Type } from 'typebox'
import { fail } from '#data/kernel'
import { type CommandData, snoozedUntil } from '#orchestrator/core'
import { listIncidents } from '#orchestrator/views'
import { showInstant, showNumber, showTable } from './table.ts'
import { defineVerb, type VerbContext } from './verb.ts'
import { withEngine } from './with-engine.ts'

const closed = { additionalProperties: false }
const by = 'command line'
const incidentId = Type.String({ minLength: 1, maxLength: 300 })
const hourMs = 3_600_000
const statuses = ['active', 'open', 'acknowledged', 'snoozed', 'merged', 'resolved'] as const
const beside = { isExclusive: false, needsEngine: true }

/** Lists incidents, the newest first. */
export const incidentListVerb = defineVerb({
  name: 'incident-list',
  schema: Type.Object(
    {
      status: Type.Optional(Type.Unsafe<(typeof statuses)[number]>({ type: 'string', enum: [...statuses] })),
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200 })),
    },
    closed,
  ),
  ...beside,
  run: ({ status = 'active', limit = 50 }, context) =>
    withEngine(context, (engine) => listIncidents(engine, { status, limit })),
  show: ({ items, total }) => {
    if (items.length === 0) return 'There is none.'
    const rows = items.map((one) => [
      ...[one.incidentId, one.status, one.severity, one.owner ?? '', showInstant(one.openedAt)],
      ...[one.ordersAtRisk, one.ordersMoved, one.title],
    ])
    const head = ['id', 'status', 'severity', 'owner', 'opened', 'orders', 'moved', 'what']
    return [
      showTable(head, rows),
      items.length < (total ?? 0) ? `${items.length} of ${total}.` : showNumber(items.length, 'incident'),
    ].join('\n')
  },
})

type Doing = 'AcknowledgeIncident' | 'ResolveIncident' | 'SnoozeIncident'

/** @throws INCIDENT_UNKNOWN, CORE_REFUSED */
function act<T extends Doing>(context: VerbContext, type: T, data: CommandData[T]) {
  return withEngine(context, async ({ core, now }) => {
    const result = await core.execute(type, data, { at: now() })
    const about = { incidentId: data.incidentId, ...result.answer.details }
    if (result.status === 'refused')
      throw result.reason === 'incident_unknown'
        ? fail('INCIDENT_UNKNOWN', about)
        : fail('CORE_REFUSED', { ...about, reason: result.reason ?? 'refused' })
    const incident = core.state().incidents.get(data.incidentId)
    const until = incident === undefined ? null : snoozedUntil(incident)
    return {
      incidentId: data.incidentId,
      status: incident?.status ?? 'open',
      owner: incident?.owner ?? null,
      snoozedUntil: until === null ? null : new Date(until).toISOString(),
    }
  })
}

interface Done {
  incidentId: string
  status: string
  snoozedUntil: string | null
}

const say = ({ incidentId: id, status, snoozedUntil }: Done) =>
  `${id} is ${status}${snoozedUntil === null ? '' : ` until ${showInstant(snoozedUntil)}`}.`

/** Says that somebody looks after it. */
export const incidentAckVerb = defineVerb({
  name: 'incident-ack',
  schema: Type.Object({ incidentId }, closed),
  ...beside,
  run: ({ incidentId: id }, context) => act(context, 'AcknowledgeIncident', { incidentId: id, by }),
  show: say,
})

/** Ends it. */
export const incidentResolveVerb = defineVerb({
  name: 'incident-resolve',
  schema: Type.Object({ incidentId, reason: Type.String({ minLength: 1, maxLength: 500 }) }, closed),
  ...beside,
  run: ({ incidentId: id, reason }, context) =>
    act(context, 'ResolveIncident', { incidentId: id, reason, by }),
  show: say,
})

const snooze = Type.Object(
  {
    incidentId,
    hours: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 720 })),
    until: Type.Optional(Type.String({ format: 'date-time', description: 'time of the market' })),
  },
  closed,
)

/** Tells nobody for a while, or until it changes. */
export const incidentSnoozeVerb = defineVerb({
  name: 'incident-snooze',
  schema: snooze,
  ...beside,
  run: (args, context) =>
    act(context, 'SnoozeIncident', { incidentId: args.incidentId, by, ...restOf(args) }),
  show: say,
})

function restOf({ hours, until }: Static<typeof snooze>): { until: number | null; forMs: number | null } {
  if (until !== undefined) return { until: Date.parse(until), forMs: null }
  return { until: null, forMs: hours === undefined ? null : Math.round(hours * hourMs) }
}
