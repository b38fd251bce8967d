// What a writer must be told about its stream: commands, events, and the two pure functions between them.
// Shapes only.

import type { StateCodec } from './snapshot.ts'

/** A wish to change something. */
export interface Command {
  /** Chosen by who asks, unique within the stream: asking again with the same id gets the same answer. */
  commandId: string
  type: string
  /** A JSON value. */
  data: unknown
  /**
   * Business time at which it was asked, epoch ms. No part of the request: the same wish that comes again later is
   * answered, not refused.
   */
  at?: number
}

/** Something that happened. */
export interface DomainEvent {
  type: string
  /** An object of JSON values (no undefined, Date, NaN or -0), without a field `_command`. */
  data: object
}

/**
 * What `decide` made of a command: events, or a refusal with a reason code; both with an answer (a JSON
 * value). No events means that nothing had to change.
 */
export type Decision<E extends DomainEvent, A> =
  | { events: readonly E[]; answer: A }
  | { refused: string; answer: A }

/**
 * Rules of a stream. Both functions are pure: same arguments, same result, arguments left as they are. States
 * may share parts; a state that was handed out never changes.
 */
export interface Definition<S, C extends Command, E extends DomainEvent, A> {
  /** State of the empty stream. */
  initial(): S
  /** What the command does in this state. An expected "no" is returned as a refusal, never thrown. */
  decide(state: S, command: C): Decision<E, A>
  /** The state after the event. */
  evolve(state: S, event: E): S
  /** Paths of large data in events that `evolve` never looks at, as for the `without` of a log's `read`. */
  unread?: readonly string[]
  /** How the state is written into snapshots; without it there are none. */
  codec?: StateCodec<S>
}

/** How a command ended. */
export interface CommandResult<A> {
  status: 'done' | 'noop' | 'refused'
  /** Reason code of a refusal, else null. */
  reason: string | null
  answer: A
  /** Seq of the command's last event: who has read that far has seen its effect. */
  seq: number
}

/** The writer of a stream. */
export interface Actor<S, C extends Command, A> {
  /**
   * How the command ended, once that is durable. The same id with the same type and data gets the same
   * answer, also after a restart. Commands take effect in the order of their calls, except one whose id looks
   * used: that one is looked up first.
   * @throws LOG_COMMAND_CONFLICT when the id was used with another type or other data
   * @throws LOG_FENCED when another writer took over; the command was not and will not be carried out here
   * @throws LOG_UNAVAILABLE when the outcome is unknown: ask again with the same id
   * @throws whatever `decide` or `evolve` throws; nothing happened then
   */
  execute(command: C): Promise<CommandResult<A>>
  /** State after the last durable event. */
  state(): S
  /** Whether a command with this id may have been given; false only where none was. */
  mayHaveSeen(commandId: string): boolean
  /** Last durable event. */
  readonly lastSeq: number
  /** Seq of this writer's newest barrier: of two writers the later one has the greater epoch. */
  readonly epoch: number
  /** Waits for the commands under way; later ones get LOG_UNAVAILABLE. Leaves the log open. */
  close(): Promise<void>
}
