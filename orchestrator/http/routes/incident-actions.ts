// Routes of what people do to incidents: each one a command of the core, with the name of who asks.

import type { FastifyRequest } from 'fastify'
import { type TSchema, Type } from 'typebox'
import { api } from '#data/contracts'
import { tendIncidents } from '#orchestrator/alerting'
import { type CommandData, snoozedUntil } from '#orchestrator/core'
import type { Engine } from '#orchestrator/engine'
import { commandIdOf, execute, idempotencyHeaders, refusal } from '../command.ts'
import { eachItem, nameFrom } from '../items.ts'
import type { App, AppParts } from '../parts.ts'
import { problems } from '../problem.ts'
import { word } from './fields.ts'

const tags = ['incidents']
const params = Type.Object({ incidentId: word() })
const hourMs = 3_600_000

type Action =
  | 'AcknowledgeIncident'
  | 'ResolveIncident'
  | 'ReopenIncident'
  | 'AssignIncident'
  | 'SnoozeIncident'
  | 'WakeIncident'
  | 'SetIncidentSeverity'
  | 'CommentIncident'
  | 'MergeIncident'
  | 'SplitIncident'

/** Runs a command on an incident. @throws INCIDENT_UNKNOWN, CORE_REFUSED */
async function act<T extends Action>(
  engine: Engine,
  type: T,
  data: CommandData[T],
  commandId: string,
): Promise<api.IncidentAnswer> {
  const { status, reason, answer } = await execute(engine, type, data, { commandId })
  if (status === 'refused') throw refusal(reason, { incidentId: data.incidentId, ...answer.details })
  const told = answer.details?.incidentId
  const incidentId = typeof told === 'string' ? told : data.incidentId
  const incident = engine.core.state().incidents.get(incidentId)
  const until = incident === undefined ? null : snoozedUntil(incident)
  return {
    status,
    incidentId,
    incident: {
      status: incident?.status ?? 'open',
      owner: incident?.owner ?? null,
      snoozedUntil: until === null ? null : new Date(until).toISOString(),
    },
  }
}

/** Adds the routes of actions on incidents. */
export function addIncidentActions(app: App, { engine }: AppParts): void {
  const schemaOf = <B extends TSchema>(summary: string, body: B) => ({
    tags,
    summary,
    params,
    headers: idempotencyHeaders,
    body,
    response: { 200: api.incidentAnswer, ...problems },
  })
  const idsOf = (request: FastifyRequest<{ Params: { incidentId: string } }>, name: string) => {
    const { incidentId } = request.params
    const commandId = commandIdOf(request, `incidents/${incidentId}/${name}`)
    return { incidentId, by: request.caller.name, commandId }
  }
  app.post(
    '/incidents/:incidentId/snooze',
    { schema: schemaOf('Tell nobody for some hours, until a time, or until it changes', api.incidentSnooze) },
    (request) => {
      const { commandId, ...who } = idsOf(request as never, 'snooze')
      return act(engine, 'SnoozeIncident', { ...who, ...snoozeOf(request.body) }, commandId)
    },
  )
  app.post(
    '/incidents/:incidentId/resolve',
    { schema: schemaOf('End an incident by hand', api.incidentReason) },
    (request) => {
      const { commandId, ...who } = idsOf(request as never, 'resolve')
      return act(engine, 'ResolveIncident', { ...who, reason: request.body.reason }, commandId)
    },
  )
  app.post(
    '/incidents/:incidentId/reopen',
    { schema: schemaOf('Open an incident that is over again', api.incidentReason) },
    (request) => {
      const { commandId, ...who } = idsOf(request as never, 'reopen')
      return act(engine, 'ReopenIncident', { ...who, reason: request.body.reason }, commandId)
    },
  )
  app.post(
    '/incidents/:incidentId/owner',
    { schema: schemaOf('Say who looks after an incident', api.incidentOwner) },
    (request) => {
      const { commandId, ...who } = idsOf(request as never, 'owner')
      return act(engine, 'AssignIncident', { ...who, owner: request.body.owner }, commandId)
    },
  )
  app.post(
    '/incidents/:incidentId/severity',
    { schema: schemaOf('Set the severity by hand', api.incidentSeverity) },
    (request) => {
      const { commandId, ...who } = idsOf(request as never, 'severity')
      return act(engine, 'SetIncidentSeverity', { ...who, severity: request.body.severity }, commandId)
    },
  )
  addWords(app, engine, schemaOf, idsOf)
  addMany(app, engine)
}

type SchemaOf = <B extends TSchema>(
  summary: string,
  body: B,
) => {
  tags: string[]
  summary: string
  params: typeof params
  headers: typeof idempotencyHeaders
  body: B
  response: { 200: typeof api.incidentAnswer } & typeof problems
}
type IdsOf = (
  request: FastifyRequest<{ Params: { incidentId: string } }>,
  name: string,
) => { incidentId: string; by: string; commandId: string }

function addWords(app: App, engine: Engine, schemaOf: SchemaOf, idsOf: IdsOf): void {
  app.post(
    '/incidents/:incidentId/comments',
    { schema: schemaOf('Say something about an incident', api.incidentRemark) },
    (request) => {
      const { commandId, ...who } = idsOf(request as never, 'comments')
      const commentId = `com_${nameFrom(commandId)}`
      return act(engine, 'CommentIncident', { ...who, commentId, text: request.body.text }, commandId)
    },
  )
  app.post(
    '/incidents/:incidentId/merge',
    { schema: schemaOf('Tell and show it with another incident', api.incidentMerge) },
    (request) => {
      const { commandId, ...who } = idsOf(request as never, 'merge')
      return act(engine, 'MergeIncident', { ...who, into: request.body.into }, commandId)
    },
  )
  app.post(
    '/incidents/:incidentId/split',
    { schema: schemaOf('Take it out of another incident, or a cause out of it', api.incidentSplit) },
    async (request) => {
      const { commandId, ...who } = idsOf(request as never, 'split')
      const newId = `inc_${nameFrom(commandId)}`
      const cause = request.body.cause === undefined ? null : { ...request.body.cause, newId }
      const split = await act(engine, 'SplitIncident', { ...who, cause }, commandId)
      // What is at stake of it alone is counted at once.
      await tendIncidents(engine.core, engine.now())
      return split
    },
  )
  const { body: _, ...wake } = schemaOf('End the snooze of an incident', Type.Object({}))
  app.post('/incidents/:incidentId/wake', { schema: wake }, (request) => {
    const { commandId, ...who } = idsOf(request as never, 'wake')
    return act(engine, 'WakeIncident', who, commandId)
  })
}

function addMany(app: App, engine: Engine): void {
  app.post(
    '/incidents/actions',
    {
      schema: {
        tags,
        summary: 'Acknowledge, snooze or end many incidents',
        headers: idempotencyHeaders,
        body: api.incidentActions,
        response: { 200: api.itemResults, ...problems },
      },
    },
    (request) => {
      const { incidentIds, action, reason = 'ended together with others', ...rest } = request.body
      const asked = commandIdOf(request, `incidents/actions/${action}`)
      const by = request.caller.name
      return eachItem(incidentIds, async (incidentId) => {
        const commandId = `${asked}/${incidentId}`
        const who = { incidentId, by }
        const { status } =
          action === 'acknowledge'
            ? await act(engine, 'AcknowledgeIncident', who, commandId)
            : action === 'snooze'
              ? await act(engine, 'SnoozeIncident', { ...who, ...snoozeOf(rest) }, commandId)
              : await act(engine, 'ResolveIncident', { ...who, reason }, commandId)
        return { status, reason: null, orderId: null, orderStatus: null }
      })
    },
  )
}

function snoozeOf({ hours, until }: api.IncidentSnooze): { until: number | null; forMs: number | null } {
  if (until !== undefined) return { until: Date.parse(until), forMs: null }
  return { until: null, forMs: hours === undefined ? null : Math.round(hours * hourMs) }
}
