// Routes of soft reservations: hold units for a while, renew, release, look. The core says what is possible.

import { randomUUID } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { api } from '#data/contracts'
import { DetourError } from '#data/kernel'
import type { CommandData } from '#orchestrator/core'
import type { Engine } from '#orchestrator/engine'
import { listReservations, reservationById } from '#orchestrator/inventory'
import { commandIdOf, execute, idempotencyHeaders } from '../../command.ts'
import type { App, AppParts } from '../../parts.ts'
import { problems } from '../../problem.ts'
import { closed, page, word } from '../fields.ts'
import { idOf } from './adjustments.ts'
import { accepted } from './change.ts'

const tags = ['inventory']
const headers = idempotencyHeaders
const params = Type.Object({ reservationId: word() })
const response = { 200: api.reservationAnswer, ...problems }
const renewal = Type.Object(
  { ttlSeconds: Type.Optional(Type.Integer({ minimum: 1, maximum: 2_592_000, description: 'default 900' })) },
  closed,
)
const release = Type.Object({ reason: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })) }, closed)
const listQuery = Type.Object(
  {
    ...page,
    sku: Type.Optional(word()),
    node: Type.Optional(word('node id')),
    channel: Type.Optional(word()),
    reference: Type.Optional(word('cart or order it is for')),
  },
  closed,
)

/** Seconds that units are held where nobody says how long. */
const usualTtl = 900

/** Adds the routes of soft reservations. */
export function addReservations(app: App, { engine }: AppParts): void {
  addReserve(app, engine)
  addChanges(app, engine)
  app.get(
    '/inventory/reservations',
    {
      schema: {
        tags,
        summary: 'Reservations that hold, the first to end first',
        querystring: listQuery,
        response: { 200: api.reservationPage, ...problems },
      },
    },
    (request) => listReservations(engine.core.state(), request.query, engine.now()),
  )
  app.get(
    '/inventory/reservations/:reservationId',
    {
      schema: {
        tags,
        summary: 'A reservation',
        params,
        response: { 200: api.reservation, ...problems },
      },
    },
    (request) => reservationById(engine.core.state(), request.params.reservationId, engine.now()),
  )
}

function addReserve(app: App, engine: Engine): void {
  app.post(
    '/inventory/reservations',
    {
      schema: {
        tags,
        headers,
        summary: 'Hold units for a while, all lines or none',
        body: api.newReservation,
        response,
      },
    },
    async (request) => {
      const { commandId, data } = wishOf(request, request.body, '')
      return answerOf(accepted(await execute(engine, 'ReserveStock', data, { commandId })))
    },
  )
  app.post(
    '/inventory/reservations/bulk',
    {
      schema: {
        tags,
        headers,
        summary: 'Several reservations, each by itself',
        body: api.newReservations,
        response: { 200: api.reservationsAnswer, ...problems },
      },
    },
    async (request) => {
      const wishes = request.body.items.map((item, i) => wishOf(request, item, `/${i}`))
      return { items: await Promise.all(wishes.map((wish) => reserveOne(engine, wish))) }
    },
  )
}

function addChanges(app: App, engine: Engine): void {
  app.post(
    '/inventory/reservations/:reservationId/renew',
    { schema: { tags, headers, summary: 'Hold for another while', params, body: renewal, response } },
    async (request) => {
      const { reservationId } = request.params
      const commandId = commandIdOf(request, `renew/${reservationId}`)
      const data = { reservationId, ttlMs: (request.body.ttlSeconds ?? usualTtl) * 1_000 }
      return answerOf(accepted(await execute(engine, 'RenewReservation', data, { commandId })))
    },
  )
  const end = async (request: FastifyRequest, reservationId: string, reason = 'released over the API') => {
    const commandId = commandIdOf(request, `release/${reservationId}`)
    const data = { reservationId, reason }
    return answerOf(accepted(await execute(engine, 'ReleaseReservation', data, { commandId })))
  }
  app.post(
    '/inventory/reservations/:reservationId/release',
    { schema: { tags, headers, summary: 'Let the units go', params, body: release, response } },
    (request) => end(request, request.params.reservationId, request.body.reason),
  )
  app.delete(
    '/inventory/reservations/:reservationId',
    { schema: { tags, headers, summary: 'Let the units go', params, response } },
    (request) => end(request, request.params.reservationId),
  )
}

interface Wish {
  commandId: string
  data: CommandData['ReserveStock']
}

/**
 * What is asked for, under an id of its own: that of the request, one that follows from its key, or a new one. Without
 * a key the id of the reservation is that of the command, so that asking again is answered as before, for ever.
 */
function wishOf(request: FastifyRequest, wish: api.NewReservation, place: string): Wish {
  const key = request.headers['idempotency-key']
  const keyed = key === undefined ? null : `${commandIdOf(request, 'reservations')}${place}`
  const reservationId = wish.reservationId ?? (keyed === null ? randomUUID() : idOf(keyed))
  const data = {
    reservationId,
    lines: wish.lines,
    ttlMs: (wish.ttlSeconds ?? usualTtl) * 1_000,
    channel: wish.channel ?? null,
    reference: wish.reference ?? null,
  }
  return { commandId: keyed ?? `reserve/${reservationId}`, data }
}

interface Told {
  reservationId: string
  status: api.ReservationAnswer['reservationStatus']
  createdAt: number
  expiresAt: number
  untracked?: { sku: string; nodeId: string }[]
}

function answerOf({ status, details }: ReturnType<typeof accepted>): api.ReservationAnswer {
  const told = details as unknown as Told
  const answer = {
    status,
    reservationId: told.reservationId,
    reservationStatus: told.status,
    createdAt: new Date(told.createdAt).toISOString(),
    expiresAt: new Date(told.expiresAt).toISOString(),
  }
  return told.untracked === undefined ? answer : { ...answer, untracked: told.untracked }
}

async function reserveOne(engine: Engine, { commandId, data }: Wish) {
  const { reservationId } = data
  const no = { reservationId, status: 'refused' as const, reservationStatus: null, expiresAt: null }
  try {
    const result = await execute(engine, 'ReserveStock', data, { commandId })
    const { details = {} } = result.answer
    if (result.status === 'refused') return { ...no, reason: result.reason, details }
    const { reservationStatus, expiresAt } = answerOf({ status: result.status, details })
    return { reservationId, status: result.status, reason: null, reservationStatus, expiresAt }
  } catch (error) {
    if (!(error instanceof DetourError) || error.code !== 'LOG_COMMAND_CONFLICT') throw error
    return { ...no, reason: 'reservation_exists' }
  }
}
