// Opens the core of a market on the log. It decides nothing itself.

import { DetourError, type Effects } from '#data/kernel'
import {
  type CommandResult,
  type Definition,
  type EventLog,
  Follower,
  knownCommand,
  openActor,
  type SnapshotOptions,
} from '#data/log'
import { Archive, ordersNamed } from './archive/archive.ts'
import { isArchivable } from './archive/rules.ts'
import { changesOf } from './changes.ts'
import { stateCodec } from './codec.ts'
import type { CoreAnswer, CoreCommand } from './commands.ts'
import type { Change, Core } from './core.ts'
import { decide } from './decide.ts'
import type { CoreEvent } from './events.ts'
import { evolve } from './evolve.ts'
import { type CoreState, emptyState } from './state.ts'

const codec = stateCodec<CoreState>()

/** Most of the bytes of a log, kept for tables and people: what becomes of an order never hangs on them. */
const unread = ['$.decision.candidates', '$.decision.counterfactuals', '$.decision.lines']

/** The rules of a market's stream. */
export function coreDefinition(market: string): Definition<CoreState, CoreCommand, CoreEvent, CoreAnswer> {
  return { initial: () => emptyState(market), decide, evolve, unread, codec }
}

/** Name of the stream that holds a market's orders, stock and incidents. */
export function coreStream(market: string): string {
  return `market:${market}`
}

/** A market that another process writes, folded as it goes. */
export type MarketFollower = Follower<CoreState, CoreCommand, CoreEvent, CoreAnswer>

/** A fold of a market's stream that stays warm. @param snapshots where it may start from */
export function followMarket(
  log: EventLog,
  market: string,
  snapshots?: { options: SnapshotOptions; effects: Pick<Effects, 'clock' | 'random'> },
): MarketFollower {
  const known = snapshots === undefined ? {} : { snapshots }
  return new Follower({ log, stream: coreStream(market), definition: coreDefinition(market), ...known })
}

/** How a core is opened where other processes may write its stream. */
export interface CoreOptions {
  /** Has folded the stream so far. */
  follower?: MarketFollower
  /** Told when another writer has taken the stream: this core carries out nothing any more. */
  onFenced?: () => void
  /** Where snapshots of the stream are kept. */
  snapshots?: SnapshotOptions
}

/**
 * The core of a market, folded from its stream, the only writer of it.
 * @throws LOG_FENCED, LOG_UNAVAILABLE, LOG_DAMAGED
 */
export async function openCore(
  log: EventLog,
  market: string,
  effects: Effects,
  { onFenced, ...known }: CoreOptions = {},
): Promise<Core> {
  const stream = coreStream(market)
  const actor = await openActor({ log, stream, definition: coreDefinition(market), effects, ...known })
  const listeners = new Set<(change: Change) => void>()
  const tell = (change: Change) => {
    for (const listener of listeners) listener(change)
  }
  const archive = new Archive({
    ...{ log, stream },
    state: () => actor.state(),
    mayHaveSeen: (commandId) => actor.mayHaveSeen(commandId),
    execute: (type, data, options) => actor.execute({ type, data, ...options } as CoreCommand),
  })
  let commands = 0
  const run = `${effects.clock.now().toString(36)}-${effects.random.int(0, 0xffffffff).toString(36)}`
  return {
    market,
    stream,
    get lastSeq() {
      return actor.lastSeq
    },
    get epoch() {
      return actor.epoch
    },
    state: () => actor.state(),
    archive: (orderId, endedBefore, at) => archive.archive(orderId, endedBefore, at),
    isArchivable: (order, endedBefore) => isArchivable(actor.state(), order, endedBefore),
    restore: async (orderId, at) => {
      if (archive.mayHold([orderId])) await archive.restore([orderId], at)
    },
    execute: async (type, data, { at, commandId = `${run}/${++commands}` }) => {
      const named = ordersNamed(data)
      if (archive.mayHold(named)) await archive.restore(named, at)
      const command = { commandId, type, data, at } as CoreCommand
      let result: CommandResult<CoreAnswer>
      try {
        result = await actor.execute(command)
      } catch (error) {
        if (error instanceof DetourError && error.code === 'LOG_FENCED') onFenced?.()
        throw error
      }
      if (result.status === 'done') for (const change of changesOf(type, data, at)) tell(change)
      return result
    },
    recall: async (commandId) => {
      const [first] = await log.eventsOfCommand(stream, commandId)
      return first === undefined ? null : (knownCommand<CoreAnswer>(first)?.result ?? null)
    },
    onChange: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    tell,
    close: () => actor.close(),
  }
}
