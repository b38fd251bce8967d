// The built-in receiver: keeps the last messages in memory and says whether their signatures hold. It never keeps
// a secret, nor headers that may hold one.

import { Webhook } from 'standardwebhooks'
import type { api } from '#data/contracts'
import { type Effects, reasonOf } from '#data/kernel'

/** Headers of a request as Node gives them. */
export type SinkHeaders = Record<string, string | string[] | undefined>

/** What was received. */
export interface Sink {
  /**
   * The message as it is kept.
   * @param rawBody as received, before any parsing
   * @param secret of the receiver that points here, null where there is none
   */
  receive(headers: SinkHeaders, rawBody: string | Buffer, secret: string | null): api.SinkMessage
  /** Newest first. */
  messages(): api.SinkMessage[]
  clear(): void
}

const bodyCharacters = 65_536
const headerCharacters = 1_000
const shownHeaders = ['content-type', 'content-length', 'user-agent', 'host']
const signedHeaders = ['webhook-id', 'webhook-timestamp', 'webhook-signature']

/**
 * An empty sink.
 * @param options capacity: messages kept, default 200
 */
export function createSink(effects: Pick<Effects, 'clock'>, options: { capacity?: number } = {}): Sink {
  const { capacity = 200 } = options
  let kept: api.SinkMessage[] = []
  return {
    receive: (given, rawBody, secret) => {
      const headers = shown(given)
      const text = rawBody.toString()
      const reason = secret === null ? 'no receiver points here' : faultOf(headers, text, secret)
      const message: api.SinkMessage = {
        messageId: headers['webhook-id'] ?? '',
        receivedAt: new Date(effects.clock.now()).toISOString(),
        isVerified: reason === null,
        reason,
        eventType: typeOf(text),
        headers,
        body: text.slice(0, bodyCharacters),
      }
      kept = [message, ...kept].slice(0, capacity)
      return message
    },
    messages: () => [...kept],
    clear: () => {
      kept = []
    },
  }
}

/** Why the signature does not hold, null where it does. */
function faultOf(headers: Record<string, string>, body: string, secret: string): string | null {
  try {
    new Webhook(secret).verify(body, headers, { jsonParse: false })
    return null
  } catch (error) {
    return reasonOf(error)
  }
}

function shown(headers: SinkHeaders): Record<string, string> {
  const found: Record<string, string> = {}
  for (const name of [...signedHeaders, ...shownHeaders]) {
    const value = headers[name]
    if (value !== undefined) found[name] = String(value).slice(0, headerCharacters)
  }
  return found
}

function typeOf(text: string): string | null {
  try {
    const { type } = JSON.parse(text) as { type?: unknown }
    return typeof type === 'string' ? type.slice(0, 100) : null
  } catch {
    return null
  }
}
