// One simulated process: the real writer on a simulated connection, with a clock of its own that stops when the process
// stands still. It can die between any two steps; what it had sent may still arrive.

import type { Clock, Random } from '#data/kernel'
import type { Actor, ActorOptions } from '#data/log'
import type { CoreAnswer, CoreCommand, CoreEvent, CoreState } from '#orchestrator/core'
import { SimulatedConnection } from './connection.ts'
import type { Fate } from './script.ts'
import type { SimulatedStore } from './store.ts'

/** The writer of a market. */
export type CoreActor = Actor<CoreState, CoreCommand, CoreAnswer>

/** What a writer of a market is made of. */
export type CoreActorOptions = ActorOptions<CoreState, CoreCommand, CoreEvent, CoreAnswer>

/** What a process is made of. */
export interface ProcessOptions {
  no: number
  store: SimulatedStore
  clock: Clock
  random: Random
  fate(kind: 'append' | 'read'): Fate
  actor: Pick<CoreActorOptions, 'stream' | 'definition' | 'answersKept' | 'groupEvents'>
  open(options: CoreActorOptions): Promise<CoreActor>
}

/** A process of the simulated system. */
export class SimulatedProcess {
  readonly no: number
  /** Its writer, once it is open. */
  actor: CoreActor | null = null
  /** Why it could not open. */
  failure: unknown = null
  isDead = false
  /** What waits for it while it stands still. */
  #held: (() => void)[] | null = null

  constructor(options: ProcessOptions) {
    this.no = options.no
    const { store, random, clock: outside, fate, actor, open } = options
    const deliver = (run: () => void) => this.#deliver(run)
    const isDead = () => this.isDead
    const log = new SimulatedConnection({ store, clock: outside, fate, deliver, isDead })
    const after = (ms: number, run: () => void) => outside.after(ms, () => deliver(run))
    const sleep = (ms: number) => new Promise<void>((done) => void after(ms, done))
    const clock: Clock = { now: () => outside.now(), after, sleep }
    open({ ...actor, log, effects: { clock, random } }).then(
      (opened) => {
        this.actor = opened
      },
      (error: unknown) => {
        this.failure = error
      },
    )
  }

  get isFrozen(): boolean {
    return this.#held !== null
  }

  /** Whether commands can be given to it. */
  get isOpen(): boolean {
    return this.actor !== null && !this.isDead
  }

  /** Stands still until it is thawed. */
  freeze(): void {
    this.#held ??= []
  }

  /** Goes on, not knowing that it stood still. */
  thaw(): void {
    const held = this.#held ?? []
    this.#held = null
    for (const run of held) this.#deliver(run)
  }

  /** Ends; nothing reaches it any more. */
  crash(): void {
    this.isDead = true
    this.#held = null
  }

  /** Runs something in the process, when it runs at all. */
  #deliver(run: () => void): void {
    if (this.isDead) return
    if (this.#held === null) run()
    else this.#held.push(run)
  }

  /** Hands a command to the writer, when the process runs at all. */
  give(run: (actor: CoreActor) => void): void {
    this.#deliver(() => {
      if (this.actor !== null) run(this.actor)
    })
  }
}
