// Route of promises: what a cart could have, and the units of an option held on request.

import { createHash } from 'node:crypto'
import { api } from '#data/contracts'
import { DetourError } from '#data/kernel'
import { reservationOf, reservationStatus } from '#orchestrator/core'
import type { Engine } from '#orchestrator/engine'
import { type Promised, Promises } from '#orchestrator/sourcing'
import { assertActing } from '../acting.ts'
import { execute, refusal } from '../command.ts'
import type { App, AppParts } from '../parts.ts'
import { problems } from '../problem.ts'
import type { Sessions } from '../sessions.ts'
import { accepted } from './inventory/change.ts'

/** Seconds that units are held where nobody says how long. */
const usualTtl = 900

/** Adds the route of promises. */
export function addPromise(app: App, { engine, vault }: AppParts, sessions: Sessions): void {
  const promises = new Promises()
  app.post(
    '/promise',
    {
      schema: {
        tags: ['promise'],
        summary: 'By which methods, until when and at what cost a cart could be had; reserves on request',
        body: api.promiseRequest,
        response: { 200: api.promiseAnswer, ...problems },
      },
      config: { access: 'read' },
    },
    async (request) => {
      const { body } = request
      if (body.reserve !== undefined) await assertActing(request, { vault, sessions })
      const here = { worlds: engine.worlds, state: engine.core.state(), now: engine.now() }
      const promised = promises.of(body, here)
      return { ...promised, reservationId: await reserve(engine, body, promised) }
    },
  )
}

/**
 * Holds the units of the option that was asked for, all or none; again under the same id, it holds what it held.
 * @returns id of the reservation, null where none was asked for
 * @throws CORE_REFUSED
 */
async function reserve(
  engine: Engine,
  request: api.PromiseRequest,
  { options }: Promised,
): Promise<string | null> {
  if (request.reserve === undefined) return null
  const { reservationId, option: place, ttlSeconds = usualTtl } = request.reserve
  const reference = referenceOf(request)
  if (isHeld(engine, reservationId, reference)) return reservationId
  const option = options[place]
  if (option === undefined) {
    throw refusal('option_unknown', { reservationId, option: place, options: options.length })
  }
  const data = {
    reservationId,
    lines: option.shipments.flatMap(({ nodeId, lines }) => lines.map((line) => ({ nodeId, ...line }))),
    ttlMs: ttlSeconds * 1_000,
    channel: request.channel ?? null,
    reference,
  }
  try {
    accepted(await execute(engine, 'ReserveStock', data, { commandId: `promise/${reservationId}` }))
  } catch (error) {
    // The same was asked twice at once, and the stock was another in between.
    const isTwice = error instanceof DetourError && error.code === 'LOG_COMMAND_CONFLICT'
    if (!isTwice || !isHeld(engine, reservationId, reference)) throw error
  }
  return reservationId
}

/** Whether the reservation holds for this very cart. @throws CORE_REFUSED where it is another's, or over */
function isHeld(engine: Engine, reservationId: string, reference: string): boolean {
  const known = reservationOf(engine.core.state(), reservationId)
  if (known === undefined) return false
  if (known.reference !== reference) throw refusal('reservation_exists', { reservationId })
  const status = reservationStatus(known, engine.now())
  if (status === 'active') return true
  throw refusal(`reservation_${status}`, { reservationId })
}

/** Names the cart and the option, so that a reservation of another is not taken for this one. */
function referenceOf({ lines, shipTo, methods, channel, reserve }: api.PromiseRequest): string {
  const cart = lines.map(({ sku, quantity }) => [sku, quantity])
  const { country, region, city, postalCode } = shipTo
  const asked = [cart, [country, region, city, postalCode], methods, channel, reserve?.option]
  return `promise ${createHash('sha256').update(JSON.stringify(asked)).digest('hex').slice(0, 16)}`
}
