// The search for root causes beside the thread that asks: rows go over, causes come back. It searches nothing itself.

import type { Effects } from '#data/kernel'
import { TaskThread } from '../runtime/index.ts'
import type { Deviation, Explanation } from './explain.ts'

/** The search; its thread starts with the first question. */
export interface Explainer {
  /** @throws MODELS_WORKER_DIED where it takes longer than a minute, or the thread dies */
  explain(deviation: Deviation): Promise<Explanation>
  close(): Promise<void>
}

const limitMs = 60_000

/** A search for root causes; `close` it in the end. */
export function openExplainer({ clock }: Pick<Effects, 'clock'>): Explainer {
  const thread = new TaskThread({ module: new URL('./tasks.ts', import.meta.url), clock, backends: ['cpu'] })
  return {
    explain: (deviation) => thread.run<Explanation>('explain', deviation, { limitMs }),
    close: () => thread.close(),
  }
}
