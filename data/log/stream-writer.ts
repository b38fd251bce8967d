// The working part of an actor: queues, groups, roll-back. What it promises to callers stands in actor.ts.

import { DetourError, fail } from '#data/kernel'
import type { ActorOptions } from './actor-options.ts'
import { commandIdOf, type KnownCommand, knownCommand, recordCommand, requestHash } from './command-record.ts'
import type { Actor, Command, CommandResult, DomainEvent } from './definition.ts'
import type { NewEvent, StoredEvent } from './event-log.ts'
import type { StreamFold } from './stream-fold.ts'
import { isBarrierOf, takeOver } from './takeover.ts'
import type { Group, Pending } from './under-way.ts'

/** How often the events of a command are sent before its caller hears of the failure. */
const sendsPerCommand = 3

/** With nothing under way, this many events go at once, so that the log works while we decide on. */
const eagerEvents = 128

/** What an actor is made of, nothing left out. */
export type WriterOptions<S, C extends Command, E extends DomainEvent, A> = Required<
  Omit<ActorOptions<S, C, E, A>, 'follower' | 'snapshots'>
>

/** See `openActor`. */
export class StreamWriter<S, C extends Command, E extends DomainEvent, A> implements Actor<S, C, A> {
  readonly #options: WriterOptions<S, C, E, A>
  readonly #fold: StreamFold<S, C, E, A>
  readonly #writerId: string
  /** Every command that is not answered yet, by id. */
  readonly #pending = new Map<string, Pending<C, A>>()
  /** Commands whose events were sent with unknown outcome: theirs are no foreign events. */
  readonly #doubtful = new Set<string>()
  #phase: 'running' | 'recovering' | 'suspended' | 'fenced' = 'recovering'
  #isClosed = false
  /** Commands that wait for the end of a recovery. */
  #waiting: Pending<C, A>[] = []
  /** State and seq with everything decided: ahead of the fold by the groups under way. */
  #ahead: { state: S; seq: number }
  /** The group that still takes commands. */
  #group: Group<S, C, A> | null = null
  /**
   * Groups that take no more, in their order; only the first was sent. Were two under way, a takeover could refuse the
   * first and let in the second, whose commands were decided on the first.
   */
  #underWay: Group<S, C, A>[] = []
  /** Counts roll-backs: what comes back for a group of an earlier generation is ignored. */
  #generation = 0
  epoch = 0

  /** @param fold of the stream's beginning, as far as it was read */
  constructor(options: WriterOptions<S, C, E, A>, fold: StreamFold<S, C, E, A>) {
    this.#options = options
    this.#fold = fold
    this.#ahead = { state: this.#fold.state, seq: 0 }
    const part = (): string => options.effects.random.int(0, 0xffffffff).toString(16).padStart(8, '0')
    this.#writerId = part() + part() + part()
  }

  get lastSeq(): number {
    return this.#fold.seq
  }

  state(): S {
    return this.#fold.state
  }

  mayHaveSeen(commandId: string): boolean {
    return this.#fold.seen.has(commandId)
  }

  async open(): Promise<void> {
    await this.#claim(null)
  }

  async close(): Promise<void> {
    this.#isClosed = true
    await Promise.allSettled([...this.#pending.values()].map((pending) => pending.promise))
    await this.#fold.watch?.close()
  }

  execute(command: C): Promise<CommandResult<A>> {
    if (this.#phase === 'fenced') return Promise.reject(this.#fenced())
    if (this.#isClosed) return Promise.reject(fail('LOG_UNAVAILABLE', { reason: 'the writer is closed' }))
    let hash: string
    try {
      hash = requestHash(command)
    } catch (error) {
      return Promise.reject(error)
    }
    const same = this.#pending.get(command.commandId)
    if (same !== undefined) return same.hash === hash ? same.promise : Promise.reject(conflict(command))
    const { promise, ...settle } = Promise.withResolvers<CommandResult<A>>()
    const pending: Pending<C, A> = { command, hash, sent: 0, failure: null, known: null, promise, ...settle }
    this.#pending.set(command.commandId, pending)
    this.#admit(pending)
    return promise
  }

  /** Answers a command from memory or the log where it happened before, else decides it. */
  #admit(pending: Pending<C, A>): void {
    const { commandId } = pending.command
    if (this.#phase === 'recovering' || this.#phase === 'suspended') {
      this.#waiting.push(pending)
      if (this.#phase === 'suspended') void this.#recover()
      return
    }
    if (!this.#fold.seen.add(commandId)) {
      this.#decide(pending)
      return
    }
    const known = this.#fold.answerTo(commandId)
    if (known === undefined) void this.#lookUp(pending)
    else this.#answer(pending, known)
  }

  async #lookUp(pending: Pending<C, A>): Promise<void> {
    const generation = this.#generation
    try {
      const events = await this.#options.log.eventsOfCommand(this.#options.stream, pending.command.commandId)
      const [first] = events
      const known = first === undefined ? null : knownCommand<A>(first)
      const seq = events.at(-1)?.seq ?? 0
      // What another writer wrote can be read before it is durable.
      if (seq > this.#fold.seq) this.#turnAway(pending)
      else if (known !== null) {
        known.result.seq = seq
        this.#answer(pending, known)
      } else if (first !== undefined) this.#reject(pending, conflict(pending.command))
      else if (generation !== this.#generation) this.#admit(pending)
      else this.#decide(pending)
    } catch (error) {
      this.#reject(pending, error)
    }
  }

  #decide(pending: Pending<C, A>): void {
    const { command, hash } = pending
    if (this.#phase === 'fenced') {
      this.#turnAway(pending)
      return
    }
    if (pending.sent >= sendsPerCommand) {
      this.#reject(pending, pending.failure)
      return
    }
    const { definition, groupEvents } = this.#options
    try {
      const decision = definition.decide(this.#ahead.state, command)
      const { events, known } = recordCommand(command, hash, decision, this.#ahead.seq)
      let state = this.#ahead.state
      if ('events' in decision) for (const event of decision.events) state = definition.evolve(state, event)
      // One that failed before goes alone, so that it cannot fail its neighbours again.
      const isAlone = pending.sent > 0
      const room = groupEvents - (this.#group?.events.length ?? 0)
      if (isAlone || events.length > room) this.#seal()
      this.#ahead = { state, seq: known.result.seq }
      pending.known = known
      this.#join(pending, events)
      if (isAlone) this.#seal()
    } catch (error) {
      this.#reject(pending, error)
    }
  }

  #join(pending: Pending<C, A>, events: NewEvent[]): void {
    this.#group ??= this.#newGroup()
    const group = this.#group
    group.commands.push(pending)
    for (const event of events) group.events.push(event)
    group.state = this.#ahead.state
    group.seq = this.#ahead.seq
    const { groupEvents } = this.#options
    const enough = this.#underWay.length === 0 ? Math.min(eagerEvents, groupEvents) : groupEvents
    if (group.events.length >= enough) this.#seal()
  }

  #newGroup(): Group<S, C, A> {
    const { state, seq } = this.#ahead
    const group = { generation: this.#generation, commands: [], events: [], state, seq, isSent: false }
    if (this.#underWay.length === 0) this.#sealSoon(group)
    return group
  }

  #sealSoon(group: Group<S, C, A>): void {
    process.nextTick(() => {
      if (this.#group === group) this.#seal()
    })
  }

  /** The group takes no more; it goes as soon as those before it are durable. */
  #seal(): void {
    if (this.#group === null) return
    this.#underWay.push(this.#group)
    this.#group = null
    this.#send()
  }

  #send(): void {
    const [group] = this.#underWay
    if (group === undefined || group.isSent) return
    group.isSent = true
    for (const pending of group.commands) pending.sent++
    void this.#append(group)
  }

  async #append(group: Group<S, C, A>): Promise<void> {
    const { log, stream } = this.#options
    try {
      await log.append(stream, group.seq - group.events.length, group.events)
    } catch (error) {
      if (group.generation === this.#generation) this.#rollBack(error)
      return
    }
    if (group.generation === this.#generation) this.#acknowledge(group)
  }

  #acknowledge(group: Group<S, C, A>): void {
    this.#underWay.shift()
    this.#fold.moveTo(group.state, group.seq)
    for (const pending of group.commands) this.#answer(pending, pending.known as KnownCommand<A>)
    // Whoever asks for more upon its answer still joins the next group.
    if (this.#underWay.length > 0) this.#send()
    else if (this.#group !== null) this.#sealSoon(this.#group)
  }

  #answer(pending: Pending<C, A>, known: KnownCommand<A>): void {
    if (pending.hash !== known.hash) {
      this.#reject(pending, conflict(pending.command))
      return
    }
    this.#pending.delete(pending.command.commandId)
    this.#fold.keep(pending.command.commandId, known)
    pending.resolve(known.result)
  }

  #reject(pending: Pending<C, A>, error: unknown): void {
    this.#pending.delete(pending.command.commandId)
    pending.reject(error)
  }

  #rollBack(failure: unknown): void {
    this.#generation++
    const [sent, ...others] = this.#underWay
    const isRefused = failure instanceof DetourError && failure.code === 'LOG_FENCED'
    for (const pending of sent?.commands ?? []) {
      pending.failure = failure
      if (!isRefused) this.#doubtful.add(pending.command.commandId)
    }
    for (const { commands } of [sent, ...others, this.#group].filter((group) => group != null)) {
      this.#waiting.push(...commands)
    }
    this.#underWay = []
    this.#group = null
    this.#ahead = { state: this.#fold.state, seq: this.#fold.seq }
    void this.#recover()
  }

  async #recover(): Promise<void> {
    this.#phase = 'recovering'
    try {
      await this.#claim((event) => this.#isOwn(event))
    } catch (error) {
      this.#phase = 'suspended'
      for (const pending of this.#waiting.splice(0)) this.#reject(pending, error)
      return
    }
    for (const pending of this.#waiting.splice(0)) this.#admit(pending)
  }

  async #claim(isOwn: ((event: StoredEvent) => boolean) | null): Promise<void> {
    const { log, stream, effects } = this.#options
    const claim = { log, stream, effects, writerId: this.#writerId, fold: this.#fold }
    const epoch = await takeOver(claim, isOwn)
    this.#ahead = { state: this.#fold.state, seq: this.#fold.seq }
    this.#phase = epoch === null ? 'fenced' : 'running'
    if (epoch === null) return
    this.epoch = epoch
    this.#doubtful.clear()
  }

  /** Another writer has the stream; what it holds of the command can be told by that one alone. */
  #turnAway(pending: Pending<C, A>): void {
    const isDoubtful = this.#doubtful.has(pending.command.commandId)
    // It may have been sent for an earlier call, who has heard of the failure.
    const unknown = () => fail('LOG_UNAVAILABLE', { reason: 'another writer knows whether it was done' })
    this.#reject(pending, isDoubtful ? (pending.failure ?? unknown()) : this.#fenced())
  }

  #isOwn(event: StoredEvent): boolean {
    return this.#doubtful.has(commandIdOf(event.eventId)) || isBarrierOf(this.#writerId, event)
  }

  #fenced(): Error {
    return fail('LOG_FENCED', { stream: this.#options.stream, seq: this.#fold.seq + 1 })
  }
}

function conflict(command: Command): Error {
  return fail('LOG_COMMAND_CONFLICT', { commandId: command.commandId })
}
