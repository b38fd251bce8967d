// What a writer has under way: commands without an answer, and groups of them. Shapes only.

import type { KnownCommand } from './command-record.ts'
import type { CommandResult } from './definition.ts'
import type { NewEvent } from './event-log.ts'

/** A command that is not answered yet. */
export interface Pending<C, A> {
  command: C
  hash: string
  /** How often its events were sent to the log, and what came of the last time. */
  sent: number
  failure: unknown
  /** How it will have ended once its group is durable. */
  known: KnownCommand<A> | null
  promise: Promise<CommandResult<A>>
  resolve: (result: CommandResult<A>) => void
  reject: (error: unknown) => void
}

/** Commands whose events go to the log together. */
export interface Group<S, C, A> {
  generation: number
  commands: Pending<C, A>[]
  events: NewEvent[]
  /** State and seq after its last event. */
  state: S
  seq: number
  isSent: boolean
}
