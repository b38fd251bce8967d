// A progress bar on standard error, only where a person watches a terminal. It never writes to standard output.

import type { Progress } from '#orchestrator/verbs'

/** Shows progress until it is stopped. */
export interface ProgressBar {
  show(progress: Progress): void
  stop(): void
}

/**
 * A bar for the steps of a verb.
 * @param isWatched whether standard error is a terminal; without one nothing is shown
 */
export async function createProgressBar(isWatched: boolean): Promise<ProgressBar> {
  if (!isWatched) return { show: () => undefined, stop: () => undefined }
  const { Presets, SingleBar } = await import('cli-progress')
  const startBar = () => {
    const options = { stream: process.stderr, format: '{bar} {percentage} %  {step}', clearOnComplete: true }
    const started = new SingleBar(
      { ...options, hideCursor: true, stopOnComplete: false },
      Presets.shades_classic,
    )
    started.start(1, 0, { step: '' })
    return started
  }
  let bar: ReturnType<typeof startBar> | null = null
  return {
    show: ({ step, done, total }) => {
      bar ??= startBar()
      bar.setTotal(Math.max(total, done, 1))
      bar.update(done, { step })
    },
    stop: () => {
      bar?.stop()
      bar = null
    },
  }
}
