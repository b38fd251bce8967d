// The one writer of a stream: decides commands on the fold of its events and answers when they are durable.
// It never acknowledges what the log has not, and never sends a decision a second time without looking it up.

import type { ActorOptions } from './actor-options.ts'
import type { Actor, Command, DomainEvent } from './definition.ts'
import { answersKept } from './follower.ts'
import { SnapshotKeeper, startFromSnapshot } from './snapshot-keeper.ts'
import { StreamFold } from './stream-fold.ts'
import { StreamWriter } from './stream-writer.ts'

/**
 * The writer of a stream, ready to decide: it has read the tail, made a barrier event (`WriterStarted`)
 * durable there and folded everything before it.
 *
 * Opening is a takeover. The barrier occupies the next seq, so whatever an earlier writer still has under way
 * is fenced. That writer notices at its next append and **steps down for good**: commands whose append has an
 * unknown outcome get LOG_UNAVAILABLE, all others LOG_FENCED, now and later, until somebody opens an actor
 * again. It does not take the stream back by itself: two writers would throw each other out forever, each
 * time at the price of a fold. Who should write is decided above (the owner of the home, a lease); the actor
 * only makes sure that a wrong answer to that question costs availability, never a lost or double event.
 * `state()` of a writer that stepped down stands still.
 *
 * After an append that failed or whose outcome is unknown, without another writer's event in the stream, the
 * actor helps itself: the whole group and all behind it are rolled back, the tail is read, what did land is
 * folded, a new barrier shuts out what is still under way, and each command is looked up by its id before it
 * is decided again. A command is sent at most three times; while the log stays unavailable its callers get
 * LOG_UNAVAILABLE, and the next command starts the same recovery.
 *
 * With snapshots, folding starts from the newest usable one, new ones are taken on the way, and a last one when the
 * actor is closed.
 *
 * @throws LOG_FENCED when other writers kept winning while it opened
 * @throws LOG_UNAVAILABLE, LOG_DAMAGED
 */
export async function openActor<S, C extends Command, E extends DomainEvent, A>(
  options: ActorOptions<S, C, E, A>,
): Promise<Actor<S, C, A>> {
  const { follower, snapshots, ...settings } = { answersKept, groupEvents: 1000, ...options }
  const { stream, definition, log, effects } = settings
  const { codec } = definition
  const fold = (await follower?.handOver()) ?? new StreamFold(stream, definition, settings.answersKept)
  if (snapshots !== undefined && codec !== undefined) {
    const parts = { log, stream, codec, effects, options: snapshots }
    if (fold.seq === 0) await startFromSnapshot(parts, fold)
    fold.watch = new SnapshotKeeper(parts, fold)
  }
  const writer = new StreamWriter(settings, fold)
  await writer.open()
  return writer
}
