// From what waits to a letter in the format of its receiver, and from what came of it to the attempt that is kept.

import type { api } from '#data/contracts'
import { DetourError, reasonOf } from '#data/kernel'
import type { EventLog } from '#data/log'
import type { Receiver, Vault } from '#data/vault'
import { type WebhookAttempted, webhookStream } from './events.ts'
import { cut } from './formats/format.ts'
import { formatOf, formats } from './formats/formats.ts'
import { type MessageBody, messageBody } from './message/body.ts'
import type { Answer, Sender } from './sender.ts'
import type { WatchedCore, WebhookOptions } from './types.ts'
import type { Waiting } from './waiting-line.ts'

/** What letters are made of. */
export interface LettersOptions {
  log: EventLog
  core: Pick<WatchedCore, 'market' | 'stream' | 'state'>
  vault: Pick<Vault, 'webhookSecrets' | 'webhookCredential' | 'getWebhook'>
  sender: Sender
  clock: { now(): number }
  publicUrl: string | null
  linksOf: NonNullable<WebhookOptions['linksOf']>
}

/** A message made for a receiver. */
export interface Made {
  /** As it is kept, without keys; null where there is none. */
  payload: unknown
  /** As it is sent. */
  sent: unknown
  /** Why there is none; null where there is one. */
  note: string | null
}

/** Longest name of a receiver in a link, and longest reason in a note. */
const nameMost = 100
const reasonMost = 300

/** Makes letters and sends them. */
export class Letters {
  readonly #options: LettersOptions

  constructor(options: LettersOptions) {
    this.#options = options
  }

  /**
   * The message for the receiver. What the log or the vault cannot tell now is asked for again; whatever else goes
   * wrong would go wrong in every try, so that there is no message, and a note.
   * @throws LOG_UNAVAILABLE, VAULT_UNAVAILABLE
   */
  async make(receiver: Receiver, messageId: string, waiting: Waiting): Promise<Made> {
    try {
      const payload = await this.#payloadOf(receiver, messageId, waiting)
      const sent = await this.#withLinks(receiver, messageId, waiting, payload)
      const note =
        payload === null ? 'what this message is about is not in the log or not at hand any more' : null
      return { payload, sent, note }
    } catch (error) {
      if (error instanceof DetourError && error.retryable) throw error
      const reason = cut(reasonOf(error), reasonMost)
      return { payload: null, sent: null, note: `this message could not be made: ${reason}` }
    }
  }

  /** The body for the receiver: as it was first sent, else made of the event; null where too little is known. */
  async #payloadOf(receiver: Receiver, messageId: string, waiting: Waiting): Promise<unknown> {
    const { log, core } = this.#options
    const { payloadAt } = waiting
    if (payloadAt !== null) {
      const [sent] = await log.read(webhookStream(core.market), payloadAt - 1, 1)
      if (sent?.type === 'WebhookAttempted') {
        const { payload, format = 'detour' } = sent.data as WebhookAttempted
        if (format === formatOf(receiver.format)) return payload
      }
    }
    const body = await this.#bodyOf(waiting)
    return body === null ? null : this.render(receiver, messageId, body)
  }

  async #bodyOf({ seq, eventType }: Waiting): Promise<MessageBody | null> {
    const { log, core } = this.#options
    const [event] = await log.read(core.stream, seq - 1, 1)
    return event === undefined ? null : messageBody(eventType, event, core.state())
  }

  /** The body in the format of the receiver. */
  render(receiver: Pick<Receiver, 'format'>, messageId: string, body: MessageBody): unknown {
    const { core, publicUrl } = this.#options
    return formats[formatOf(receiver.format)].render({ messageId, market: core.market, body, publicUrl })
  }

  /**
   * The payload as it is sent: with links that decide the plan it tells of, where the receiver is to have them. They
   * are as good as keys, so the payload that is kept has none.
   */
  async #withLinks(
    receiver: Receiver,
    messageId: string,
    waiting: Waiting,
    payload: unknown,
  ): Promise<unknown> {
    const { publicUrl, linksOf } = this.#options
    const isWanted = receiver.carriesLinks && waiting.eventType === 'reroute.plan_proposed'
    if (!isWanted || publicUrl === null) return payload
    const body = await this.#bodyOf(waiting)
    if (body === null) return payload
    const { plan } = body.data as api.WebhookData['reroute.plan_proposed']
    const name = cut(receiver.description || receiver.webhookId, nameMost)
    const links = await linksOf(plan.planId, `a message to ${name}`)
    if (links === null) return payload
    const [approve, reject] = [`${publicUrl}${links.approve}`, `${publicUrl}${links.reject}`]
    const data = { ...body.data, plan: { ...plan, links: { approve, reject } } }
    return this.render(receiver, messageId, { ...body, data })
  }

  /** What came of sending the message. What cannot be made or sent has no request. */
  async send(
    receiver: Receiver,
    { messageId, eventType }: { messageId: string; eventType: api.WebhookEventType },
    { sent, note }: Pick<Made, 'sent' | 'note'>,
  ): Promise<Answer> {
    const { vault, sender } = this.#options
    // It waited for another format.
    if (!formats[formatOf(receiver.format)].carries(eventType))
      return this.#unsent(`the format ${receiver.format} has no words for ${eventType}`)
    if (note !== null) return this.#unsent(note)
    if ((await vault.getWebhook(receiver.webhookId)) === null) return this.#unsent('the webhook was removed')
    const name = formatOf(receiver.format)
    const format = formats[name]
    const secrets = await vault.webhookSecrets(receiver.webhookId)
    const credential = receiver.hasCredential ? await vault.webhookCredential(receiver.webhookId) : null
    return sender.send({
      url: receiver.url,
      isUrlSecret: isUrlSecret(name),
      secrets,
      messageId,
      contentType: format.contentType,
      body: format.seal?.(sent, credential) ?? sent,
    })
  }

  #unsent(note: string): Answer {
    const nothing = { isTaken: false, httpStatus: null, retryAfterMs: null, request: null, response: null }
    return { ...nothing, startedAt: this.#options.clock.now(), durationMs: 0, notes: [note] }
  }
}

/** Whether an address of the format is all that is needed to write to it, and so is as good as a key. */
export function isUrlSecret(format: api.WebhookFormat): boolean {
  return format === 'slack' || format === 'teams'
}

/** What of an answer is kept with an attempt. */
export function told(
  answer: Answer,
): Pick<WebhookAttempted, 'httpStatus' | 'attemptedAt' | 'durationMs' | 'notes' | 'request' | 'response'> {
  const { httpStatus, startedAt, durationMs, notes, request, response } = answer
  return { httpStatus, attemptedAt: startedAt, durationMs, notes, request, response }
}
