// Routes of replays: past orders by a draft beside what is in force. They publish nothing.

import { Type } from 'typebox'
import { api } from '#data/contracts'
import type { Engine } from '#orchestrator/engine'
import { startReplay } from '#orchestrator/replay'
import { cursorOf, pageLimit, placeOf } from '#orchestrator/views'
import { idempotencyHeaders } from '../command.ts'
import type { App, AppParts } from '../parts.ts'
import { problems } from '../problem.ts'
import type { Repeats } from '../repeats.ts'
import { closed, page, word } from './fields.ts'

const tags = ['replays']
const byId = Type.Object({ replayId: word() })

/** Adds the routes of replays. */
export function addReplays(app: App, { engine }: AppParts, repeats: Repeats): void {
  const { replays } = engine
  addChanges(app, engine)
  app.get(
    '/replays',
    {
      schema: {
        tags,
        summary: 'Replays, the newest first; the last 20',
        response: { 200: api.replaysAnswer, ...problems },
      },
    },
    () => ({ replays: replays.list() }),
  )
  app.post(
    '/replays',
    {
      schema: {
        tags,
        summary: 'Start a replay of a draft over the orders of the last days; one runs at a time',
        headers: idempotencyHeaders,
        body: api.replayRequest,
        response: { 200: api.replay, ...problems },
      },
    },
    (request) =>
      repeats.once(request, 'replays', request.body, async () =>
        startReplay(request.body, engine, request.caller.name),
      ),
  )
  app.get(
    '/replays/:replayId',
    {
      schema: {
        tags,
        summary: 'How far a replay is, and what it found',
        params: byId,
        response: { 200: api.replay, ...problems },
      },
    },
    (request) => replays.get(request.params.replayId),
  )
  app.post(
    '/replays/:replayId/cancel',
    {
      schema: {
        tags,
        summary: 'End a replay; one that has ended stays as it is',
        headers: idempotencyHeaders,
        params: byId,
        response: { 200: api.replay, ...problems },
      },
    },
    (request) => replays.cancel(request.params.replayId),
  )
}

function addChanges(app: App, { replays }: Pick<Engine, 'replays'>): void {
  app.get(
    '/replays/:replayId/changes',
    {
      schema: {
        tags,
        summary: 'Orders that would go otherwise, those whose fate differs most first',
        params: byId,
        querystring: Type.Object(page, closed),
        response: { 200: api.replayChanges, ...problems },
      },
    },
    (request) => {
      const { replayId } = request.params
      const { cursor, limit } = request.query
      const sort = `replay/${replayId}`
      const from = Number(placeOf(cursor, sort, 'number')?.key ?? 0)
      const changes = replays.changes(replayId)
      const to = from + pageLimit(limit)
      const items = changes.slice(from, to)
      const nextCursor = to < changes.length ? cursorOf({ sort, key: to, id: '' }) : null
      return { items, nextCursor, total: changes.length }
    },
  )
}
