// Looks up in the market's stream which messages events become, and for whom. It queues nothing.

import type { EventLog, StoredEvent } from '#data/log'
import type { Receiver } from '#data/vault'
import type { CoreState } from '#orchestrator/core'
import { Audience } from './audience.ts'
import type { Message, Told } from './events.ts'
import { toldMap, toldRecord } from './ledger.ts'
import { Announcer, messageAt } from './message/announcer.ts'
import type { WatchedCore } from './types.ts'

/** Events of the market read at once. */
export const batchEvents = 1_000

/** Which messages of the past are looked up. */
export interface Past {
  /** Seq of the last event before, and of the last one. */
  from: number
  to: number
  /** At most so many. */
  most: number
  /** Who was told of which incident up to `from`; of one that is missing nothing is known. */
  told: Told
  /** What they are about; absent = anything. */
  only?: ReadonlySet<string>
}

/** Messages for a receiver in the order of what happened; how far it read, and who was told of what by then. */
export async function pastMessages(
  { log, core }: { log: EventLog; core: WatchedCore },
  receiver: Receiver,
  { from, to, most, told, only }: Past,
  isClosed: () => boolean,
): Promise<{ messages: Message[]; readTo: number; told: Told }> {
  const announcer = new Announcer()
  const audience = new Audience([receiver], toldMap(told), true)
  const messages: Message[] = []
  const result = (readTo: number) => ({ messages, readTo, told: toldRecord(audience.told) })
  let readTo = from
  while (readTo < to && messages.length < most && !isClosed()) {
    const events = await log.read(core.stream, readTo, Math.min(batchEvents, to - readTo))
    if (events.length === 0) break
    for (const { message } of messagesFor(events, announcer, audience, core.state())) {
      if (only === undefined || only.has(message.subject ?? '')) messages.push(message)
      // The next one is not looked at: it would be noted as told.
      if (messages.length >= most) return result(message.seq)
    }
    readTo = events.at(-1)?.seq ?? to
  }
  return result(readTo)
}

/** The messages of events, each with the ids of those it is for. */
export function* messagesFor(
  events: readonly StoredEvent[],
  announcer: Announcer,
  audience: Audience,
  state: CoreState,
): Generator<{ message: Message; webhookIds: string[] }> {
  for (const event of events) {
    const eventType = announcer.typeOf(event)
    if (eventType === null) continue
    const webhookIds = audience.of(event, eventType, state)
    if (webhookIds.length > 0) yield { message: messageAt(event, eventType), webhookIds }
  }
}
