// Trainings of a market, one at a time: asked for, under way, ended. It knows no model.

import { type Clock, DetourError, fail, reasonOf } from '#data/kernel'

/** A training under way or waiting. */
export interface Job {
  /** Epoch ms, wall time. */
  startedAt: number
  share: number
  step: string
  /** Resolves when it has ended, well or not. */
  ended: Promise<Outcome>
}

/** How a training ended. */
export interface Outcome {
  error: DetourError | null
  /** One line for people. */
  note: string
}

/** What a job does; told when to stop, and tells how far it is. @returns a note, empty where all is well */
export type Work = (
  signal: AbortSignal,
  onProgress: (progress: { step: string; share: number }) => void,
) => Promise<string>

/** Least change of the share that is told. */
const toldStep = 0.01

/** The trainings of a market. */
export class Jobs {
  readonly #clock: Clock
  readonly #changed: (model: string) => void
  readonly #jobs = new Map<string, Job & { controller: AbortController }>()
  readonly #last = new Map<string, Outcome>()
  #turn: Promise<unknown> = Promise.resolve()
  #isClosed = false

  /** @param changed told of a model whose training began, went on or ended */
  constructor(clock: Clock, changed: (model: string) => void) {
    this.#clock = clock
    this.#changed = changed
  }

  /** The training of a model that waits or is under way. */
  of(model: string): Job | null {
    return this.#jobs.get(model) ?? null
  }

  /** How the last one ended; null where there was none. */
  lastOf(model: string): Outcome | null {
    return this.#last.get(model) ?? null
  }

  /** Whether any is under way or waits. */
  get isBusy(): boolean {
    return this.#jobs.size > 0
  }

  /** Starts a training once those before have ended; where one of the model waits or is under way, that one. */
  start(model: string, work: Work): Job {
    const known = this.#jobs.get(model)
    if (known !== undefined) return known
    if (this.#isClosed) throw fail('MODELS_CANCELED')
    const controller = new AbortController()
    const run = async (): Promise<Outcome> => {
      const job = this.#jobs.get(model) as Job
      const onProgress = ({ step, share }: { step: string; share: number }) => {
        const isNews = step !== job.step || share - job.share >= toldStep
        Object.assign(job, { step, share: Math.max(job.share, Math.min(1, share)) })
        if (isNews) this.#changed(model)
      }
      try {
        if (controller.signal.aborted) throw fail('MODELS_CANCELED')
        return { error: null, note: await work(controller.signal, onProgress) }
      } catch (error) {
        const known =
          error instanceof DetourError ? error : fail('MODELS_FAILED', { reason: reasonOf(error) })
        return { error: known, note: known.message }
      }
    }
    const ended = this.#turn.then(run).then((outcome) => {
      this.#jobs.delete(model)
      this.#last.set(model, outcome)
      this.#changed(model)
      return outcome
    })
    this.#turn = ended
    const job = { startedAt: this.#clock.now(), share: 0, step: 'waiting', ended, controller }
    this.#jobs.set(model, job)
    this.#changed(model)
    return job
  }

  /** Asks the training of a model to stop. @throws MODELS_NOT_TRAINING where none waits or is under way */
  cancel(model: string): Job {
    const job = this.#jobs.get(model)
    if (job === undefined) throw fail('MODELS_NOT_TRAINING', { model })
    job.controller.abort()
    return job
  }

  /** Forgets how the last one ended. */
  forget(model: string): void {
    this.#last.delete(model)
  }

  /** Stops all of them; resolves when they have ended. */
  async close(): Promise<void> {
    this.#isClosed = true
    for (const { controller } of this.#jobs.values()) controller.abort()
    await this.#turn
  }
}
