// Reads the stream of deliveries at the start: from its newest snapshot on, not from its beginning.

import type { EventLog, StoredEvent } from '#data/log'
import { Ledger } from './ledger.ts'

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
