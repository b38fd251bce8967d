// The stream that tests of the writer use: accounts that can be paid into and out of, never below zero.

import { type Actor, type Command, type Definition, type EventLog, openActor } from '#data/log'
import { effects } from './folder.ts'

export interface Move extends Command {
  type: 'Move' | 'Split'
  data: { account: string; cents: number }
}
export interface Moved {
  type: 'Moved'
  data: { account: string; cents: number; before: number }
}
export type Balances = Readonly<Record<string, number>>
export interface MoveAnswer {
  balance: number
}
export type Counter = Actor<Balances, Move, MoveAnswer>

/** `Move` of 0 changes nothing, below zero is refused; `Split` moves in two events. */
export const definition: Definition<Balances, Move, Moved, MoveAnswer> = {
  initial: () => ({}),
  decide: (state, { type, data: { account, cents } }) => {
    if (account === 'broken') throw new Error('no such rule')
    const before = state[account] ?? 0
    const balance = before + cents
    if (balance < 0) return { refused: 'too_little', answer: { balance: before } }
    if (cents === 0) return { events: [], answer: { balance } }
    const event = (part: number): Moved => ({ type: 'Moved', data: { account, cents: part, before } })
    const half = Math.trunc(cents / 2)
    const events = type === 'Split' ? [event(half), event(cents - half)] : [event(cents)]
    return { events, answer: { balance } }
  },
  evolve: (state, { data: { account, cents } }) => ({ ...state, [account]: (state[account] ?? 0) + cents }),
}

/** A writer of the stream. */
export function openCounter(log: EventLog, answersKept = 10_000, stream = 'main'): Promise<Counter> {
  return openActor({ log, stream, definition, effects, answersKept })
}

export function move(commandId: string, cents: number, account = 'a', type: Move['type'] = 'Move'): Move {
  return { commandId, type, data: { account, cents } }
}
