// Routes of alerting: silences and maintenance windows, and who is told of which incident.

import { Type } from 'typebox'
import { api } from '#data/contracts'
import { receiversOf, routesFor } from '#orchestrator/alerting'
import { defaultRouting } from '#orchestrator/core'
import type { Engine } from '#orchestrator/engine'
import { listSilences, silenceView } from '#orchestrator/views'
import { alertReceivers, checkReceivers } from '../alert-receivers.ts'
import { commandIdOf, execute, idempotencyHeaders, refusal } from '../command.ts'
import { nameFrom } from '../items.ts'
import type { App, AppParts } from '../parts.ts'
import { problems } from '../problem.ts'
import { closed, oneOf, word } from './fields.ts'

const tags = ['alerting']
const params = Type.Object({ silenceId: word() })
const query = Type.Object({ state: Type.Optional(oneOf(['active', 'upcoming', 'ended'])) }, closed)

/** Adds the routes of alerting. */
export function addAlerting(app: App, { engine, webhooks }: AppParts): void {
  addSilences(app, engine)
  addRouting(app, engine, webhooks)
  app.post(
    '/alerting/preview',
    {
      schema: {
        tags,
        summary: 'Who would be told of the open incidents by other rules; nothing is changed',
        body: api.alertRouting,
        response: { 200: api.alertPreview, ...problems },
      },
      config: { access: 'read' },
    },
    async (request) => preview(engine, request.body, await alertReceivers(webhooks)),
  )
}

function addSilences(app: App, engine: Engine): void {
  app.get(
    '/silences',
    {
      schema: {
        tags,
        summary: 'Silences and maintenance windows, those that hold first',
        querystring: query,
        response: { 200: api.silencesAnswer, ...problems },
      },
    },
    async (request) => ({ silences: listSilences(engine, request.query.state) }),
  )
  const write = { tags, headers: idempotencyHeaders, response: { 200: api.silence, ...problems } }
  const body = api.silenceDraft
  app.post(
    '/silences',
    { schema: { ...write, summary: 'Tell nobody of some incidents for a while', body: api.silenceRequest } },
    (request) => {
      const commandId = commandIdOf(request, 'silences')
      const silenceId = `sil_${nameFrom(commandId)}`
      const data = { silenceId, draft: request.body, by: request.caller.name }
      return changed(engine, 'AddSilence', data, commandId)
    },
  )
  app.put(
    '/silences/:silenceId',
    { schema: { ...write, summary: 'Change a silence that has not ended', params, body } },
    (request) => {
      const { silenceId } = request.params
      const data = { silenceId, draft: request.body, by: request.caller.name }
      return changed(engine, 'ChangeSilence', data, commandIdOf(request, `silences/${silenceId}`))
    },
  )
  app.post(
    '/silences/:silenceId/end',
    { schema: { ...write, summary: 'End a silence now', params } },
    (request) => {
      const { silenceId } = request.params
      const data = { silenceId, by: request.caller.name }
      return changed(engine, 'EndSilence', data, commandIdOf(request, `silences/${silenceId}/end`))
    },
  )
}

async function changed<T extends 'AddSilence' | 'ChangeSilence' | 'EndSilence'>(
  engine: Engine,
  type: T,
  data: Parameters<typeof execute<T>>[2],
  commandId: string,
): Promise<api.Silence> {
  const result = await execute(engine, type, data, { commandId })
  const about = { silenceId: data.silenceId, ...result.answer.details }
  if (result.status === 'refused') throw refusal(result.reason, about)
  const silence = engine.core.state().alerting.silences.get(data.silenceId)
  if (silence === undefined) throw refusal('silence_unknown', about)
  engine.cycleSoon()
  return silenceView(engine, silence)
}

function addRouting(app: App, engine: Engine, webhooks: AppParts['webhooks']): void {
  const response = { 200: api.alertRoutingAnswer, ...problems }
  const told = (): api.AlertRoutingAnswer => {
    const { routing } = engine.core.state().alerting
    return { routing: routing ?? defaultRouting, isDefault: routing === null }
  }
  app.get(
    '/alerting/routing',
    { schema: { tags, summary: 'Who is told of which incident, and when it flaps', response } },
    async () => told(),
  )
  app.put(
    '/alerting/routing',
    {
      schema: {
        tags,
        summary: 'Set who is told of which incident; the whole of it',
        headers: idempotencyHeaders,
        body: api.alertRouting,
        response,
      },
      config: { access: 'manage' },
    },
    async (request) => {
      await checkReceivers(webhooks, request.body, told().routing)
      const commandId = commandIdOf(request, 'alerting/routing')
      const data = { routing: request.body, by: request.caller.name }
      const result = await execute(engine, 'SetAlertRouting', data, { commandId })
      if (result.status === 'refused') throw refusal(result.reason, result.answer.details ?? {})
      return told()
    },
  )
}

function preview(engine: Engine, routing: api.AlertRouting, receivers: readonly string[]): api.AlertPreview {
  const { incidents, openIncidents } = engine.core.state()
  return {
    incidents: [...openIncidents.values()].flatMap((incidentId) => {
      const incident = incidents.get(incidentId)
      if (incident === undefined) return []
      const routes = routesFor(routing, incident).map(({ routeId, receivers: meant }) => ({
        routeId,
        receivers: receiversOf(meant, receivers),
      }))
      return [{ incidentId, title: incident.title, routes }]
    }),
  }
}
