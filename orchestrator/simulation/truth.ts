// The fold of what the log holds, command by command, and what must hold after each. It reads the log and never writes.

import {
  controlEvents,
  type Decision,
  domainEvent,
  isControlEvent,
  knownCommand,
  type StoredEvent,
} from '#data/log'
import {
  type CoreAnswer,
  type CoreCommand,
  type CoreEvent,
  type CoreState,
  type Order,
  stockKey,
} from '#orchestrator/core'
import { violationsAround, violationsOf, violationsOfStep } from '#orchestrator/verify'
import { stepProblems } from './lifecycle.ts'
import type { CoreActorOptions } from './process.ts'
import type { Asked } from './promises.ts'
import { changedParts, differencesIn, type Part } from './state-difference.ts'
import type { SimulatedStore } from './store.ts'

/** Where a command lies in the log. */
export interface Place {
  from: number
  to: number
  hash: string
}

type Note = (promise: string, subject: string, found: string) => void

/** Commands that tell what was true elsewhere; they may promise more than there is. */
const tellFacts: ReadonlySet<string> = new Set(['ImportOrders'])

/** The fold of one stream, with every state on the way. */
export class Truth {
  /** State after each seq; the first is that of the empty stream. */
  readonly #states: CoreState[]
  /** What each seq changed. */
  readonly #parts: Part[][] = [[]]
  readonly #events: StoredEvent[] = []
  readonly commands = new Map<string, Place>()
  readonly #store: SimulatedStore
  readonly #stream: string
  readonly #rules: CoreActorOptions['definition']
  readonly #asked: ReadonlyMap<string, Asked>
  readonly #note: Note

  constructor(
    store: SimulatedStore,
    { stream, definition }: Pick<CoreActorOptions, 'stream' | 'definition'>,
    asked: ReadonlyMap<string, Asked>,
    note: Note,
  ) {
    this.#store = store
    this.#stream = stream
    this.#rules = definition
    this.#asked = asked
    this.#note = note
    this.#states = [definition.initial()]
  }

  /** Last event looked at. */
  get seq(): number {
    return this.#events.length
  }

  /** State after the last event looked at. */
  get state(): CoreState {
    return this.stateAt(this.seq)
  }

  /** State after an event that was looked at. */
  stateAt(seq: number): CoreState {
    return this.#states[seq] as CoreState
  }

  /** Events of the log that were looked at. */
  get events(): readonly StoredEvent[] {
    return this.#events
  }

  /** Looks at what came since the last time, command by command. */
  catchUp(): void {
    if (this.#store.tail(this.#stream) === this.seq) return
    const news = this.#store.read(this.#stream, this.seq, Number.MAX_SAFE_INTEGER)
    for (let i = 0; i < news.length; ) {
      const commandId = commandIdOf((news[i] as StoredEvent).eventId)
      let end = i + 1
      while (end < news.length && commandIdOf((news[end] as StoredEvent).eventId) === commandId) end++
      this.#take(commandId, news.slice(i, end))
      i = end
    }
  }

  /** Forgets what was lost after an event. */
  cutTo(seq: number): void {
    this.#events.splice(seq)
    this.#states.splice(seq + 1)
    this.#parts.splice(seq + 1)
    for (const [commandId, place] of this.commands) if (place.to > seq) this.commands.delete(commandId)
  }

  /** Where a state that a writer has at `seq` differs in what changed since `before`. */
  differences(state: CoreState, before: number, seq: number): string[] {
    const parts = this.#parts.slice(before + 1, seq + 1).flat()
    return differencesIn(this.stateAt(seq), state, parts)
  }

  /** Every invariant, of everything. */
  checkWhole(): void {
    for (const { invariant, subject, found } of violationsOf(this.state))
      this.#note(invariant, subject, found)
  }

  /** The fold of the whole log, from its start. */
  foldAnew(): CoreState {
    const events = this.#store.read(this.#stream, 0, Number.MAX_SAFE_INTEGER)
    return events.reduce((state, event) => this.#evolved(state, event), this.#rules.initial())
  }

  /** The fold of the second half of the log on a state that went through a snapshot's text; null without codec. */
  foldFromSnapshot(): CoreState | null {
    const { codec } = this.#rules
    if (codec === undefined) return null
    const middle = Math.floor(this.seq / 2)
    const reader = codec.thaw()
    for (const piece of codec.freeze(this.stateAt(middle))) reader.take(JSON.parse(JSON.stringify(piece)))
    return this.#events.slice(middle).reduce((state, event) => this.#evolved(state, event), reader.done())
  }

  #take(commandId: string, events: readonly StoredEvent[]): void {
    const before = this.state
    for (const event of events) {
      const was = this.state
      const is = this.#evolved(was, event)
      this.#events.push(event)
      this.#states.push(is)
      this.#parts.push(changedParts(was, is))
    }
    const first = events[0] as StoredEvent
    if (first.type === controlEvents.writerStarted) return
    const known = knownCommand<CoreAnswer>(first)
    const earlier = this.commands.get(commandId)
    const isInOrder = events.every((event, i) => event.eventId === `${commandId}/${i}`)
    if (earlier !== undefined || !isInOrder || known === null) {
      this.#note('applied_once', commandId, `events ${events.map(({ eventId }) => eventId).join(', ')}`)
      return
    }
    const from = first.seq
    this.commands.set(commandId, { from, to: from + events.length - 1, hash: known.hash })
    const command = this.#asked.get(commandId)?.bodies.get(known.hash)
    if (command === undefined) {
      this.#note('only_what_was_asked', commandId, `${first.type} was never asked for`)
      return
    }
    this.#judgeDecision(before, command, known.hash, events)
    this.#judgeStep(before, command)
  }

  #evolved(state: CoreState, event: StoredEvent): CoreState {
    return isControlEvent(event.type) ? state : this.#rules.evolve(state, domainEvent(event) as CoreEvent)
  }

  /** The events are what the rules give on the state before, at one of the times it was asked. */
  #judgeDecision(
    before: CoreState,
    command: CoreCommand,
    hash: string,
    events: readonly StoredEvent[],
  ): void {
    const told = events.filter((event) => !isControlEvent(event.type)).map(domainEvent)
    const status = knownCommand<CoreAnswer>(events[0] as StoredEvent)?.result
    const found = JSON.stringify([told, status?.reason, status?.answer])
    const times = this.#asked.get(command.commandId)?.times.get(hash) ?? []
    let other = ''
    for (const at of times) {
      other = saidBy(this.#rules.decide(before, { ...command, at } as CoreCommand))
      if (found === other) return
    }
    const subject = `${command.commandId} ${command.type}`
    this.#note('decided_in_order', subject, `log: ${found.slice(0, 300)}; rules: ${other.slice(0, 300)}`)
  }

  /** What must hold after a command, of what it changed. */
  #judgeStep(before: CoreState, command: CoreCommand): void {
    const after = this.state
    if (after === before) return
    const orderIds = new Set<string>()
    const positions = new Set<string>()
    for (const { field, key } of changedParts(before, after)) {
      if (field === 'orders') orderIds.add(key as string)
      if (field === 'stock') positions.add(key as string)
    }
    for (const orderId of orderIds) {
      const [was, is] = [before.orders.get(orderId), after.orders.get(orderId)]
      for (const position of [...positionsOf(was), ...positionsOf(is)]) positions.add(position)
      const isArchived = command.type === 'ArchiveOrder' && is === undefined
      for (const { promise, found } of isArchived ? [] : stepProblems(was, is)) {
        this.#note(promise, `order ${orderId}`, found)
      }
    }
    const asked = `after ${command.commandId} ${command.type}`
    const scope = { orderIds, positions }
    for (const { invariant, subject, found } of violationsAround(after, scope)) {
      this.#note(invariant, subject, `${found}, ${asked}`)
    }
    if (tellFacts.has(command.type)) return
    // What work and carts hold already counts from the moment a position is tracked; nobody promises it then.
    const tracked = [...positions].filter((key) => before.stock.has(key))
    for (const { invariant, subject, found } of violationsOfStep(before, after, tracked)) {
      this.#note(invariant, subject, `${found}, ${asked}`)
    }
  }
}

function positionsOf(order: Order | undefined): string[] {
  return (order?.work ?? []).flatMap((work) => work.lines.map((line) => stockKey(line.sku, work.nodeId)))
}

function saidBy(decision: Decision<CoreEvent, CoreAnswer>): string {
  const [events, reason] = 'refused' in decision ? [[], decision.refused] : [decision.events, null]
  return JSON.stringify([events, reason, decision.answer])
}

/** `a/b/0` -> `a/b`. */
function commandIdOf(eventId: string): string {
  return eventId.slice(0, eventId.lastIndexOf('/'))
}
