// What a writer of a stream is made of. Shapes only.

import type { Effects } from '#data/kernel'
import type { Command, Definition, DomainEvent } from './definition.ts'
import type { EventLog } from './event-log.ts'
import type { Follower } from './follower.ts'
import type { SnapshotOptions } from './snapshot-keeper.ts'

/** What a writer is made of. */
export interface ActorOptions<S, C extends Command, E extends DomainEvent, A> {
  log: EventLog
  stream: string
  definition: Definition<S, C, E, A>
  effects: Pick<Effects, 'clock' | 'random'>
  /** Answers kept in memory; older ones are read from the log. Default 10,000. */
  answersKept?: number
  /** Most events of one append. Default 1,000. */
  groupEvents?: number
  /** Has folded the stream so far; the writer goes on with its fold. */
  follower?: Follower<S, C, E, A>
  /** Where snapshots are kept; without it, or without a codec, every start folds the whole stream. */
  snapshots?: SnapshotOptions
}
