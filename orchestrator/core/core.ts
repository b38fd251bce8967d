// The running core of one market: commands in, durable answers out, and word of what changed. What a command does
// stands in decide.ts.

import type { CommandResult } from '#data/log'
import type { CommandData, CommandType, CoreAnswer } from './commands.ts'
import type { Order } from './orders/order.ts'
import type { CoreState } from './state.ts'

/** What kind of thing changed. */
export type ChangeKind =
  | 'order'
  | 'stock'
  | 'node'
  | 'incident'
  | 'decision'
  | 'policy'
  | 'network'
  | 'clock'
  | 'cycle'
  | 'delivery'
  | 'model'
  | 'flow'

/** Word of a change that is durable. */
export interface Change {
  kind: ChangeKind
  /** What changed, at most 20 ids; empty = many. */
  ids: readonly string[]
  /** Epoch ms of the market. */
  at: number
}

/** The core of one market. */
export interface Core {
  readonly market: string
  /** Stream of the log that holds its events. */
  readonly stream: string
  /** Last durable event. */
  readonly lastSeq: number
  /** Seq of the barrier with which this writer took the stream: of two writers the later one has the greater. */
  readonly epoch: number
  /** State after the last durable event. */
  state(): CoreState
  /**
   * How the command ended, once it is durable.
   * @param options commandId: asking again with the same id gets the same answer (a random one where absent);
   *   at: business time, epoch ms of the market
   * @throws LOG_COMMAND_CONFLICT, LOG_UNAVAILABLE, LOG_FENCED
   */
  execute<T extends CommandType>(
    type: T,
    data: CommandData[T],
    options: { at: number; commandId?: string },
  ): Promise<CommandResult<CoreAnswer>>
  /**
   * Lets an ended order leave memory where nothing can be done with it any more; commands that name it bring it back.
   * @param endedBefore epoch ms of the market
   * @throws LOG_UNAVAILABLE, LOG_FENCED
   */
  archive(orderId: string, endedBefore: number, at: number): Promise<void>
  /** Whether the order could leave memory, see `archive`. */
  isArchivable(order: Order, endedBefore: number): boolean
  /** Brings an archived order back, for whoever reads it from the state. @throws LOG_UNAVAILABLE, LOG_FENCED */
  restore(orderId: string, at: number): Promise<void>
  /** How a command ended that was carried out before, null where none had this id. @throws LOG_UNAVAILABLE */
  recall(commandId: string): Promise<CommandResult<CoreAnswer> | null>
  /** Calls `listener` after each durable change; the returned function stops that. */
  onChange(listener: (change: Change) => void): () => void
  /** Tells the listeners of a change that did not come by a command. */
  tell(change: Change): void
  close(): Promise<void>
}
