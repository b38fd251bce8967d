// Draws what happens to a system, from a seed: who asks for what and when, which calls fail, who dies. It does nothing
// by itself but tell the system.

import { type Random, seededRandom } from '#data/kernel'
import { type CommandType, type CoreCommand, coreStream, type Order } from '#orchestrator/core'
import { deepFrozen } from './deep-frozen.ts'
import type { Asked } from './promises.ts'
import type { Fate } from './script.ts'
import { beginning, type System } from './system.ts'
import { calmWeather, drawFate, never, type Weather, weatherOf } from './weather.ts'
import { nodeNamed } from './wishes/stock-wishes.ts'
import { anySku, nodeIds, skus, type View } from './wishes/view.ts'
import { moodOf, wishFor } from './wishes/wishes.ts'

/** Processes that may live at once, zombies among them. */
const processesAtMost = 4

/** Draws everything that happens in one simulation. */
export class Director {
  readonly #random: Random
  readonly #log: Random
  readonly #weather: Weather
  readonly #mood: Map<CommandType, number>
  readonly #system: () => System
  #isOver = false
  #started = 0
  #fresh = 0
  #wished = 0
  /** How far the market's clock is off. */
  #offset = 0
  readonly #ids: string[] = []

  /** @param system the system to tell; asked for only once it is there */
  constructor(seed: string, system: () => System) {
    const random = seededRandom(seed)
    this.#random = random.fork('what')
    this.#log = random.fork('log')
    this.#weather = weatherOf(random.fork('weather'))
    this.#mood = moodOf(random.fork('mood'))
    this.#system = system
  }

  /** What befalls the next call of a process. */
  fate(kind: 'append' | 'read'): Fate {
    return drawFate(this.#log, this.#isOver ? calmWeather : this.#weather, kind)
  }

  /** Begins: a process, the goods, and then wishes and trouble until enough was wished for. */
  begin(wishes: number): void {
    this.#start()
    this.#setUp(this.#goods(), wishes)
    const { betweenCrashes, betweenTakeovers, betweenFreezes, betweenLosses } = this.#weather
    this.#often(betweenCrashes, () => this.#crash())
    this.#often(betweenTakeovers, () => this.#start())
    this.#often(betweenFreezes, () => this.#freeze())
    this.#often(betweenLosses, () => this.#system().perform({ do: 'lose-primary' }))
    this.#often(20, () => this.#keepAlive())
  }

  #now(): number {
    return Math.floor(this.#system().elapsed) * this.#weather.pace + beginning + this.#offset
  }

  /** Between two whole ms, where nothing else happens, so that a script can be played back in the same order. */
  #after(ms: number, run: () => void): void {
    const { clock } = this.#system()
    const due = Math.floor(clock.now()) + Math.max(1, Math.round(ms)) + 0.5
    clock.after(due - clock.now(), run)
  }

  #often(meanMs: number, run: () => void): void {
    if (meanMs === never) return
    this.#after(this.#random.exponential(meanMs), () => {
      if (this.#isOver) return
      run()
      this.#often(meanMs, run)
    })
  }

  /** Asks for places and goods until they are there; wishes come after. */
  #setUp(commands: readonly CoreCommand[], wishes: number): void {
    this.#after(25, () => {
      const { asked } = this.#system().judge
      const open = commands.filter(({ commandId }) => (asked.get(commandId)?.answer ?? null) === null)
      for (const command of open) this.#send(command, 1)
      if (open.length === 0 || this.#isOver) this.#wish(wishes)
      else this.#setUp(commands, wishes)
    })
  }

  #goods(): CoreCommand[] {
    const at = this.#now()
    const nodes = nodeIds.map((nodeId) => nodeNamed(nodeId))
    const items = nodeIds
      .slice(0, -1)
      .flatMap((nodeId) => skus.map((sku) => ({ sku, nodeId, onHand: this.#random.int(2, 12) })))
    const counts = items.map((item) => ({ ...item, safetyStock: 0, inbound: 0, countedAt: at }))
    return [
      { commandId: 'nodes', type: 'DefineNodes', data: { nodes }, at },
      { commandId: 'stock', type: 'CountStock', data: { items: counts }, at },
    ]
  }

  #view(): View {
    const { truth } = this.#system().judge
    const isStale = this.#random.int(1, 100) <= this.#weather.staleViews
    const seq = isStale ? Math.max(0, truth.seq - this.#random.int(1, 30)) : truth.seq
    return {
      state: truth.stateAt(seq),
      random: this.#random,
      now: this.#now(),
      fresh: () => this.#fresh++,
      archived: () => this.#archived(),
    }
  }

  /** The order that went to the archive last, where it still is there for good. */
  #archived(): { order: Order; times: number } | null {
    const { truth } = this.#system().judge
    const durable = truth.events.slice(0, this.#system().store.durable(coreStream('main')))
    const last = durable.findLast(({ type }) => type === 'OrderArchived')
    if (last === undefined) return null
    const { order } = last.data as { order: Order }
    const all = durable.filter(
      ({ type, data }) =>
        type === 'OrderArchived' && (data as { order: Order }).order.orderId === order.orderId,
    )
    return { order, times: all.length }
  }

  #wish(left: number): void {
    if (this.#isOver) return
    if (left <= 0) {
      this.calm()
      return
    }
    const random = this.#random
    if (random.int(1, 1000) <= this.#weather.jumps) this.#offset += random.int(-3, 5) * 60_000
    const isCrowd = random.int(1, 60) === 1
    const count = isCrowd ? Math.min(left, random.int(5, 30)) : 1
    const sku = anySku(this.#view())
    for (let i = 0; i < count; i++) {
      const command = isCrowd && i % 2 === 0 ? this.#grab(sku) : this.#next()
      if (command !== null) this.#send(command, random.exponential(isCrowd ? 1 : 4))
    }
    this.#after(random.exponential(this.#weather.betweenWishes), () => this.#wish(left - count))
  }

  /** Everybody wants the same unit at once. */
  #grab(sku: string): CoreCommand {
    const nodeId = nodeIds[0]
    const [reservationId, at] = [`r${this.#fresh++}`, this.#now()]
    const rest = { ttlMs: 60_000, channel: null, reference: null }
    const data = { reservationId, lines: [{ sku, nodeId, quantity: 1 }], ...rest }
    return { commandId: this.#newId(), type: 'ReserveStock', data, at }
  }

  /** A new command, one that was sent before, or another one under its id. */
  #next(): CoreCommand | null {
    const random = this.#random
    const drawn = random.int(1, 100)
    const { repeats, otherBodies, hostile } = this.#weather
    if (drawn <= repeats && this.#ids.length > 0) return this.#again()
    const wanted = wishFor(this.#view(), this.#mood, hostile)
    if (wanted === null) return null
    const isOther = drawn > 100 - otherBodies && this.#ids.length > 0
    const commandId = isOther ? random.pick(this.#ids) : this.#newId()
    return { commandId, at: this.#now(), ...wanted } as CoreCommand
  }

  #newId(): string {
    const commandId = `c${this.#wished++}`
    this.#ids.push(commandId)
    return commandId
  }

  /** One of the last few most often, at a new time: how a client tries again. */
  #again(): CoreCommand | null {
    const random = this.#random
    const isRecent = random.int(1, 100) <= 70
    const low = isRecent ? Math.max(0, this.#ids.length - 30) : 0
    const asked = this.#system().judge.asked.get(this.#ids[random.int(low, this.#ids.length - 1)] ?? '')
    const [body] = asked?.bodies.values() ?? []
    return body === undefined ? null : { ...body, at: this.#now() }
  }

  #send(command: CoreCommand, delay: number): void {
    const frozen = deepFrozen(command)
    this.#after(delay, () => {
      const to = this.#target()
      if (to !== null) this.#system().perform({ do: 'submit', to, command: frozen })
    })
  }

  #target(): number | null {
    const { processes, newest } = this.#system()
    const isStray = this.#random.int(1, 100) <= this.#weather.strayTargets
    const open = [...processes.values()].filter((process) => process.isOpen)
    const chosen = isStray && open.length > 0 ? this.#random.pick(open) : newest
    return chosen?.no ?? null
  }

  #start(): void {
    this.#keepFew()
    this.#system().perform({ do: 'start', process: ++this.#started })
  }

  #keepFew(): void {
    const { processes } = this.#system()
    const [oldest] = processes.keys()
    if (processes.size >= processesAtMost && oldest !== undefined) {
      this.#system().perform({ do: 'crash', process: oldest })
    }
  }

  /** Somebody dies, mostly the one that serves. */
  #crash(): void {
    const { processes, newest } = this.#system()
    const all = [...processes.keys()]
    const victim = this.#random.int(1, 3) === 1 ? this.#random.pick(all) : newest?.no
    if (victim !== undefined) this.#system().perform({ do: 'crash', process: victim })
  }

  /** Stands still for a while; the others may think it dead. */
  #freeze(): void {
    const { processes } = this.#system()
    const [chosen] = [...processes.values()].slice(-this.#random.int(1, 2))
    if (chosen === undefined || chosen.isFrozen) return
    this.#system().perform({ do: 'freeze', process: chosen.no })
    this.#after(this.#random.int(5, 200), () => {
      if (this.#system().processes.get(chosen.no) === chosen && chosen.isFrozen) {
        this.#system().perform({ do: 'thaw', process: chosen.no })
      }
    })
  }

  /** Whoever looks after the processes starts one where none can serve. */
  #keepAlive(): void {
    const all = [...this.#system().processes.values()]
    if (!all.some((process) => process.failure === null)) this.#start()
  }

  /** The failures end: one process takes over, what has no answer is asked again, then everything once more. */
  calm(): void {
    if (this.#isOver) return
    this.#isOver = true
    const system = this.#system()
    this.#after(1_000, () => {
      for (const process of system.processes.values()) {
        if (process.isFrozen) system.perform({ do: 'thaw', process: process.no })
      }
      this.#start()
    })
    // Where nothing was answered, any of the requests under an id may have been carried out.
    for (let body = 0; body < 4; body++) {
      this.#after(3_000 + body * 500, () => {
        this.#askAgain(({ answer, bodies }) => (answer === null ? [...bodies.values()][body] : undefined))
      })
    }
    this.#after(6_000, () => {
      this.#askAgain(({ answer, bodies }) => (answer === null ? undefined : bodies.get(answer.hash)))
    })
  }

  #askAgain(bodyOf: (asked: Asked) => CoreCommand | undefined): void {
    const system = this.#system()
    const to = system.newest?.no
    if (to === undefined) return
    for (const asked of [...system.judge.asked.values()]) {
      const body = bodyOf(asked)
      if (body !== undefined) {
        system.perform({ do: 'submit', to, command: { ...body, at: this.#now() } as CoreCommand })
      }
    }
  }
}
