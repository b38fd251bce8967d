// One step of what goes on at the retailer: suppliers, customers, the flow of orders, nodes, carriers, one after the
// other. It looks at no clock; whatever it needs to know stands in the state of the core.

import type { Logger } from '#data/kernel'
import type { Continuation } from '#data/world'
import type { Core } from '#orchestrator/core'
import { Floor } from './floor.ts'
import { workTasks } from './node-tasks.ts'
import { Intake, slotMs } from './order-tasks.ts'
import { stockTasks } from './stock-tasks.ts'
import { Sender, type Sent } from './task.ts'

/** What the steps act on. */
export interface StepParts {
  market: string
  core: Core
  /** Provider the history was loaded as. */
  provider: string
  logger: Logger
  /** Whether work goes by the carrier and service that it was planned for; default: as it always went. */
  sendsAsPlanned?: boolean
  /** Takes an order as far as its flow goes. */
  advance(orderId: string): Promise<void>
  /** Called when orders stand at their nodes and before the nodes go on working. @param at epoch ms */
  beforeWork?(floor: Floor, at: number): Promise<void>
}

/** Orders that the flow takes further side by side. */
const sideBySide = 50

/** The steps of a market. */
export class Steps {
  readonly #world: Continuation
  readonly #parts: StepParts
  readonly #floor: Floor
  readonly #intake: Intake
  readonly #sender: Sender

  /** @param from epoch ms until which everything has happened */
  constructor(world: Continuation, from: number, parts: StepParts) {
    const { core, market, provider, logger } = parts
    this.#world = world
    this.#parts = parts
    this.#floor = new Floor(core, world)
    this.#intake = new Intake(world, market, provider, from - slotMs)
    this.#sender = new Sender(core, logger)
  }

  /** Commands sent so far. */
  get sent(): Readonly<Sent> {
    return this.#sender.sent
  }

  /**
   * Everything that is due after `from` and by `next`, epoch ms.
   * @returns false where it was stopped meanwhile
   */
  async step(from: number, next: number, isRunning: () => boolean = () => true): Promise<boolean> {
    const { core, advance, beforeWork, sendsAsPlanned } = this.#parts
    const stock = stockTasks(this.#world, this.#floor.pieces, core.state(), from, next)
    await this.#sender.send([...stock, ...this.#intake.tasks(core.state(), next)])
    if (!isRunning()) return false
    const waiting = this.#intake.advances(core.state(), next)
    for (let at = 0; at < waiting.length; at += sideBySide) {
      await Promise.all(waiting.slice(at, at + sideBySide).map((orderId) => advance(orderId)))
      if (!isRunning()) return false
    }
    this.#floor.refresh()
    await beforeWork?.(this.#floor, next)
    await this.#sender.send(workTasks(this.#world, this.#floor, core.state(), next, sendsAsPlanned))
    return true
  }

  close(): void {
    this.#floor.close()
  }
}
