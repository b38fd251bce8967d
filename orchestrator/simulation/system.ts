// The simulated system: a store, processes that come and go, and the judge who watches. It does what it is told and
// draws nothing.

import { type Clock, SimulatedClock, seededRandom } from '#data/kernel'
import { openActor } from '#data/log'
import { coreDefinition, coreStream } from '#orchestrator/core'
import { Judge } from './judge.ts'
import { type CoreActor, type CoreActorOptions, SimulatedProcess } from './process.ts'
import { type Act, type Fate, noFault, type Script } from './script.ts'
import { SimulatedStore } from './store.ts'

/** Parts that a test may replace by broken ones. */
export interface Parts {
  definition: CoreActorOptions['definition']
  open(options: CoreActorOptions): Promise<CoreActor>
  isFenced: boolean
}

/** The parts of the product. */
export const realParts: Parts = { definition: coreDefinition('main'), open: openActor, isFenced: true }

/** Epoch ms at which every simulation begins. */
export const beginning = Date.UTC(2026, 0, 5, 6)

/** A system that is done to. */
export class System {
  readonly clock = new SimulatedClock(beginning)
  readonly store: SimulatedStore
  readonly judge: Judge
  readonly processes = new Map<number, SimulatedProcess>()
  /** All that was done to it, and what befell its calls. */
  readonly script: Script
  readonly #parts: Parts
  /** The clock as processes and the log see it: they act at whole ms, and what is done to them between two of these. */
  readonly #wholeMs: Clock = {
    now: () => Math.ceil(this.clock.now()),
    after: (ms, run) => this.clock.after(Math.ceil(this.clock.now() + ms) - this.clock.now(), run),
    sleep: (ms) => new Promise((done) => void this.#wholeMs.after(ms, done)),
  }
  readonly #stream = coreStream('main')
  readonly #fateOf: (process: number, kind: 'append' | 'read') => Fate

  constructor(seed: string, parts: Parts, fateOf: (process: number, kind: 'append' | 'read') => Fate) {
    this.#parts = parts
    this.#fateOf = fateOf
    this.script = { seed, steps: [], fates: {} }
    this.store = new SimulatedStore({ isFenced: parts.isFenced })
    const actor = { stream: this.#stream, definition: parts.definition }
    this.judge = new Judge(this.store, actor, () => this.elapsed)
  }

  /** ms since the beginning. */
  get elapsed(): number {
    return this.clock.now() - beginning
  }

  /** The newest process that is open. */
  get newest(): SimulatedProcess | undefined {
    return [...this.processes.values()].findLast((process) => process.isOpen)
  }

  /** Does it, and notes that it did. */
  perform(act: Act): void {
    this.script.steps.push({ ...act, at: this.elapsed })
    switch (act.do) {
      case 'submit':
        this.#submit(act)
        return
      case 'start':
        this.#start(act.process)
        return
      case 'crash':
        this.#crash(act.process)
        return
      case 'freeze':
        this.processes.get(act.process)?.freeze()
        return
      case 'thaw':
        this.processes.get(act.process)?.thaw()
        return
      case 'lose-primary':
        this.store.losePrimary()
        this.judge.lostPrimary()
        return
    }
  }

  #submit({ to, command }: Extract<Act, { do: 'submit' }>): void {
    const { judge } = this
    const sent = judge.submitted(command)
    this.processes.get(to)?.give((actor) => {
      actor.execute(command).then(
        (result) => judge.answered(sent, command, result),
        (error: unknown) => judge.failed(sent.asked, command, error),
      )
    })
  }

  #crash(no: number): void {
    this.processes.get(no)?.crash()
    this.processes.delete(no)
  }

  #start(no: number): void {
    const fates: Fate[] = []
    this.script.fates[no] = fates
    const fate = (kind: 'append' | 'read'): Fate => {
      const drawn = this.#fateOf(no, kind)
      fates.push(drawn)
      return drawn
    }
    const { definition, open } = this.#parts
    const random = seededRandom(`${this.script.seed}/process/${no}`)
    const { store } = this
    const clock = this.#wholeMs
    // Few answers are kept in memory, so that old ones are looked up in the log.
    const actor = { stream: this.#stream, definition, answersKept: 20, groupEvents: 40 }
    this.processes.set(no, new SimulatedProcess({ no, store, clock, random, fate, actor, open }))
  }

  /**
   * Moves on to the next instant at which something is due, lets all that follows from it happen, and looks.
   * @returns whether anything was due
   */
  async tick(): Promise<boolean> {
    await quiet()
    const { dueAt } = this.clock
    if (dueAt === null) return false
    await this.clock.advance(Math.max(0, dueAt - this.clock.now()))
    await quiet()
    this.judge.look(this.processes.values())
    return true
  }
}

/** Every promise that can go on without time passing has gone on. */
function quiet(): Promise<void> {
  return new Promise((done) => setImmediate(done))
}

/** What befalls calls in a script, in their order. */
export function fatesOf(script: Script): (process: number) => Fate {
  const next = new Map<number, number>()
  return (process) => {
    const i = next.get(process) ?? 0
    next.set(process, i + 1)
    return script.fates[process]?.[i] ?? noFault
  }
}
