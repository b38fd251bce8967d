// Routes of detection: its settings, feedback on incidents, and what either would have changed.

import { Type } from 'typebox'
import { api } from '#data/contracts'
import { defaultDetection, type PreviewedAlert, rulesOf } from '#models'
import { type CoreState, feedbackOf } from '#orchestrator/core'
import type { Engine } from '#orchestrator/engine'
import { commandIdOf, execute, idempotencyHeaders, refusal } from '../command.ts'
import type { App, AppParts } from '../parts.ts'
import { problems } from '../problem.ts'
import { word } from './fields.ts'

const tags = ['detection']
const defaultDays = 14
const feedbackId = Type.Object({ feedbackId: word() })

/** Adds the routes of detection. */
export function addDetection(app: App, { engine }: AppParts): void {
  app.get(
    '/detection/settings',
    {
      schema: {
        tags,
        summary: 'How detection judges: thresholds, confirmation, budget of alerts, closed days, rules',
        response: { 200: api.detectionSettings, ...problems },
      },
    },
    () => engine.core.state().detection.settings ?? defaultDetection,
  )
  const schema = {
    tags,
    summary: 'Set how detection judges; the whole of it',
    headers: idempotencyHeaders,
    body: api.detectionSettings,
    response: { 200: api.detectionSettings, ...problems },
  }
  app.put('/detection/settings', { schema }, async (request) => {
    const data = { settings: request.body, by: request.caller.name }
    const commandId = commandIdOf(request, 'detection/settings')
    const result = await execute(engine, 'SetDetection', data, { commandId })
    if (result.status === 'refused') throw refusal(result.reason, result.answer.details ?? {})
    engine.cycleSoon()
    return request.body
  })
  app.post(
    '/detection/preview',
    {
      schema: {
        tags,
        summary: 'What the last days would have shown with other settings or feedback; nothing is changed',
        body: api.previewDraft,
        response: { 200: api.previewAnswer, ...problems },
      },
      config: { access: 'read' },
    },
    (request) => preview(engine, request.body, request.caller.name),
  )
  addFeedback(app, engine)
}

function addFeedback(app: App, engine: Engine): void {
  app.get(
    '/detection/feedback',
    {
      schema: {
        tags,
        summary: 'All feedback, the newest first, and the rules that follow from it',
        response: { 200: api.feedbackAnswer, ...problems },
      },
    },
    () => told(engine.core.state()),
  )
  const response = { 200: api.feedbackAnswer, ...problems }
  app.post(
    '/detection/feedback',
    {
      schema: {
        tags,
        summary: 'Say whether an incident was useful, and why not: thresholds of its series move',
        headers: idempotencyHeaders,
        body: api.feedbackDraft,
        response,
      },
    },
    async (request) => {
      const commandId = commandIdOf(request, 'detection/feedback')
      const data = { feedbackId: commandId, draft: request.body, by: request.caller.name }
      const result = await execute(engine, 'GiveFeedback', data, { commandId })
      if (result.status === 'refused') throw refusal(result.reason, result.answer.details ?? {})
      engine.cycleSoon()
      return told(engine.core.state())
    },
  )
  const summary = 'Take feedback back: thresholds are as if it had not been given'
  const schema = { tags, summary, headers: idempotencyHeaders, params: feedbackId, response }
  app.post('/detection/feedback/:feedbackId/undo', { schema }, async (request) => {
    const id = request.params.feedbackId
    const commandId = commandIdOf(request, `detection/feedback/${id}/undo`)
    const data = { feedbackId: id, by: request.caller.name }
    const result = await execute(engine, 'UndoFeedback', data, { commandId })
    if (result.status === 'refused') throw refusal(result.reason, result.answer.details ?? {})
    engine.cycleSoon()
    return told(engine.core.state())
  })
}

function told({ detection: { feedback } }: CoreState): api.FeedbackAnswer {
  return { feedback: feedback.toReversed(), rules: rulesOf(feedback) }
}

/** @throws INCIDENT_UNKNOWN */
async function preview(engine: Engine, draft: api.PreviewDraft, by: string): Promise<api.PreviewAnswer> {
  const state = engine.core.state()
  const now = state.detection
  const days = draft.days ?? defaultDays
  const left = now.feedback.filter((one) => one.feedbackId !== draft.undo)
  const given =
    draft.feedback === undefined
      ? null
      : feedbackOf(state, 'preview', draft.feedback, { by, at: engine.now() })
  if (draft.feedback !== undefined && given === null) throw refusal('incident_unknown', { ...draft.feedback })
  const tried = {
    settings: draft.settings ?? now.settings,
    feedback: given === null ? left : [...left, given],
  }
  const [before = [], after = []] = await engine.previewDetection([now, tried], days)
  const keys = (alerts: readonly PreviewedAlert[]) => new Set(alerts.map(({ key }) => key))
  const [was, is] = [keys(before), keys(after)]
  return {
    days,
    before: before.map(shown),
    after: after.map(shown),
    gone: [...was].filter((key) => !is.has(key)),
    added: [...is].filter((key) => !was.has(key)),
  }
}

function shown({ from, to, ...alert }: PreviewedAlert): api.PreviewAlert {
  return { ...alert, from: new Date(from).toISOString(), to: new Date(to).toISOString() }
}
