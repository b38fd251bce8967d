// Reads the stream of deliveries at the start: from its newest snapshot on, not from its beginning.

import { DetourError } from '#data/kernel'
import type { EventLog, StoredEvent } from '#data/log'
import { Deliveries } from './deliveries.ts'
import { Ledger } from './ledger.ts'
import type { WebhookOptions } from './types.ts'

/** A ledger that is up to date with the stream. */
export interface Loaded {
  ledger: Ledger
  lastSeq: number
  /** Events after the newest snapshot. */
  sinceSnapshot: number
}

/** Events looked at first for a snapshot, from the end; then twice as many, and so on. */
const firstWindow = 3_000
const batch = 2_000

/**
 * The ledger of a stream.
 * @param onEvent told of the events read, in order; older ones are left unread
 */
export async function loadLedger(
  log: EventLog,
  stream: string,
  onEvent: (event: StoredEvent) => void,
): Promise<Loaded> {
  const tail = await log.tail(stream)
  const start = await snapshotBefore(log, stream, tail)
  const ledger = new Ledger()
  let lastSeq = start
  let sinceSnapshot = 0
  for (;;) {
    const events = await log.read(stream, lastSeq, batch)
    for (const event of events) {
      ledger.apply(event)
      onEvent(event)
      sinceSnapshot = event.type === 'WebhookSnapshot' ? 0 : sinceSnapshot + 1
      lastSeq = event.seq
    }
    if (events.length < batch) return { ledger, lastSeq, sinceSnapshot }
  }
}

/** Seq before the newest snapshot, 0 where there is none. */
async function snapshotBefore(log: EventLog, stream: string, tail: number): Promise<number> {
  let high = tail
  for (let window = firstWindow; high > 0; window *= 2) {
    const low = Math.max(0, high - window)
    let newest = 0
    for (let from = low; from < high; from += batch) {
      const events = await log.read(stream, from, Math.min(batch, high - from))
      for (const event of events) if (event.type === 'WebhookSnapshot') newest = event.seq
    }
    if (newest > 0) return newest - 1
    high = low
  }
  return 0
}

/** Times that an earlier writer may come in between. */
const tries = 20

/**
 * The ledger of a stream, and the deliveries it tells of. Where another process may still write, a snapshot at the end
 * shuts it out: whatever it has under way is fenced.
 * @throws LOG_UNAVAILABLE, LOG_DAMAGED, LOG_FENCED when others kept writing in between
 */
export async function takeLedger(
  { log, effects, takesOver = false }: Pick<WebhookOptions, 'log' | 'effects' | 'takesOver'>,
  stream: string,
): Promise<Loaded & { deliveries: Deliveries }> {
  const writer = `${effects.clock.now().toString(36)}-${effects.random.int(0, 0xffffffff).toString(36)}`
  for (let i = 1; ; i++) {
    const deliveries = new Deliveries(log, stream)
    const loaded = await loadLedger(log, stream, (event) => deliveries.note(event))
    if (!takesOver) return { ...loaded, deliveries }
    const event = { type: 'WebhookSnapshot', data: loaded.ledger.snapshot() }
    try {
      const { lastSeq } = await log.append(stream, loaded.lastSeq, [
        { eventId: `writer:${writer}/${i}`, ...event },
      ])
      return { ...loaded, deliveries, lastSeq, sinceSnapshot: 0 }
    } catch (error) {
      if (!(error instanceof DetourError && error.code === 'LOG_FENCED') || i >= tries) throw error
    }
  }
}
