// Sends what waits: for each receiver in order, a few at a time, so that one that hangs holds up nobody else.
// A message counts as done only when the log has the attempt.

import { randomBytes } from 'node:crypto'
import type { Effects } from '#data/kernel'
import type { EventLog } from '#data/log'
import type { Receiver, Vault } from '#data/vault'
import { messageIdOf, type WebhookAttempted, webhookStream } from './events.ts'
import type { Ledger } from './ledger.ts'
import type { Outbox } from './outbox.ts'
import { messageBody, testBody } from './payload.ts'
import type { Waiting } from './receiver-queue.ts'
import { delayAfter, isResting, patienceMs, restMs } from './schedule.ts'
import { type Answer, isSuccess, type Sender } from './sender.ts'
import type { WatchedCore, WebhookLimits } from './types.ts'

/** What the dispatcher works with. */
export interface DispatcherOptions {
  log: EventLog
  core: WatchedCore
  vault: Vault
  effects: Pick<Effects, 'clock' | 'random' | 'logger'>
  ledger: Ledger
  outbox: Outbox
  sender: Sender
  limits: WebhookLimits
  /** Called when a receiver that fell behind has room. */
  onRoom: (webhookId: string) => void
}

interface Lane {
  underWay: number
  /** Nothing is sent before, epoch ms. */
  pausedUntil: number
  cancelTimer: () => void
}

/** The wait after a try that could not be recorded, ms. */
const unrecordedMs = 5_000

/** Sends to all receivers of a market. */
export class Dispatcher {
  readonly #options: DispatcherOptions
  readonly #lanes = new Map<string, Lane>()
  readonly #tries = new Set<Promise<void>>()
  #isClosed = false

  constructor(options: DispatcherOptions) {
    this.#options = options
  }

  /** Starts what is due for a receiver, and sets a timer for what is due later. It never throws. */
  pump(webhookId: string): void {
    if (!this.#isClosed) void this.#pump(webhookId)
  }

  async #pump(webhookId: string): Promise<void> {
    const lane = this.#lane(webhookId)
    lane.cancelTimer()
    try {
      const receiver = await this.#options.vault.getWebhook(webhookId)
      lane.cancelTimer()
      if (receiver?.status === 'enabled' && !this.#isClosed) this.#startDue(receiver, lane)
    } catch (error) {
      if (this.#isClosed) return
      const { clock, logger } = this.#options.effects
      logger.warn({ err: error, webhookId }, 'a webhook receiver could not be read')
      lane.cancelTimer()
      lane.cancelTimer = clock.after(unrecordedMs, () => this.pump(webhookId))
    }
  }

  #startDue(receiver: Receiver, lane: Lane): void {
    const { ledger, effects, limits } = this.#options
    const { webhookId } = receiver
    const { queue, failures, behindFrom } = ledger.of(webhookId)
    if (behindFrom !== null && queue.size < limits.waiting / 2) this.#options.onRoom(webhookId)
    const atOnce = isResting(failures) ? 1 : limits.concurrency
    while (lane.underWay < atOnce) {
      const now = effects.clock.now()
      const waiting = lane.pausedUntil > now ? null : queue.take(now)
      if (waiting === null) {
        const due = queue.nextDueAt()
        if (due === null) return
        const at = Math.max(due, lane.pausedUntil)
        lane.cancelTimer = effects.clock.after(Math.max(1, at - now), () => this.pump(webhookId))
        return
      }
      this.#start(receiver, waiting, lane)
    }
  }

  /** Lets a receiver be asked at once, whatever it did before. */
  release(webhookId: string): void {
    this.#lane(webhookId).pausedUntil = 0
    this.pump(webhookId)
  }

  /** One try of a test message; it is recorded, and never repeated. */
  async test(receiver: Receiver): Promise<WebhookAttempted> {
    const { core, effects } = this.#options
    const { market } = core
    const messageId = `msg_${market}_test_${randomBytes(8).toString('hex')}`
    const payload = testBody(market, receiver.webhookId, effects.clock.now())
    const answer = await this.#send(receiver, messageId, payload)
    const attempt: WebhookAttempted = {
      ...told(answer),
      deliveryId: `${messageId}.${receiver.webhookId}`,
      messageId,
      webhookId: receiver.webhookId,
      eventType: 'webhook.test',
      attempt: 1,
      status: isSuccess(answer.httpStatus) ? 'delivered' : 'failed',
      nextAttemptAt: null,
      payload,
      seq: null,
      round: null,
    }
    await this.#record(attempt)
    return attempt
  }

  /** Waits a moment for the tries under way, then ends them; those not recorded are made again after a start. */
  async close(graceMs: number): Promise<void> {
    this.#isClosed = true
    for (const lane of this.#lanes.values()) lane.cancelTimer()
    const all = Promise.all(this.#tries)
    const grace = Promise.withResolvers<void>()
    const cancel = this.#options.effects.clock.after(graceMs, grace.resolve)
    await Promise.race([all, grace.promise])
    cancel()
    await this.#options.sender.close()
    await all
  }

  #lane(webhookId: string): Lane {
    const known = this.#lanes.get(webhookId)
    if (known !== undefined) return known
    const lane: Lane = { underWay: 0, pausedUntil: 0, cancelTimer: () => undefined }
    this.#lanes.set(webhookId, lane)
    return lane
  }

  #start(receiver: Receiver, waiting: Waiting, lane: Lane): void {
    const { webhookId } = receiver
    lane.underWay++
    const done = this.#try(receiver, waiting, lane)
      .catch((error: unknown) => {
        const { effects, ledger } = this.#options
        const { eventType, seq } = waiting
        effects.logger.warn(
          { err: error, webhookId, eventType, seq },
          'a webhook attempt could not be recorded',
        )
        ledger.of(webhookId).queue.putBack(waiting, effects.clock.now() + unrecordedMs)
      })
      .finally(() => {
        lane.underWay--
        this.#tries.delete(done)
        this.pump(webhookId)
      })
    this.#tries.add(done)
  }

  async #try(receiver: Receiver, waiting: Waiting, lane: Lane): Promise<void> {
    const { core, effects, ledger, limits } = this.#options
    const { webhookId } = receiver
    const { seq, round, eventType } = waiting
    const messageId = messageIdOf(core.market, seq)
    const payload = await this.#payloadOf(waiting)
    const answer = await this.#send(receiver, messageId, payload)
    // Cut off by the stop: after the next start it is tried as if it had not been.
    if (this.#isClosed && answer.httpStatus === null) return
    const attempt = waiting.attempt + 1
    const isGone = answer.httpStatus === 410
    const isDelivered = isSuccess(answer.httpStatus)
    const delay = isDelivered || isGone ? null : delayAfter(attempt, limits.delaysMs, effects.random)
    const wait = delay === null ? null : Math.max(delay, answer.retryAfterMs ?? 0)
    const now = effects.clock.now()
    const failures = isDelivered ? 0 : ledger.of(webhookId).failures + 1
    const rest = restMs(failures, limits.delaysMs[0] ?? 0)
    lane.pausedUntil = Math.max(lane.pausedUntil, now + Math.max(answer.retryAfterMs ?? 0, rest))
    await this.#record({
      ...told(answer),
      deliveryId: `${messageId}.${webhookId}.${round}.${attempt}`,
      messageId,
      webhookId,
      eventType,
      attempt,
      status: isDelivered ? 'delivered' : wait === null ? 'abandoned' : 'failed',
      nextAttemptAt: wait === null ? null : now + wait,
      payload,
      seq,
      round,
    })
    await this.#judge(receiver, isGone)
  }

  /** Disables a receiver that is gone or has failed for days. */
  async #judge(receiver: Receiver, isGone: boolean): Promise<void> {
    const { ledger, effects, vault } = this.#options
    const { webhookId } = receiver
    const { failingSince } = ledger.of(webhookId)
    const isLost = failingSince !== null && effects.clock.now() - failingSince > patienceMs
    if ((!isGone && !isLost) || (await vault.getWebhook(webhookId)) === null) return
    const since = failingSince === null ? '' : new Date(failingSince).toISOString()
    const disabledReason = isGone
      ? 'The receiver answered 410 Gone.'
      : `No delivery has succeeded since ${since}.`
    await vault.updateWebhook(webhookId, { status: 'disabled', disabledReason })
    effects.logger.warn({ webhookId, reason: disabledReason }, 'a webhook was disabled')
  }

  /** The body as it was first sent, else made of the event. */
  async #payloadOf({ payloadAt, seq, eventType }: Waiting): Promise<unknown> {
    const { log, core } = this.#options
    if (payloadAt !== null) {
      const [sent] = await log.read(webhookStream(core.market), payloadAt - 1, 1)
      if (sent?.type === 'WebhookAttempted') return (sent.data as WebhookAttempted).payload
    }
    const [event] = await log.read(core.stream, seq - 1, 1)
    return event === undefined ? null : messageBody(eventType, event, core.state())
  }

  async #send(receiver: Receiver, messageId: string, payload: unknown): Promise<Answer> {
    const { vault, sender, effects } = this.#options
    if (payload === null || (await vault.getWebhook(receiver.webhookId)) === null) {
      const notes = [
        payload === null ? 'the event of this message is not in the log' : 'the webhook was removed',
      ]
      return { httpStatus: null, startedAt: effects.clock.now(), durationMs: 0, retryAfterMs: null, notes }
    }
    const secrets = await vault.webhookSecrets(receiver.webhookId)
    return sender.send({ url: receiver.url, secrets, messageId, body: JSON.stringify(payload) })
  }

  async #record(attempt: WebhookAttempted): Promise<void> {
    const event = { type: 'WebhookAttempted' as const, data: attempt }
    await this.#options.outbox.append(event, attempt.deliveryId)
  }
}

function told(answer: Answer): Pick<WebhookAttempted, 'httpStatus' | 'attemptedAt' | 'durationMs' | 'notes'> {
  const { httpStatus, startedAt, durationMs, notes } = answer
  return { httpStatus, attemptedAt: startedAt, durationMs, notes }
}
