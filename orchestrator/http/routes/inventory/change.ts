// From a request to a command on inventory and back: what was changed, or the refusal. It knows no single command.

import type { FastifyRequest } from 'fastify'
import type { api } from '#data/contracts'
import type { CommandResult } from '#data/log'
import type { CommandData, CommandType, CoreAnswer } from '#orchestrator/core'
import type { Engine } from '#orchestrator/engine'
import { commandIdOf, execute, refusal } from '../../command.ts'

/** What a command that was not refused answers. @throws CORE_REFUSED, RESERVATION_UNKNOWN */
export function accepted({ status, reason, answer }: CommandResult<CoreAnswer>): {
  status: 'done' | 'noop'
  details: Record<string, unknown>
} {
  if (status === 'refused') throw refusal(reason, answer.details ?? {})
  return { status, details: answer.details ?? {} }
}

/**
 * Runs a command that answers nothing but what it changed.
 * @param route names what is asked, with the ids in its path
 * @throws CORE_REFUSED, LOG_COMMAND_CONFLICT, HTTP_IDEMPOTENCY_KEY_INVALID
 */
export async function change<T extends CommandType>(
  engine: Engine,
  request: FastifyRequest,
  route: string,
  type: T,
  data: CommandData[T],
): Promise<api.StockAnswer> {
  const result = await execute(engine, type, data, { commandId: commandIdOf(request, route) })
  const { status, details } = accepted(result)
  return { status, ...(details as Pick<api.StockAnswer, 'changed' | 'left'>) }
}
