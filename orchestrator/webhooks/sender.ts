// One try to deliver a message over HTTP, signed. It follows no redirect, waits a bounded time and reads a bounded
// part of the answer.

import { Webhook } from 'standardwebhooks'
import { Agent, type Dispatcher, request } from 'undici'
import { type Effects, reasonOf } from '#data/kernel'
import { retryAfterMs } from './schedule.ts'
import { AddressRefused, checkedUrl, guardedLookup } from './url-policy.ts'

/** A message on its way. */
export interface Letter {
  url: string
  /** Newest first; each signs. */
  secrets: readonly string[]
  messageId: string
  body: string
}

/** What came of a try. */
export interface Answer {
  /** null = none came. */
  httpStatus: number | null
  /** Epoch ms, wall time. */
  startedAt: number
  durationMs: number
  /** Wait the receiver asked for, ms. */
  retryAfterMs: number | null
  notes: string[]
}

/** Sends letters. */
export interface Sender {
  /** What came of it; a receiver that cannot be reached is an answer too. */
  send(letter: Letter): Promise<Answer>
  /** Ends what is under way; it is answered as a failure. */
  close(): Promise<void>
}

/** Most of an answer that is read, bytes, and that is kept for people, characters. */
const answerBytes = 4_096
const answerShown = 300

/**
 * A sender with connections of its own.
 * @param timeoutMs longest time of one try from look-up to the end of the answer
 */
export function createSender(timeoutMs: number, effects: Pick<Effects, 'clock'>): Sender {
  const agentFor = (protocol: 'http:' | 'https:') =>
    new Agent({
      // A connection kept open may be half closed: a try must not fail for that.
      pipelining: 0,
      allowH2: false,
      connect: { timeout: timeoutMs, lookup: guardedLookup(protocol) },
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
      maxHeaderSize: 16_384,
    })
  const agents = { 'http:': agentFor('http:'), 'https:': agentFor('https:') }
  const tries = new Set<AbortController>()
  return {
    send: async (letter) => {
      const startedAt = effects.clock.now()
      const controller = new AbortController()
      tries.add(controller)
      const stop = effects.clock.after(timeoutMs, () => controller.abort(new TooSlow(timeoutMs)))
      try {
        const url = checkedUrl(letter.url)
        const dispatcher = url.protocol === 'https:' ? agents['https:'] : agents['http:']
        const answer = await post(letter, dispatcher, startedAt, controller.signal)
        return { ...answer, startedAt, durationMs: elapsed(effects, startedAt) }
      } catch (error) {
        const notes = [wordsOf(error, controller.signal)]
        const durationMs = elapsed(effects, startedAt)
        return { httpStatus: null, startedAt, durationMs, retryAfterMs: null, notes }
      } finally {
        stop()
        tries.delete(controller)
      }
    },
    close: async () => {
      for (const controller of tries) controller.abort(new Error('Detour is stopping'))
      await Promise.all(Object.values(agents).map((agent) => agent.destroy()))
    },
  }
}

class TooSlow extends Error {
  constructor(timeoutMs: number) {
    super(`no full answer within ${timeoutMs / 1000} s`)
  }
}

function elapsed(effects: Pick<Effects, 'clock'>, startedAt: number): number {
  return Math.max(0, Math.round(effects.clock.now() - startedAt))
}

async function post(
  letter: Letter,
  dispatcher: Dispatcher,
  now: number,
  signal: AbortSignal,
): Promise<Pick<Answer, 'httpStatus' | 'retryAfterMs' | 'notes'>> {
  const { url, messageId, body } = letter
  const headers = {
    'content-type': 'application/json',
    'user-agent': 'Detour-Webhooks/1',
    'webhook-id': messageId,
    'webhook-timestamp': String(Math.floor(now / 1000)),
    'webhook-signature': signatureOf(letter, now),
  }
  const answer = await request(url, { method: 'POST', headers, body, dispatcher, signal })
  const { statusCode } = answer
  if (isSuccess(statusCode)) {
    // The status says it all: a body that never ends must not undo it.
    answer.body.on('error', () => {}).destroy()
    return { httpStatus: statusCode, retryAfterMs: null, notes: [] }
  }
  const text = await beginningOf(answer.body)
  const notes: string[] = []
  if (statusCode >= 300 && statusCode < 400) notes.push('redirects are not followed')
  if (text !== '') notes.push(`answer: ${text}`)
  const mayAsk = statusCode === 429 || statusCode === 503
  const asked = mayAsk ? headerOf(answer.headers['retry-after']) : null
  return { httpStatus: statusCode, retryAfterMs: retryAfterMs(asked, now), notes }
}

/** Whether the status says that the message was taken. */
export function isSuccess(httpStatus: number | null): boolean {
  return httpStatus !== null && httpStatus >= 200 && httpStatus < 300
}

/** One signature for each secret that is valid now, as the Standard Webhooks specification has it for rotations. */
function signatureOf({ secrets, messageId, body }: Letter, now: number): string {
  return secrets.map((secret) => new Webhook(secret).sign(messageId, new Date(now), body)).join(' ')
}

function headerOf(value: string | string[] | undefined): string | null {
  return (Array.isArray(value) ? value[0] : value) ?? null
}

/** The first bytes of an answer as one line; the rest is not read. */
async function beginningOf(stream: Dispatcher.ResponseData['body']): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of stream) {
    chunks.push(chunk as Buffer)
    bytes += (chunk as Buffer).length
    if (bytes >= answerBytes) break
  }
  const text = Buffer.concat(chunks).subarray(0, answerBytes).toString('utf8')
  return text
    .replace(/[\p{C}\s]+/gu, ' ')
    .trim()
    .slice(0, answerShown)
}

const words: Record<string, string> = {
  ECONNREFUSED: 'the connection was refused',
  ECONNRESET: 'the receiver closed the connection',
  EPIPE: 'the receiver closed the connection',
  ENOTFOUND: 'the name of the host is unknown',
  EAI_AGAIN: 'the name of the host could not be looked up',
  EHOSTUNREACH: 'the host cannot be reached',
  ENETUNREACH: 'the network cannot be reached',
  UND_ERR_SOCKET: 'the receiver closed the connection',
  UND_ERR_CONNECT_TIMEOUT: 'the connection took too long',
  UND_ERR_HEADERS_TIMEOUT: 'the receiver did not answer in time',
  UND_ERR_BODY_TIMEOUT: 'the answer did not end in time',
  UND_ERR_HEADERS_OVERFLOW: 'the headers of the answer are too large',
}

function wordsOf(error: unknown, signal: AbortSignal): string {
  if (signal.aborted) return reasonOf(signal.reason)
  if (error instanceof AddressRefused) return error.message
  return words[String((error as { code?: unknown }).code)] ?? reasonOf(error)
}
