// Watches the simulated system from outside: every answer it gave, and every event that can be read. It never acts on
// the system, and throws nothing: what is wrong is noted.

import { isDeepStrictEqual } from 'node:util'
import { DetourError } from '#data/kernel'
import { type CommandResult, requestHash } from '#data/log'
import type { CoreAnswer, CoreCommand } from '#orchestrator/core'
import type { CoreActorOptions, SimulatedProcess } from './process.ts'
import type { Asked, Breach } from './promises.ts'
import { differencesOf } from './state-difference.ts'
import type { SimulatedStore } from './store.ts'
import { Truth } from './truth.ts'

const knownErrors: ReadonlySet<string> = new Set(['LOG_UNAVAILABLE', 'LOG_FENCED', 'LOG_COMMAND_CONFLICT'])
/** Breaches noted before the rest is not looked at. */
const breachesKept = 5

/** The judge of one simulation. */
export class Judge {
  readonly breaches: Breach[] = []
  readonly asked = new Map<string, Asked>()
  readonly counts = { submitted: 0, acknowledged: 0, refused: 0, doubtful: 0, conflicts: 0, events: 0 }
  readonly truth: Truth
  readonly #store: SimulatedStore
  readonly #stream: string
  readonly #now: () => number
  readonly #compared = new Map<number, number>()

  constructor(
    store: SimulatedStore,
    actor: Pick<CoreActorOptions, 'stream' | 'definition'>,
    now: () => number,
  ) {
    this.#store = store
    this.#stream = actor.stream
    this.#now = now
    this.truth = new Truth(store, actor, this.asked, (promise, subject, found) =>
      this.note(promise, subject, found),
    )
  }

  /** Notes what is wrong. */
  note(promise: string, subject: string, found: string): void {
    if (this.breaches.length < breachesKept) {
      this.breaches.push({ promise, subject, found, tick: this.#now() })
    }
  }

  /** A command is on its way to a process. @returns what was asked under its id, and the hash of this request */
  submitted(command: CoreCommand): { asked: Asked; hash: string } {
    this.counts.submitted++
    const { commandId } = command
    let asked = this.asked.get(commandId)
    if (asked === undefined) {
      asked = { commandId, bodies: new Map(), times: new Map(), answer: null }
      this.asked.set(commandId, asked)
    }
    const hash = requestHash(command)
    if (!asked.bodies.has(hash)) asked.bodies.set(hash, command)
    const times = asked.times.get(hash) ?? new Set()
    asked.times.set(hash, times.add(command.at))
    return { asked, hash }
  }

  /** A process acknowledged the command. */
  answered(
    { asked, hash }: { asked: Asked; hash: string },
    command: CoreCommand,
    result: CommandResult<CoreAnswer>,
  ): void {
    this.counts.acknowledged++
    if (result.status === 'refused') this.counts.refused++
    const { answer, commandId } = asked
    // Kept as a value: a writer may go on with its object.
    if (answer === null) asked.answer = { hash, result: structuredClone(result) }
    else if (answer.hash !== hash) {
      this.note('same_request', commandId, `${command.type} was answered like the first request`)
    } else if (!isDeepStrictEqual(answer.result, result)) {
      const [first, second] = [JSON.stringify(answer.result), JSON.stringify(result)]
      this.note('same_answer', commandId, `${command.type} got ${first}, then ${second}`)
    }
    this.#isKept(asked)
  }

  /** A process gave no answer to the command. */
  failed(asked: Asked, command: CoreCommand, error: unknown): void {
    const code = error instanceof DetourError ? error.code : null
    if (code === 'LOG_COMMAND_CONFLICT') {
      this.counts.conflicts++
      if (asked.bodies.size === 1) {
        this.note('same_answer', asked.commandId, `${command.type} conflicts with itself`)
      }
      return
    }
    this.counts.doubtful++
    if (code !== null && knownErrors.has(code)) return
    const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
    this.note('no_wild_error', asked.commandId, `${command.type} ${JSON.stringify(command.data)}: ${text}`)
  }

  /** Looks at everything that changed since the last look. */
  look(processes: Iterable<SimulatedProcess>): void {
    this.truth.catchUp()
    this.counts.events = this.truth.seq
    for (const process of processes) this.#compare(process)
  }

  /** The primary was lost: what can no longer be read must not have been acknowledged. */
  lostPrimary(): void {
    this.truth.catchUp()
    const tail = this.#store.tail(this.#stream)
    this.truth.cutTo(tail)
    for (const [no, seq] of this.#compared) if (seq > tail) this.#compared.set(no, tail)
    for (const asked of this.asked.values()) if (asked.answer !== null) this.#isKept(asked)
  }

  /** Looks at everything again, from the start, once all is quiet. @param last the process that serves then */
  finish(last: SimulatedProcess | undefined): void {
    this.look([])
    for (const asked of this.asked.values()) {
      if (asked.answer !== null) this.#isKept(asked)
      else if (this.breaches.length === 0) this.note('everything_ends', asked.commandId, 'was never answered')
    }
    this.truth.checkWhole()
    const actor = last?.actor
    if (actor === undefined || actor === null) {
      this.note('everything_ends', 'system', 'nobody serves')
      return
    }
    const fold = this.truth.foldAnew()
    for (const [name, state] of [
      ['the state of the last writer', actor.state()],
      ['the state that was watched', this.truth.state],
      ['the state from a snapshot', this.truth.foldFromSnapshot()],
    ] as const) {
      const found = state === null ? [] : differencesOf(fold, state)
      if (found.length > 0) this.note('state_is_fold', name, found.slice(0, 3).join('; '))
    }
  }

  /** What was acknowledged is there, and stays. */
  #isKept({ commandId, answer }: Asked): void {
    if (answer === null) return
    this.truth.catchUp()
    const place = this.truth.commands.get(commandId)
    const { seq, status } = answer.result
    if (place === undefined) {
      this.note('acknowledged_is_durable', commandId, `${status} at ${seq}, but not in the log`)
    } else if (place.to !== seq) {
      this.note('same_answer', commandId, `answered with seq ${seq}, its last event is ${place.to}`)
    } else if (place.to > this.#store.durable(this.#stream)) {
      this.note('acknowledged_is_durable', commandId, `${status} at ${seq}, which a failover can take away`)
    } else if (place.hash !== answer.hash) {
      this.note('same_request', commandId, 'the log holds another request than the one answered')
    }
  }

  #compare(process: SimulatedProcess): void {
    const { actor, no } = process
    if (actor === null) return
    const before = this.#compared.get(no) ?? 0
    if (actor.lastSeq === before) return
    // A writer that stood still while events were lost knows more than there is.
    if (actor.lastSeq > this.truth.seq) return
    this.#compared.set(no, actor.lastSeq)
    const found = this.truth.differences(actor.state(), before, actor.lastSeq)
    if (found.length > 0) {
      const subject = `writer of process ${no} at ${actor.lastSeq}`
      this.note('state_is_fold', subject, found.slice(0, 3).join('; '))
    }
  }
}
