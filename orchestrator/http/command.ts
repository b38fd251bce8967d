// From a request to a command of the core and back: idempotency keys, refusals, answers. It knows no single command.

import { randomUUID } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import type { api } from '#data/contracts'
import { type DetourError, fail } from '#data/kernel'
import type { CommandResult } from '#data/log'
import type { CommandData, CommandType, CoreAnswer } from '#orchestrator/core'
import type { Engine } from '#orchestrator/engine'

/** The header of every write, for the reference. */
export const idempotencyHeaders = Type.Object({
  'idempotency-key': Type.Optional(
    Type.String({
      description: 'the same key with the same body gets the same answer; another body is refused',
    }),
  ),
})

const keyShape = /^[\x21-\x7e]{1,200}$/

/**
 * The id of the command that a request asks for: of its key where it has one, else a new one.
 * @param route names what is asked, with the ids in its path
 * @throws HTTP_IDEMPOTENCY_KEY_INVALID
 */
export function commandIdOf(request: FastifyRequest, route: string): string {
  const key = request.headers['idempotency-key']
  if (key === undefined) return `http/${randomUUID()}`
  if (typeof key !== 'string' || !keyShape.test(key)) throw fail('HTTP_IDEMPOTENCY_KEY_INVALID')
  return `http/${route}/${key}`
}

/** Runs the command of a request. @returns how it ended, also where it was refused */
export function execute<T extends CommandType>(
  engine: Engine,
  type: T,
  data: CommandData[T],
  options: { commandId: string; at?: number },
): Promise<CommandResult<CoreAnswer>> {
  return engine.core.execute(type, data, { commandId: options.commandId, at: options.at ?? engine.now() })
}

/** The answer on the wire. @throws ORDER_UNKNOWN, WORK_UNKNOWN, INCIDENT_UNKNOWN, CORE_REFUSED */
export function answerOf(
  { status, reason, answer }: CommandResult<CoreAnswer>,
  about: Record<string, unknown> = {},
): api.CommandAnswer {
  if (status === 'refused') throw refusal(reason, { ...about, ...answer.details, orderStatus: answer.status })
  return {
    status,
    reason: null,
    orderId: answer.orderId,
    orderStatus: answer.status as api.CommandAnswer['orderStatus'],
  }
}

/** The error of a refusal of the core. */
export function refusal(reason: string | null, details: Record<string, unknown>): DetourError {
  switch (reason) {
    case 'order_unknown':
      return fail('ORDER_UNKNOWN', details)
    case 'work_unknown':
      return fail('WORK_UNKNOWN', details)
    case 'incident_unknown':
      return fail('INCIDENT_UNKNOWN', details)
    case 'silence_unknown':
      return fail('SILENCE_UNKNOWN', details)
    case 'reservation_unknown':
      return fail('RESERVATION_UNKNOWN', details)
    default:
      return fail('CORE_REFUSED', { ...details, reason })
  }
}

/**
 * The business time of requests that write it into what they ask: a request that comes again while the first is under
 * way must ask for the very same.
 */
export class AskedTimes {
  readonly #times = new Map<string, number>()

  /** Runs `work` with the time of the request with this id. */
  async during<R>(commandId: string, now: () => number, work: (at: number) => Promise<R>): Promise<R> {
    const known = this.#times.get(commandId)
    if (known !== undefined) return work(known)
    const at = now()
    this.#times.set(commandId, at)
    try {
      return await work(at)
    } finally {
      this.#times.delete(commandId)
    }
  }
}
