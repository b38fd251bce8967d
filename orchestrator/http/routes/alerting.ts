// Routes of alerting: silences and maintenance windows, and who is told of which incident.

import { Type } from 'typebox'
import { api } from '#data/contracts'
import { fits, nextStart, receiversOf, routesFor, stateOf, stretchAt } from '#orchestrator/alerting'
import { defaultRouting, type Silence } from '#orchestrator/core'
import type { Engine } from '#orchestrator/engine'
import { alertReceivers } from '../alert-receivers.ts'
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
  addRouting(app, engine)
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
    async (request) => ({ silences: silencesOf(engine, request.query.state) }),
  )
  const write = { tags, headers: idempotencyHeaders, response: { 200: api.silence, ...problems } }
  const body = api.silenceDraft
  app.post(
    '/silences',
    { schema: { ...write, summary: 'Tell nobody of some incidents for a while', body } },
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

const order = { active: 0, upcoming: 1, ended: 2 }

function silencesOf(engine: Engine, asked: api.Silence['state'] | undefined): api.Silence[] {
  return [...engine.core.state().alerting.silences.values()]
    .map((silence) => silenceView(engine, silence))
    .filter(({ state }) => asked === undefined || state === asked)
    .sort((a, b) => order[a.state] - order[b.state] || (a.startsAt < b.startsAt ? 1 : -1))
}

function silenceView(engine: Engine, silence: Silence): api.Silence {
  const { incidents, openIncidents } = engine.core.state()
  const now = engine.now()
  const until = stretchAt(silence, now)?.to ?? null
  const next = nextStart(silence, now)
  const matching = [...openIncidents.values()].filter((id) => {
    const incident = incidents.get(id)
    return incident !== undefined && fits(silence.matchers, incident)
  })
  return {
    ...silence,
    state: stateOf(silence, now),
    activeUntil: until === null || !Number.isFinite(until) ? null : new Date(until).toISOString(),
    nextStart: next === null ? null : new Date(next).toISOString(),
    openIncidents: matching.length,
  }
}

function addRouting(app: App, engine: Engine): void {
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
