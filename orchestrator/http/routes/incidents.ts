// Routes of incidents, decisions and the policy of reroutes.

import { Type } from 'typebox'
import { api } from '#data/contracts'
import { fail } from '#data/kernel'
import { problemOfWorkAction } from '#orchestrator/flows'
import { getDecision, getIncident, listDecisions, listIncidents } from '#orchestrator/views'
import { alertReceivers } from '../alert-receivers.ts'
import { answerOf, commandIdOf, execute, idempotencyHeaders, refusal } from '../command.ts'
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
  app.get(
    '/policies/reroute',
    {
      schema: {
        tags,
        summary: 'Limits of automatic reroutes',
        response: { 200: api.reroutePolicy, ...problems },
      },
    },
    async () => engine.core.state().policy,
  )
  const schema = {
    tags,
    summary: 'Set the limits of automatic reroutes',
    headers: idempotencyHeaders,
    body: api.reroutePolicy,
    response: { 200: api.reroutePolicy, ...problems },
  }
  app.put('/policies/reroute', { schema }, async (request) => {
    for (const action of request.body.workActions ?? []) {
      const reason = problemOfWorkAction(action, engine.flows.outside)
      if (reason !== null) throw fail('REROUTE_ACTION_INVALID', { reason })
    }
    const commandId = commandIdOf(request, 'policies/reroute')
    const data = { policy: request.body, by: request.caller.name }
    const result = await execute(engine, 'SetPolicy', data, { commandId })
    if (result.status === 'refused') throw refusal(result.reason, {})
    return engine.core.state().policy
  })
}
