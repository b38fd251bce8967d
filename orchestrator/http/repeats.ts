// Requests that a caller sends again with the same key: carried out once, answered the same. For routes whose work is
// more than one command of the core; those of one command have the log's memory. It knows no route by name.

import { createHash } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import { DetourError, type ErrorCode, type ErrorDetails, fail } from '#data/kernel'
import type { Vault } from '#data/vault'
import { commandIdOf } from './command.ts'

type Memory = Pick<Vault, 'claimRequest' | 'answerRequest'>
type Kept<T> = { answer: T } | { code: ErrorCode; details: ErrorDetails }

/** The requests with keys of a running server. */
export class Repeats {
  readonly #memory: Memory
  /** The last request of each id that is under way: one at a time. */
  readonly #last = new Map<string, Promise<unknown>>()

  constructor(memory: Memory) {
    this.#memory = memory
  }

  /**
   * What `work` gives or, where this was asked before with the same key, what it gave then, refusals included.
   * @param route names what is asked, with the ids in its path
   * @param asked what the key stands for: with something else it is refused
   * @throws LOG_COMMAND_CONFLICT, HTTP_IDEMPOTENCY_KEY_INVALID and whatever `work` throws
   */
  async once<T>(
    request: FastifyRequest,
    route: string,
    asked: unknown,
    work: (commandId: string) => Promise<T>,
  ): Promise<T> {
    const id = commandIdOf(request, route)
    if (request.headers['idempotency-key'] === undefined) return work(id)
    const hash = hashOf(asked)
    const turn = (this.#last.get(id) ?? Promise.resolve()).then(() => this.#answer(id, hash, work))
    const done = turn.catch(() => undefined)
    this.#last.set(id, done)
    try {
      return await turn
    } finally {
      if (this.#last.get(id) === done) this.#last.delete(id)
    }
  }

  async #answer<T>(id: string, hash: string, work: (commandId: string) => Promise<T>): Promise<T> {
    const known = await this.#memory.claimRequest(id, hash)
    return known === null ? this.#carryOut(id, work) : unpack(JSON.parse(known) as Kept<T>)
  }

  /** Keeps the outcome, unless the same request may end otherwise later. */
  async #carryOut<T>(id: string, work: (commandId: string) => Promise<T>): Promise<T> {
    const keep = (kept: Kept<T>) => this.#memory.answerRequest(id, JSON.stringify(kept))
    let answer: T
    try {
      answer = await work(id)
    } catch (error) {
      if (error instanceof DetourError && error.status < 500 && !error.retryable) {
        await keep({ code: error.code, details: error.details })
      }
      throw error
    }
    await keep({ answer })
    return answer
  }
}

function unpack<T>(kept: Kept<T>): T {
  if ('code' in kept) throw fail(kept.code, kept.details)
  return kept.answer
}

/** The order of fields does not matter. */
function hashOf(asked: unknown): string {
  const text = JSON.stringify(asked, (_, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  )
  return createHash('sha256').update(text).digest('base64url')
}
