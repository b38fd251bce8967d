// The attempts that were made, newest first: the latest from memory, older ones from the log. It changes nothing.

import type { api } from '#data/contracts'
import { fail } from '#data/kernel'
import type { EventLog, StoredEvent } from '#data/log'
import { deliveryOf } from './delivery.ts'
import type { WebhookAttempted } from './events.ts'
import type { DeliveryQuery } from './types.ts'

interface Kept {
  seq: number
  attempt: WebhookAttempted
}

/** Attempts kept in memory. */
const keptAttempts = 500
const pageEvents = 500
/** Events of the log that one page may look through. */
const searchedEvents = 20_000

/** The attempts of a market. */
export class Deliveries {
  readonly #log: EventLog
  readonly #stream: string
  /** Oldest first; every attempt from `#keptFrom` on. */
  #kept: Kept[] = []
  #keptFrom = 1

  constructor(log: EventLog, stream: string) {
    this.#log = log
    this.#stream = stream
  }

  /** Takes note of an event of the stream; they come in order. */
  note(event: Pick<StoredEvent, 'seq' | 'type' | 'data'>): void {
    if (this.#kept.length === 0) this.#keptFrom = Math.max(this.#keptFrom, event.seq)
    if (event.type !== 'WebhookAttempted') return
    this.#kept.push({ seq: event.seq, attempt: event.data as WebhookAttempted })
    if (this.#kept.length < keptAttempts * 2) return
    this.#kept = this.#kept.slice(-keptAttempts)
    this.#keptFrom = this.#kept[0]?.seq ?? event.seq
  }

  /** @throws WEBHOOK_CURSOR_INVALID */
  async page(query: DeliveryQuery): Promise<api.Page<api.WebhookDelivery>> {
    const before = cursorOf(query.cursor)
    const items: Kept[] = []
    for (let i = this.#kept.length - 1; i >= 0 && items.length < query.limit; i--) {
      const kept = this.#kept[i] as Kept
      if (kept.seq < before && matches(kept.attempt, query)) items.push(kept)
    }
    let readTo = Math.min(before, this.#keptFrom)
    for (let left = searchedEvents; left > 0 && readTo > 1 && items.length < query.limit; ) {
      const from = Math.max(1, readTo - Math.min(pageEvents, left))
      const events = await this.#log.read(this.#stream, from - 1, readTo - from)
      left -= readTo - from
      readTo = from
      items.push(...attemptsIn(events, query))
    }
    const shown = items.slice(0, query.limit)
    const last = shown.at(-1)
    const isFull = shown.length === query.limit && last !== undefined
    const next = isFull ? last.seq : readTo
    const nextCursor = next > 1 ? String(next) : null
    return { items: shown.map(({ attempt }) => deliveryOf(attempt)), nextCursor, total: null }
  }
}

function attemptsIn(events: readonly StoredEvent[], query: DeliveryQuery): Kept[] {
  return events
    .filter(({ type }) => type === 'WebhookAttempted')
    .map(({ seq, data }) => ({ seq, attempt: data as WebhookAttempted }))
    .filter(({ attempt }) => matches(attempt, query))
    .toReversed()
}

function matches(attempt: WebhookAttempted, { webhookId, messageId, status }: DeliveryQuery): boolean {
  return (
    (webhookId === undefined || attempt.webhookId === webhookId) &&
    (messageId === undefined || attempt.messageId === messageId) &&
    (status === undefined || attempt.status === status)
  )
}

function cursorOf(text: string | undefined): number {
  if (text === undefined) return Number.POSITIVE_INFINITY
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text)
  throw fail('WEBHOOK_CURSOR_INVALID', { cursor: text.slice(0, 100) })
}
