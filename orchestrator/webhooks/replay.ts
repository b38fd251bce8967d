// What a person asks to be sent again, checked before anything is queued.

import { fail } from '#data/kernel'
import type { EventLog } from '#data/log'
import type { Receiver } from '#data/vault'
import { messageIdOf } from './events.ts'
import { formatOf, formats } from './formats/formats.ts'
import { messageAt, messageTypeOf } from './message/announcer.ts'
import type { Scanner } from './scanner.ts'
import type { Replay, WatchedCore } from './types.ts'

/**
 * Queues one message, or all since a time, again; how many.
 * @throws WEBHOOK_REPLAY_INVALID, WEBHOOK_MESSAGE_UNKNOWN
 */
export async function replayMessages(
  receiver: Receiver,
  { messageId, since }: Replay,
  parts: { log: EventLog; core: WatchedCore; scanner: Scanner },
): Promise<{ queued: number }> {
  const { scanner } = parts
  if ((messageId === undefined) === (since === undefined)) {
    throw fail('WEBHOOK_REPLAY_INVALID', { reason: 'give either messageId or since' })
  }
  if (messageId !== undefined) {
    const message = await messageOf(messageId, parts)
    const name = formatOf(receiver.format)
    if (!formats[name].carries(message.eventType)) {
      const reason = `the format ${name} has no words for ${message.eventType}`
      throw fail('WEBHOOK_REPLAY_INVALID', { reason })
    }
    await scanner.replayOne(receiver, message)
    return { queued: 1 }
  }
  const at = Date.parse(since ?? '')
  if (Number.isNaN(at)) throw fail('WEBHOOK_REPLAY_INVALID', { reason: 'since is no ISO 8601 instant' })
  return { queued: await scanner.replaySince(receiver, at) }
}

async function messageOf(messageId: string, { log, core }: { log: EventLog; core: WatchedCore }) {
  const seq = Number(/_([1-9]\d{0,14})$/.exec(messageId)?.[1])
  const isOurs = messageId === messageIdOf(core.market, seq)
  const [event] = isOurs && seq <= core.lastSeq ? await log.read(core.stream, seq - 1, 1) : []
  const eventType = event === undefined ? null : messageTypeOf(event)
  if (event === undefined || eventType === null)
    throw fail('WEBHOOK_MESSAGE_UNKNOWN', { messageId: messageId.slice(0, 200) })
  return messageAt(event, eventType)
}
