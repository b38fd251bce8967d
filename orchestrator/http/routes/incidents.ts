// Routes of incidents, decisions and the policy of reroutes.

import type { FastifyReply } from 'fastify'
import { Type } from 'typebox'
import { api } from '#data/contracts'
import { type DetourError, fail } from '#data/kernel'
import type { CommandResult } from '#data/log'
import type { CoreAnswer } from '#orchestrator/core'
import { problemOfWorkAction } from '#orchestrator/flows'
import { getDecision, getIncident, limitsView, listDecisions, listIncidents } from '#orchestrator/views'
import { alertReceivers } from '../alert-receivers.ts'
import { answerOf, commandIdOf, execute, idempotencyHeaders, refusal } from '../command.ts'
import { versionHeaders, versionIn } from '../if-match.ts'
import type { App, AppParts } from '../parts.ts'
import { problems } from '../problem.ts'
import { closed, oneOf, page, word } from './fields.ts'
import { addIncidentActions } from './incident-actions.ts'

const incidentQuery = Type.Object(
  {
    ...page,
    status: Type.Optional(
      oneOf(
        ['open', 'acknowledged', 'snoozed', 'merged', 'resolved', 'active'],
        'active = not resolved and not merged',
      ),
    ),
    owner: Type.Optional(word('who looks after it; nobody = no owner')),
    severity: Type.Optional(oneOf(['high', 'medium', 'low'])),
    dimension: Type.Optional(word('node, carrier ...')),
    value: Type.Optional(word('value of the dimension')),
    metric: Type.Optional(word()),
    silenced: Type.Optional(Type.Boolean()),
    flapping: Type.Optional(Type.Boolean()),
    q: Type.Optional(word('part of its title')),
  },
  closed,
)
const decisionQuery = Type.Object(
  {
    ...page,
    kind: Type.Optional(oneOf(['source', 'reroute'])),
    status: Type.Optional(oneOf(['done', 'refused', 'undone', 'held_out'])),
    incident: Type.Optional(word('incident id')),
    order: Type.Optional(word('order id')),
    node: Type.Optional(word('node the work came from or went to')),
  },
  closed,
)
const incidentId = Type.Object({ incidentId: word() })
const decisionId = Type.Object({ decisionId: word() })

/** Adds the routes of incidents, decisions and policies. */
export function addIncidents(app: App, parts: AppParts): void {
  const { engine, webhooks } = parts
  const tags = ['incidents']
  app.get(
    '/incidents',
    {
      schema: {
        tags,
        summary: 'Incidents',
        querystring: incidentQuery,
        response: { 200: api.incidentPage, ...problems },
      },
    },
    (request) => listIncidents(engine, request.query),
  )
  app.get(
    '/incidents/:incidentId',
    {
      schema: {
        tags,
        summary: 'One incident',
        params: incidentId,
        response: { 200: api.incidentDetail, ...problems },
      },
    },
    async (request) => {
      const receivers = await alertReceivers(webhooks)
      const incident = await getIncident(engine, request.params.incidentId, receivers)
      if (incident === null) throw fail('INCIDENT_UNKNOWN', { incidentId: request.params.incidentId })
      return incident
    },
  )
  const schema = {
    tags,
    summary: 'Say that somebody looks after an incident',
    params: incidentId,
    headers: idempotencyHeaders,
    response: { 200: api.commandAnswer, ...problems },
  }
  app.post('/incidents/:incidentId/acknowledge', { schema }, async (request) => {
    const id = request.params.incidentId
    const commandId = commandIdOf(request, `acknowledge/${id}`)
    const data = { incidentId: id, by: request.caller.name }
    return answerOf(await execute(engine, 'AcknowledgeIncident', data, { commandId }), { incidentId: id })
  })
  addIncidentActions(app, parts)
  addDecisions(app, parts)
  addPolicy(app, parts)
}

function addDecisions(app: App, { engine }: AppParts): void {
  const tags = ['decisions']
  app.get(
    '/decisions',
    {
      schema: {
        tags,
        summary: 'Decisions',
        querystring: decisionQuery,
        response: { 200: api.decisionPage, ...problems },
      },
    },
    (request) => listDecisions(engine, request.query),
  )
  app.get(
    '/decisions/:decisionId',
    {
      schema: {
        tags,
        summary: 'One decision',
        params: decisionId,
        response: { 200: api.decision, ...problems },
      },
    },
    async (request) => {
      const decision = await getDecision(engine, request.params.decisionId)
      if (decision === null) throw fail('DECISION_UNKNOWN', { decisionId: request.params.decisionId })
      return decision
    },
  )
}

function addPolicy(app: App, { engine }: AppParts): void {
  const tags = ['policies']
  const answer = (reply: FastifyReply) => {
    const limits = limitsView(engine.core.state())
    reply.header('etag', `"${limits.version}"`)
    return limits
  }
  app.get(
    '/policies/reroute',
    {
      schema: {
        tags,
        summary: 'Limits of automatic reroutes',
        response: { 200: api.keptReroutePolicy, ...problems },
      },
    },
    async (_request, reply) => answer(reply),
  )
  const schema = {
    tags,
    summary: 'Set the limits of automatic reroutes',
    headers: versionHeaders('the limits'),
    body: api.newReroutePolicy,
    response: { 200: api.keptReroutePolicy, ...problems },
  }
  app.put('/policies/reroute', { schema }, async (request, reply) => {
    const { version: read, changedAt: _at, changedBy: _by, ...policy } = request.body
    for (const action of policy.workActions ?? []) {
      const reason = problemOfWorkAction(action, engine.flows.outside)
      if (reason !== null) throw fail('REROUTE_ACTION_INVALID', { reason })
    }
    const version = versionIn(request.headers['if-match'], 'the limits') ?? read
    const commandId = commandIdOf(request, 'policies/reroute')
    const data = { policy, by: request.caller.name, ...(version === undefined ? {} : { version }) }
    const result = await execute(engine, 'SetPolicy', data, { commandId })
    if (result.status === 'refused') throw notSet(result)
    return answer(reply)
  })
}

function notSet({ reason, answer }: CommandResult<CoreAnswer>): DetourError {
  if (reason !== 'policy_version') return refusal(reason, {})
  const { at, by, ...versions } = answer.details as { at: number | null; by: string | null }
  const changedAt = at === null ? null : new Date(at).toISOString()
  return fail('REROUTE_LIMITS_CHANGED', { ...versions, changedAt, changedBy: by })
}
