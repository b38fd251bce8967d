// One try to deliver a message over HTTP, signed. It follows no redirect, waits a bounded time and reads a bounded
// part of the answer.

import { Webhook } from 'standardwebhooks'
import { Agent, type Dispatcher, request } from 'undici'
import { type Clock, type Effects, reasonOf } from '#data/kernel'
import { retryAfterMs } from './schedule.ts'
import { AddressRefused, type UrlPolicy, type Way } from './url-policy.ts'

/** A message on its way. */
export interface Letter {
  /** https address, or `mailto:`. */
  url: string
  /** Whether the address is as good as a key, and so not to be shown. */
  isUrlSecret: boolean
  /** Newest first; each signs. */
  secrets: readonly string[]
  messageId: string
  contentType: string
  /** With the key of the service, where there is one. */
  body: unknown
}

/** What was sent and answered, as far as it may be shown. */
export interface Exchange {
  request: { url: string; headers: Record<string, string> } | null
  response: { headers: Record<string, string>; body: string; isCut: boolean } | null
}

/** What came of a try. */
export interface Answer extends Exchange {
  /** Whether the receiver took the message. */
  isTaken: boolean
  /** null = none came, or it was not HTTP. */
  httpStatus: number | null
  /** Epoch ms, wall time. */
  startedAt: number
  durationMs: number
  /** Wait the receiver asked for, ms. */
  retryAfterMs: number | null
  notes: string[]
}

/** What one kind of sending gives; times are taken around it. */
export type Outcome = Omit<Answer, 'startedAt' | 'durationMs'>

/** Sends letters. */
export interface Sender {
  /** What came of it; a receiver that cannot be reached is an answer too. */
  send(letter: Letter): Promise<Answer>
  /** Ends what is under way; it is answered as a failure. */
  close(): Promise<void>
}

/**
 * Sends letters whose address begins with `mailto:`.
 * @param onHandedOver called once all but its end is with the server, which may then take it whatever happens
 */
export type PostMail = (
  letter: Letter,
  startedAt: number,
  signal: AbortSignal,
  onHandedOver: () => void,
) => Promise<Outcome>

/**
 * How long a mail server that has the whole mail is waited for, ms: to give up sooner would send twice what it takes.
 * @source RFC 5321, 4.5.3.2.6
 */
export const acceptMs = 600_000

/** Most of an answer that is read, bytes, and that notes repeat, characters. */
const answerBytes = 4_096
const answerShown = 300
/** How long the beginning of an answer is waited for after its status, ms: that has said what matters. */
const afterStatusMs = 1_000

/** Headers of answers that are kept. */
const keptHeaders = [
  ...['content-type', 'content-length', 'retry-after', 'location', 'server', 'date', 'allow'],
  ...['x-request-id', 'request-id', 'x-slack-req-id', 'x-correlation-id'],
]
const headerCharacters = 300

/**
 * A sender with connections of its own.
 * @param options timeoutMs: longest time of one try, from look-up to the end of the answer, or to the end of a mail
 */
export function createSender(
  { timeoutMs, policy, mail }: { timeoutMs: number; policy: UrlPolicy; mail: PostMail },
  effects: Pick<Effects, 'clock'>,
): Sender {
  const agentFor = (way: Way) =>
    new Agent({
      // A connection kept open may be half closed: a try must not fail for that.
      pipelining: 0,
      allowH2: false,
      connect: { timeout: timeoutMs, lookup: policy.lookupFor(way) },
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
      maxHeaderSize: 16_384,
    })
  const agents = { http: agentFor('http'), https: agentFor('https'), own: agentFor('own') }
  const tries = new Set<AbortController>()
  const deliver: PostMail = (letter, startedAt, signal, onHandedOver) => {
    if (letter.url.startsWith('mailto:')) return mail(letter, startedAt, signal, onHandedOver)
    const { way } = policy.check(letter.url)
    return post(letter, startedAt, { dispatcher: agents[way], signal, clock: effects.clock })
  }
  return {
    send: async (letter) => {
      const startedAt = effects.clock.now()
      const controller = new AbortController()
      tries.add(controller)
      const endAfter = (ms: number) => effects.clock.after(ms, () => controller.abort(new TooSlow(ms)))
      let stop = endAfter(timeoutMs)
      const onHandedOver = () => {
        stop()
        stop = endAfter(acceptMs)
      }
      try {
        const outcome = await deliver(letter, startedAt, controller.signal, onHandedOver)
        return { ...outcome, startedAt, durationMs: elapsed(effects, startedAt) }
      } catch (error) {
        const notes = [wordsOf(error, controller.signal)]
        const durationMs = elapsed(effects, startedAt)
        return { ...nothingCame, request: requestOf(letter, startedAt), notes, startedAt, durationMs }
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

const nothingCame = { isTaken: false, httpStatus: null, retryAfterMs: null, response: null }

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
  now: number,
  { dispatcher, signal, clock }: { dispatcher: Dispatcher; signal: AbortSignal; clock: Clock },
): Promise<Outcome> {
  const body = JSON.stringify(letter.body)
  const headers = { ...headersOf(letter, now), 'webhook-signature': signatureOf(letter, body, now) }
  const answer = await request(letter.url, { method: 'POST', headers, body, dispatcher, signal })
  const { statusCode } = answer
  const isTaken = statusCode >= 200 && statusCode < 300
  const beginning = await beginningSoon(answer.body, clock)
  const shown = shownHeaders(answer.headers)
  const notes: string[] = []
  if (statusCode >= 300 && statusCode < 400) notes.push('redirects are not followed')
  const words = beginning.body.replace(/[\p{C}\s]+/gu, ' ').trim()
  if (!isTaken && words !== '') notes.push(`answer: ${words.slice(0, answerShown)}`)
  const mayAsk = statusCode === 429 || statusCode === 503
  const asked = mayAsk ? (shown['retry-after'] ?? null) : null
  return {
    isTaken,
    httpStatus: statusCode,
    retryAfterMs: retryAfterMs(asked, now),
    notes,
    request: requestOf(letter, now),
    response: { headers: shown, ...beginning },
  }
}

function headersOf({ messageId, contentType }: Letter, now: number): Record<string, string> {
  return {
    'content-type': contentType,
    'user-agent': 'Detour-Webhooks/1',
    'webhook-id': messageId,
    'webhook-timestamp': String(Math.floor(now / 1000)),
  }
}

/** What was sent, as it may be shown: whoever reads it must not be able to send it again as if it were ours. */
export function requestOf(letter: Letter, now: number): Exchange['request'] {
  const { url, isUrlSecret, secrets } = letter
  if (url.startsWith('mailto:')) return { url, headers: {} }
  const signatures = secrets.map(() => 'v1,(not shown)').join(' ')
  const shownUrl = isUrlSecret ? `${URL.parse(url)?.origin ?? ''}/…` : url
  return { url: shownUrl, headers: { ...headersOf(letter, now), 'webhook-signature': signatures } }
}

/** One signature for each secret that is valid now, as the Standard Webhooks specification has it for rotations. */
function signatureOf({ secrets, messageId }: Letter, body: string, now: number): string {
  return secrets.map((secret) => new Webhook(secret).sign(messageId, new Date(now), body)).join(' ')
}

function shownHeaders(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  return Object.fromEntries(
    keptHeaders.flatMap((name) => {
      const value = headers[name]
      return value === undefined ? [] : [[name, String(value).slice(0, headerCharacters)]]
    }),
  )
}

/** The first bytes of an answer; the rest is not read. */
async function beginningOf(
  stream: Dispatcher.ResponseData['body'],
): Promise<{ body: string; isCut: boolean }> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of stream) {
    chunks.push(chunk as Buffer)
    bytes += (chunk as Buffer).length
    if (bytes > answerBytes) break
  }
  const text = Buffer.concat(chunks).subarray(0, answerBytes).toString('utf8')
  return { body: text.replaceAll('\u0000', ''), isCut: bytes > answerBytes }
}

/** As `beginningOf`, but what never comes or breaks off does not undo what the status said. */
async function beginningSoon(stream: Dispatcher.ResponseData['body'], clock: Clock) {
  const cancel = clock.after(afterStatusMs, () => stream.destroy())
  try {
    return await beginningOf(stream)
  } catch {
    return { body: '', isCut: true }
  } finally {
    cancel()
  }
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
