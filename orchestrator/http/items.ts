// Requests about many things at once: each is judged and carried out by itself, and one that fails stops no other. It
// knows no single route.

import { createHash } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import type { TSchema } from 'typebox'
import type { api } from '#data/contracts'
import { asDetourError, type DetourError } from '#data/kernel'
import { invalidInput } from './problem.ts'

/** Carries out all items side by side. @param run gives the answer of an item or throws why there is none */
export async function eachItem<T>(
  items: readonly T[],
  run: (item: T, index: number) => Promise<api.CommandAnswer>,
): Promise<api.ItemResults> {
  const results = await Promise.all(items.map((item, index) => outcomeOf(index, () => run(item, index))))
  return {
    done: results.filter(({ status }) => status === 'done').length,
    refused: results.filter(({ status }) => status === 'refused').length,
    items: results,
  }
}

type Outcome = api.ItemResults['items'][number]

async function outcomeOf(index: number, run: () => Promise<api.CommandAnswer>): Promise<Outcome> {
  try {
    const { status, reason, orderId, orderStatus } = await run()
    return { index, status, orderId, orderStatus, reason, problem: null }
  } catch (error) {
    return refusedItem(index, asDetourError(error))
  }
}

function refusedItem(index: number, { code, message, retryable, details }: DetourError): Outcome {
  const { orderId, reason } = details
  return {
    index,
    status: 'refused',
    orderId: typeof orderId === 'string' ? orderId : null,
    orderStatus: null,
    reason: typeof reason === 'string' ? reason : null,
    problem: { code, detail: message, retryable },
  }
}

/**
 * The value as the schema has it.
 * @throws HTTP_BODY_INVALID that names what is wrong
 */
export function checked<T>(request: FastifyRequest, schema: TSchema, value: unknown): T {
  const validate = request.compileValidationSchema(schema as never, 'body')
  if (validate(value) === false) throw invalidInput(validate.errors ?? [], 'body')
  return value as T
}

/** A short name that follows from the id of a command, so that the same request makes the same name. */
export function nameFrom(commandId: string): string {
  return createHash('sha256').update(commandId).digest('hex').slice(0, 8)
}
