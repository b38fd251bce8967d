// What the system promises whoever asks it for something, and what is noted where it is not kept. Shapes and words.

import type { CommandResult } from '#data/log'
import type { CoreAnswer, CoreCommand } from '#orchestrator/core'

/** A promise that the system broke. */
export interface Breach {
  /** Id of the promise, see `promises`; or of an invariant of the core. */
  promise: string
  subject: string
  found: string
  /** ms from the start of the simulation. */
  tick: number
}

/** What is promised of answers and of the log, beside the invariants of the core. */
export const promises = {
  acknowledged_is_durable:
    'An acknowledged command is in the log, once and whole, and no failure takes it away.',
  same_answer: 'A command that is asked again gets the answer it got before.',
  same_request: 'Another request under a used id is refused.',
  no_wild_error: 'A command ends with an answer or with a known error of the log.',
  applied_once: 'The events of a command are in the log once, together, in order.',
  only_what_was_asked: 'Every event in the log comes from a command somebody asked for, or from a writer.',
  decided_in_order: 'Every command in the log was decided on the state right before it.',
  state_is_fold: 'The state of a writer is the fold of the log up to its seq.',
  steps_are_legal: 'States of orders and work follow on each other as the life of an order allows.',
  never_unsaid: 'Units that were shipped, delivered, returned or cancelled stay so.',
  everything_ends: 'Once failures end, every command gets its answer.',
} as const

/** What was asked under one id. */
export interface Asked {
  commandId: string
  /** Bodies by their hash, each as it was first sent. */
  bodies: Map<string, CoreCommand>
  /** Business times, by body: the one that was decided is not known. */
  times: Map<string, Set<number>>
  /** Answers by body; one body at most can have one. */
  answer: { hash: string; result: CommandResult<CoreAnswer> } | null
}
