// Sends what waits: for each receiver in order, a few at a time, so that one that hangs holds up nobody else.
// A message counts as done only when the log has the attempt; what was sent is recorded, however long that takes.

import { randomBytes } from 'node:crypto'
import type { api } from '#data/contracts'
import { backoffMs, type Effects } from '#data/kernel'
import type { Receiver, Vault } from '#data/vault'
import { messageIdOf, type WebhookAttempted } from './events.ts'
import { formatOf } from './formats/formats.ts'
import type { Judge } from './judge.ts'
import type { Ledger, Standing } from './ledger.ts'
import { type Letters, told } from './letters.ts'
import { testBody } from './message/examples.ts'
import type { Outbox } from './outbox.ts'
import { delayAfter, isResting, leftAloneUntil, restMs } from './schedule.ts'
import type { Sender } from './sender.ts'
import type { WatchedCore, WebhookLimits } from './types.ts'
import type { Waiting } from './waiting-line.ts'

/** What the dispatcher works with. */
export interface DispatcherOptions {
  core: Pick<WatchedCore, 'market'>
  vault: Pick<Vault, 'getWebhook'>
  effects: Pick<Effects, 'clock' | 'random' | 'logger'>
  ledger: Ledger
  outbox: Outbox
  letters: Letters
  judge: Judge
  sender: Pick<Sender, 'close'>
  limits: WebhookLimits
  /** Called when a receiver that fell behind has room. */
  onRoom: (webhookId: string) => void
}

interface Lane {
  /** Address of the receiver as it was last seen; '' before. */
  url: string
  underWay: number
  /** Replayed ones among them. */
  replays: number
  /** Nothing is sent before, epoch ms. */
  pausedUntil: number
  /** Tries that could not be recorded yet; nothing is sent meanwhile. */
  unrecorded: number
  cancelTimer: () => void
}

/** The wait where a receiver or a message cannot be read, ms. */
const unreadMs = 5_000
/** The waits where a try cannot be recorded. */
const recording = { attempts: Number.POSITIVE_INFINITY, baseMs: 1_000, capMs: 60_000 }

/** Sends to all receivers of a market. */
export class Dispatcher {
  readonly #options: DispatcherOptions
  readonly #lanes = new Map<string, Lane>()
  readonly #tries = new Set<Promise<void>>()
  readonly #closing = Promise.withResolvers<void>()
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
      lane.cancelTimer = clock.after(unreadMs, () => this.pump(webhookId))
    }
  }

  #startDue(receiver: Receiver, lane: Lane): void {
    const { ledger, effects, limits } = this.#options
    const { webhookId, url } = receiver
    lane.url = url
    const { queue, failures } = ledger.of(webhookId)
    if (hasRoom(ledger.of(webhookId), limits)) this.#options.onRoom(webhookId)
    const atOnce = isResting(failures) ? 1 : Math.min(receiver.concurrency, limits.concurrency)
    // The last free place is for a new message, which a receiver that takes its time must not hold up with replays.
    const replaysAtOnce = Math.max(1, atOnce - 1)
    while (lane.underWay < atOnce && lane.unrecorded === 0) {
      const now = effects.clock.now()
      const mayReplay = lane.replays < replaysAtOnce
      const waiting = lane.pausedUntil > now ? null : queue.take(now, mayReplay)
      if (waiting === null) {
        const due = queue.nextDueAt(mayReplay)
        if (due === null) return
        const at = Math.max(due, lane.pausedUntil)
        lane.cancelTimer = effects.clock.after(Math.max(1, at - now), () => this.pump(webhookId))
        return
      }
      this.#start(receiver, waiting, lane, waiting.dueAt > now)
    }
  }

  /** When the receiver is asked next, epoch ms; null where nothing waits. */
  nextAt(webhookId: string): number | null {
    const due = this.#options.ledger.of(webhookId).queue.nextDueAt(true)
    return due === null ? null : Math.max(due, this.#lane(webhookId).pausedUntil)
  }

  /** Lets a receiver be asked at once, whatever it did before; what is under way to another address says nothing. */
  release({ webhookId, url }: Pick<Receiver, 'webhookId' | 'url'>): void {
    Object.assign(this.#lane(webhookId), { url, pausedUntil: 0 })
    this.pump(webhookId)
  }

  /** One try of a test message; it is recorded, and never repeated. */
  async test(receiver: Receiver, type: api.WebhookEventType): Promise<WebhookAttempted> {
    const { core, effects, letters } = this.#options
    const { market } = core
    const { webhookId } = receiver
    const messageId = `msg_${market}_test_${randomBytes(8).toString('hex')}`
    const body = testBody(type, { market, webhookId, now: effects.clock.now() })
    const payload = letters.render(receiver, messageId, body)
    const made = { sent: payload, note: null }
    const answer = await letters.send(receiver, { messageId, eventType: type }, made)
    const attempt: WebhookAttempted = {
      ...told(answer),
      deliveryId: `${messageId}.${webhookId}`,
      messageId,
      webhookId,
      eventType: type,
      attempt: 1,
      status: answer.isTaken ? 'delivered' : 'failed',
      nextAttemptAt: null,
      format: formatOf(receiver.format),
      payload,
      seq: null,
      round: null,
    }
    await this.#record(attempt)
    if (answer.isTaken) this.pump(webhookId)
    return attempt
  }

  /** Waits a moment for the tries under way, then ends them; those not recorded are made again after a start. */
  async close(graceMs: number): Promise<void> {
    this.#isClosed = true
    this.#closing.resolve()
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
    const { ledger, effects } = this.#options
    const pausedUntil = leftAloneUntil(ledger.of(webhookId).askedUntil, effects.clock.now())
    const lane: Lane = {
      ...{ url: '', underWay: 0, replays: 0, unrecorded: 0, pausedUntil },
      cancelTimer: () => undefined,
    }
    this.#lanes.set(webhookId, lane)
    return lane
  }

  #start(receiver: Receiver, waiting: Waiting, lane: Lane, isEarly: boolean): void {
    const { webhookId } = receiver
    lane.underWay++
    if (waiting.isReplay) lane.replays++
    const done = this.#try(receiver, waiting, lane, isEarly)
      .catch((error: unknown) => {
        const { effects, ledger } = this.#options
        const { eventType, seq } = waiting
        effects.logger.warn({ err: error, webhookId, eventType, seq }, 'a webhook message was left half way')
        ledger.of(webhookId).queue.putBack(waiting, effects.clock.now() + unreadMs)
      })
      .finally(() => {
        lane.underWay--
        if (waiting.isReplay) lane.replays--
        this.#tries.delete(done)
        this.pump(webhookId)
      })
    this.#tries.add(done)
  }

  /** @param isEarly before its time, so that its schedule goes on as it was */
  async #try(receiver: Receiver, waiting: Waiting, lane: Lane, isEarly: boolean): Promise<void> {
    const { core, effects, ledger, letters, judge, limits } = this.#options
    const { webhookId } = receiver
    const { seq, round, eventType } = waiting
    const messageId = messageIdOf(core.market, seq)
    const made = await letters.make(receiver, messageId, waiting)
    const answer = await letters.send(receiver, { messageId, eventType }, made)
    const { isTaken } = answer
    // Cut off by the stop: after the next start it is tried as if it had not been.
    if (this.#isClosed && !isTaken && answer.httpStatus === null) return
    const attempt = waiting.attempt + 1
    // The receiver has another address by now, which is asked at once.
    const isMoved = receiver.url !== lane.url
    const isGone = answer.httpStatus === 410 && !isMoved
    // What cannot be sent at all says nothing of the receiver, and is not tried again.
    const isUnsent = !isTaken && answer.request === null
    const isOver = isTaken || isGone || isUnsent
    const uncounted = waiting.uncounted + (isEarly || isMoved ? 1 : 0)
    const now = effects.clock.now()
    const delay = delayAfter(attempt - uncounted, limits.delaysMs, effects.random)
    const next = isMoved ? 0 : isEarly ? waiting.dueAt - now : delay
    const askedMs = isMoved ? 0 : (answer.retryAfterMs ?? 0)
    const wait = isOver || next === null ? null : Math.max(next, askedMs)
    const failures = isTaken ? 0 : ledger.of(webhookId).failures + 1
    const rest = isUnsent || isMoved ? 0 : restMs(failures, limits.delaysMs[0] ?? 0)
    lane.pausedUntil = Math.max(lane.pausedUntil, now + Math.max(askedMs, rest))
    await this.#recordSurely(lane, {
      ...told(answer),
      deliveryId: `${messageId}.${webhookId}.${round}.${attempt}`,
      messageId,
      webhookId,
      eventType,
      attempt,
      ...(uncounted > 0 ? { uncounted } : {}),
      ...(isMoved ? { isMoved } : {}),
      status: isTaken ? 'delivered' : wait === null ? 'abandoned' : 'failed',
      nextAttemptAt: wait === null ? null : now + wait,
      ...(askedMs > 0 ? { askedUntil: now + askedMs } : {}),
      format: formatOf(receiver.format),
      payload: made.payload,
      seq,
      round,
    })
    if (!isTaken && !isUnsent && !isMoved) await judge.judge(receiver, isGone)
  }

  /** Records what was sent, which must not be sent again because the log could not be written for a while. */
  async #recordSurely(lane: Lane, attempt: WebhookAttempted): Promise<void> {
    const { clock, random, logger } = this.#options.effects
    for (let failures = 0; ; failures++) {
      try {
        await this.#record(attempt)
        if (failures > 0) lane.unrecorded--
        return
      } catch (error) {
        if (this.#isClosed) throw error
        const { deliveryId } = attempt
        logger.warn({ err: error, deliveryId }, 'a webhook attempt could not be recorded, trying again')
        if (failures === 0) lane.unrecorded++
        const pause = Promise.withResolvers<void>()
        const cancel = clock.after(backoffMs(failures + 1, recording, random), pause.resolve)
        await Promise.race([pause.promise, this.#closing.promise])
        cancel()
      }
    }
  }

  async #record(attempt: WebhookAttempted): Promise<void> {
    const event = { type: 'WebhookAttempted' as const, data: attempt }
    await this.#options.outbox.append(event, attempt.deliveryId)
  }
}

/** Whether something is still to be looked up, and half of the room for it is free. */
function hasRoom({ queue, behindFrom, replayLeft }: Standing, { waiting }: WebhookLimits): boolean {
  const isForNews = behindFrom !== null && queue.news < waiting / 2
  return isForNews || (replayLeft !== null && queue.replays < waiting / 2)
}
