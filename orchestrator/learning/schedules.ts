// When models learn and score by themselves: one clockwork for each schedule of an own model. It trains nothing.

import { type ScheduledTask, schedule, validate } from 'node-cron'
import type { api } from '#data/contracts'
import { type Logger, reasonOf } from '#data/kernel'

/** Whether it is a schedule: cron of five fields. */
export function isSchedule(text: string): boolean {
  return text.trim().split(/\s+/).length === 5 && validate(text)
}

/** What is done at the times of a definition. */
export interface Due {
  learn(model: string): void
  score(model: string): void
}

/** The clockworks of a market; times are UTC of the wall. */
export class Schedules {
  readonly #logger: Logger
  readonly #due: Due
  readonly #tasks = new Map<string, ScheduledTask[]>()

  constructor(logger: Logger, due: Due) {
    this.#logger = logger
    this.#due = due
  }

  /** Follows a definition in the place of what was followed of the model before. */
  follow({ model, schedule: learns, scoreSchedule: scores }: api.OwnModelDraft): void {
    this.drop(model)
    const tasks: ScheduledTask[] = []
    if (learns !== null) tasks.push(this.#task(learns, () => this.#due.learn(model)))
    if (scores !== null) tasks.push(this.#task(scores, () => this.#due.score(model)))
    this.#tasks.set(model, tasks)
  }

  /** When the first of a model's schedules is due next, epoch ms; null where none is. */
  nextOf(model: string): number | null {
    return this.#tasks.get(model)?.[0]?.getNextRun()?.getTime() ?? null
  }

  /** Follows the schedules of a model no longer. */
  drop(model: string): void {
    for (const task of this.#tasks.get(model) ?? []) void task.destroy()
    this.#tasks.delete(model)
  }

  close(): void {
    for (const model of [...this.#tasks.keys()]) this.drop(model)
  }

  #task(expression: string, run: () => void): ScheduledTask {
    const words = { info: 'debug', warn: 'warn', error: 'warn', debug: 'trace' } as const
    const say = (level: keyof typeof words) => (message: string | Error) =>
      this.#logger[words[level]](reasonOf(message))
    const logger = { info: say('info'), warn: say('warn'), error: say('error'), debug: say('debug') }
    return schedule(expression, run, { timezone: 'UTC', noOverlap: true, logger })
  }
}
