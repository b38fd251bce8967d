// How a writer takes its stream, at the start and after an append that failed: barrier first, decisions
// after. It never appends anything but the barrier.

import { backoffMs, DetourError, type Effects, fail } from '#data/kernel'
import { controlEvents } from './command-record.ts'
import type { Command, DomainEvent } from './definition.ts'
import type { EventLog, NewEvent, StoredEvent } from './event-log.ts'
import type { StreamFold } from './stream-fold.ts'

/** Who takes which stream. */
export interface Claim<S, C extends Command, E extends DomainEvent, A> {
  log: EventLog
  stream: string
  writerId: string
  fold: StreamFold<S, C, E, A>
  effects: Pick<Effects, 'clock' | 'random'>
}

/** Races for the barrier's seq that may be lost, and times the log may be unavailable, before giving up. */
const racesLost = 200
const outages = 4
const pause = { attempts: outages, baseMs: 20, capMs: 500 }

/**
 * Epoch (seq) of the barrier that is now durable at the end of the stream, with everything before it folded;
 * null when an event that is not `isOwn` was met: another writer has the stream.
 * @param isOwn whether this writer may have sent the event; null to take the stream whoever wrote to it
 * @throws LOG_FENCED when others kept writing in between
 * @throws LOG_UNAVAILABLE, LOG_DAMAGED
 */
export async function takeOver<S, C extends Command, E extends DomainEvent, A>(
  claim: Claim<S, C, E, A>,
  isOwn: ((event: StoredEvent) => boolean) | null,
): Promise<number | null> {
  const { log, stream, fold, effects } = claim
  let lost = 0
  let failed = 0
  for (;;) {
    try {
      const tail = await log.tail(stream)
      // Only a durable barrier makes sure that what is read before it stays: until then nothing is folded.
      if (tail < fold.seq) throw gone(stream, tail, fold.seq)
      if (isOwn !== null && (await hasOther(claim, tail, isOwn))) return null
      const { lastSeq } = await log.append(stream, tail, [barrier(claim.writerId, tail + 1)])
      if (!(await fold.catchUp(log, tail, isOwn ?? (() => true)))) return null
      fold.moveTo(fold.state, lastSeq)
      return lastSeq
    } catch (error) {
      if (!(error instanceof DetourError && error.retryable)) throw error
      if (error.code === 'LOG_FENCED' ? ++lost > racesLost : ++failed > outages) throw error
      if (error.code !== 'LOG_FENCED') await effects.clock.sleep(backoffMs(failed, pause, effects.random))
    }
  }
}

function gone(stream: string, tail: number, seq: number): Error {
  const reason = `stream ${stream} ends at ${tail}, but event ${seq} was acknowledged`
  return fail('LOG_DAMAGED', { path: 'in use', reason })
}

/** Events per read while looking whose they are. */
const chunkEvents = 10_000

/** Whether an event after those folded is not `isOwn`. */
async function hasOther<S, C extends Command, E extends DomainEvent, A>(
  { log, stream, fold }: Claim<S, C, E, A>,
  tail: number,
  isOwn: (event: StoredEvent) => boolean,
): Promise<boolean> {
  for (let from = fold.seq; from < tail; from += chunkEvents) {
    const events = await log.read(stream, from, Math.min(chunkEvents, tail - from))
    if (!events.every(isOwn)) return true
  }
  return false
}

/** Whether the event is a barrier of this writer. */
export function isBarrierOf(writerId: string, event: StoredEvent): boolean {
  if (event.type !== controlEvents.writerStarted) return false
  return (event.data as { writerId?: unknown }).writerId === writerId
}

function barrier(writerId: string, epoch: number): NewEvent {
  const type = controlEvents.writerStarted
  return { eventId: `writer:${writerId}/${epoch}`, type, data: { writerId, epoch } }
}
