// How every receiver stands, folded from the stream of deliveries. The same events give the same ledger.

import type { StoredEvent } from '#data/log'
import type {
  Announced,
  OutboxEvent,
  ReceiverSnapshot,
  ReplayLeft,
  Told,
  WebhookAttempted,
  WebhookCursorMoved,
  WebhookDisabled,
  WebhookQueued,
  WebhookSnapshot,
} from './events.ts'
import { ReceiverQueue } from './receiver-queue.ts'

/** A receiver in the ledger. */
export interface Standing {
  webhookId: string
  queue: ReceiverQueue
  /** Messages after this seq of the market's stream still have to be looked up; null = none. */
  behindFrom: number | null
  /** What it was told of by then; null = nothing is known. */
  behindTold: Told | null
  /** What of a replay still has to be looked up; null = nothing. */
  replayLeft: ReplayLeft | null
  /** Failures since the last success. */
  failures: number
  failingSince: number | null
  /** Until when it asked to be left alone, epoch ms; null = it did not. */
  askedUntil: number | null
  lastDelivery: ReceiverSnapshot['lastDelivery']
  /** When and why Detour turned it off; null where it did not. */
  disabled: Omit<WebhookDisabled, 'webhookId'> | null
}

/** The fold of a stream `webhooks:<market>`. */
export class Ledger {
  /** How far the market's stream was read; null = never. */
  cursor: number | null = null
  announced = new Map<string, Announced>()
  /** Who was told of which open incident; one that is missing may have been told to any. */
  told = new Map<string, ReadonlySet<string>>()
  readonly #receivers = new Map<string, Standing>()

  /** The receiver's standing, empty where nothing happened yet. */
  of(webhookId: string): Standing {
    const known = this.#receivers.get(webhookId)
    if (known !== undefined) return known
    const queue = new ReceiverQueue()
    const standing: Standing = { webhookId, queue, ...unused }
    this.#receivers.set(webhookId, standing)
    return standing
  }

  /** Forgets receivers that are not among these. */
  keepOnly(webhookIds: ReadonlySet<string>): void {
    for (const id of this.#receivers.keys()) if (!webhookIds.has(id)) this.#receivers.delete(id)
  }

  /** Messages that wait, of all receivers. */
  waiting(): number {
    let sum = 0
    for (const { queue } of this.#receivers.values()) sum += queue.size
    return sum
  }

  /** Takes note of the next event of the stream. */
  apply(stored: Pick<StoredEvent, 'seq' | 'type' | 'data'>): void {
    const event = stored as OutboxEvent
    switch (event.type) {
      case 'WebhookCursorMoved':
        this.#moved(event.data, stored.seq)
        break
      case 'WebhookQueued':
        this.#queued(event.data, stored.seq)
        break
      case 'WebhookAttempted':
        this.#attempted(event.data, stored.seq)
        break
      case 'WebhookDisabled': {
        const { webhookId, ...disabled } = event.data
        this.of(webhookId).disabled = disabled
        break
      }
      case 'WebhookEnabled':
        Object.assign(this.of(event.data.webhookId), pardoned)
        break
      case 'WebhookReleased':
        Object.assign(this.of(event.data.webhookId), released)
        break
      case 'WebhookRemoved':
        this.#receivers.delete(event.data.webhookId)
        break
      case 'WebhookSnapshot':
        this.#restore(event.data)
    }
  }

  /** Everything that waits now. */
  snapshot(): WebhookSnapshot {
    const receivers = [...this.#receivers.values()].map((standing) => ({
      webhookId: standing.webhookId,
      behindFrom: standing.behindFrom,
      behindTold: standing.behindTold,
      replayLeft: standing.replayLeft,
      failingSince: standing.failingSince,
      failures: standing.failures,
      askedUntil: standing.askedUntil,
      lastDelivery: standing.lastDelivery,
      disabled: standing.disabled,
      waiting: standing.queue.rows(),
    }))
    const announced = Object.fromEntries(this.announced)
    return { cursor: this.cursor ?? 0, announced, told: toldRecord(this.told), receivers }
  }

  #moved(data: WebhookCursorMoved, round: number): void {
    for (const { webhookIds, ...message } of data.queued) {
      for (const id of webhookIds) this.of(id).queue.add({ ...untried, ...message, round })
    }
    for (const id of data.behind) {
      const standing = this.of(id)
      if (standing.behindFrom !== null) continue
      standing.behindFrom = this.cursor ?? 0
      standing.behindTold = toldRecord(this.told, id)
    }
    this.cursor = data.seq
    this.announced = new Map(Object.entries(data.announced))
    if (data.told !== undefined) this.told = toldMap(data.told)
  }

  #queued(data: WebhookQueued, round: number): void {
    const standing = this.of(data.webhookId)
    const isReplay = data.isReplay ?? false
    for (const message of data.messages) standing.queue.add({ ...untried, ...message, round, isReplay })
    if (data.behindFrom !== undefined) {
      standing.behindFrom = data.behindFrom
      standing.behindTold = data.behindTold ?? null
    }
    if (data.replayLeft !== undefined) standing.replayLeft = data.replayLeft
  }

  #attempted(data: WebhookAttempted, payloadAt: number): void {
    const standing = this.of(data.webhookId)
    const { attemptedAt, status, httpStatus, seq, round, attempt, uncounted = 0, nextAttemptAt } = data
    // What was not sent at all, or to another address, says nothing of the receiver.
    const isSent = data.request !== null && data.isMoved !== true
    const isBack = status === 'delivered' && isSent && standing.failures > 0
    if (isSent) standing.lastDelivery = { at: attemptedAt, status, httpStatus }
    if (status === 'delivered' && isSent) {
      standing.failures = 0
      standing.failingSince = null
    }
    if (data.askedUntil !== undefined)
      standing.askedUntil = Math.max(standing.askedUntil ?? 0, data.askedUntil)
    if (seq !== null && round !== null) {
      if (status !== 'delivered' && isSent) {
        standing.failures++
        standing.failingSince ??= attemptedAt
      }
      const again = nextAttemptAt === null ? null : { attempt, uncounted, dueAt: nextAttemptAt, payloadAt }
      standing.queue.settle(seq, round, again)
    }
    if (isBack) standing.queue.callFirsts()
  }

  #restore(data: WebhookSnapshot): void {
    this.cursor = data.cursor
    this.announced = new Map(Object.entries(data.announced))
    this.told = toldMap(data.told ?? {})
    this.#receivers.clear()
    for (const { waiting, ...rest } of data.receivers) {
      Object.assign(this.of(rest.webhookId), rest).queue.restore(waiting)
    }
  }
}

/** As events hold it. @param webhookId the one receiver that counts; absent = all */
export function toldRecord(told: ReadonlyMap<string, ReadonlySet<string>>, webhookId?: string): Told {
  const counts = (id: string) => webhookId === undefined || id === webhookId
  return Object.fromEntries([...told].map(([subject, ids]) => [subject, [...ids].filter(counts)]))
}

/** As it is looked up. */
export function toldMap(told: Told): Map<string, ReadonlySet<string>> {
  return new Map(Object.entries(told).map(([id, receivers]) => [id, new Set(receivers)]))
}

const untried = { subject: null, attempt: 0, uncounted: 0, dueAt: 0, payloadAt: null, isReplay: false }

const guiltless = { failures: 0, failingSince: null, askedUntil: null }

const pardoned = { ...guiltless, disabled: null }

const released = { ...guiltless, lastDelivery: null }

const unused = { ...pardoned, ...released, behindFrom: null, behindTold: null, replayLeft: null }
