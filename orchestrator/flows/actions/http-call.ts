// One call to an address outside, with a key against doing twice: guarded as webhooks are, with a bounded time and a
// bounded answer. It follows no redirect.

import { Agent, request } from 'undici'
import { DetourError, reasonOf } from '#data/kernel'
import type { UrlPolicy } from '#orchestrator/webhooks'
import type { ActionAnswer } from './action.ts'

/** Most of an answer that is read, bytes. */
export const answerBytesMost = 1_000_000
/** Characters of a word that an action says, and of a reason. */
const saidMost = 200

/** Calls addresses outside. */
export interface HttpCaller {
  /** What came of it; whoever cannot be reached is an answer too. */
  post(url: string, key: string, body: object, signal: AbortSignal): Promise<ActionAnswer>
  close(): Promise<void>
}

/** A caller with connections of its own. @param policy where calls may go */
export function openHttpCaller(policy: UrlPolicy): HttpCaller {
  const agentFor = (way: 'https' | 'http' | 'own') =>
    new Agent({
      pipelining: 0,
      allowH2: false,
      connect: { timeout: 10_000, lookup: policy.lookupFor(way) },
      maxHeaderSize: 16_384,
    })
  const agents = { https: agentFor('https'), http: agentFor('http'), own: agentFor('own') }
  return {
    post: async (text, key, body, signal) => {
      try {
        const { url, way } = policy.check(text)
        const dispatcher = agents[way]
        const headers = {
          'content-type': 'application/json',
          accept: 'application/json',
          'user-agent': 'Detour-Flows/1',
          'idempotency-key': key,
        }
        const answer = await request(url, {
          ...{ method: 'POST', headers, body: JSON.stringify(body), dispatcher, signal },
        })
        return answerOf(answer.statusCode, await read(answer.body))
      } catch (error) {
        const reason = reasonOf(signal.aborted ? signal.reason : error)
        return { isDone: false, reason, ...(neverSent(error) ? {} : { isUnknown: true }) }
      }
    },
    close: async () => {
      await Promise.all(Object.values(agents).map((agent) => agent.destroy()))
    },
  }
}

/** The body as text; null = it was longer than may be. */
async function read(stream: AsyncIterable<unknown> & { destroy(): unknown }): Promise<string | null> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of stream) {
    bytes += (chunk as Buffer).length
    if (bytes > answerBytesMost) {
      stream.destroy()
      return null
    }
    chunks.push(chunk as Buffer)
  }
  return Buffer.concat(chunks).toString('utf8')
}

/** Errors of connections that never came about. */
const unconnected: ReadonlySet<string> = new Set([
  ...['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'UND_ERR_CONNECT_TIMEOUT'],
])

/** Whether nobody can have got what was asked. */
function neverSent(error: unknown): boolean {
  if (error instanceof DetourError) return true
  const { code } = error as { code?: unknown }
  return typeof code === 'string' && unconnected.has(code)
}

/** The answer of one that says more than may be. */
export const tooLong: ActionAnswer = {
  isDone: false,
  reason: `it answered with more than ${answerBytesMost} bytes`,
  isFinal: true,
  isUnknown: true,
}

/** Statuses after which another try may help. */
const passing: ReadonlySet<number> = new Set([408, 425, 429])

function answerOf(status: number, text: string | null): ActionAnswer {
  // What it says is not known then, but it was asked, and may have done it.
  if (text === null) return tooLong
  if (status >= 200 && status < 300) return saidIn(text)
  const isFinal = status < 500 && !passing.has(status)
  const reason = status >= 300 && status < 400 ? 'redirects are not followed' : `it answered ${status}`
  // What broke down there may have been done before.
  const isUnknown = status >= 500 && status !== 501 && status !== 503
  const isInUse = status === 409
  return {
    isDone: false,
    reason,
    isFinal,
    ...(isUnknown ? { isUnknown } : {}),
    ...(isInUse ? { isInUse } : {}),
  }
}

/**
 * What an answer says: `{ok, reason, outcome}` where it is such a document, else that all went well.
 * @param text JSON, or anything
 */
export function saidIn(text: string): ActionAnswer {
  const { ok = true, reason = null, outcome } = documentIn(text)
  const words = typeof reason === 'string' ? reason.slice(0, saidMost) : null
  return {
    isDone: ok !== false,
    reason: ok === false ? (words ?? 'it said no') : words,
    ...(typeof outcome === 'string' ? { said: outcome.slice(0, saidMost) } : {}),
    ...(ok === false ? { isFinal: true } : {}),
  }
}

function documentIn(text: string): { ok?: unknown; reason?: unknown; outcome?: unknown } {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? value : {}
  } catch {
    return {}
  }
}
