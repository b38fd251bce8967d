// What a process that solves one batch is asked and answers, and the process itself. It measures nothing.

import { fork } from 'node:child_process'
import { join } from 'node:path'
import { fail } from '#data/kernel'

/** A batch to solve. */
export type BatchJob =
  | {
      kind: 'made'
      orders: number
      nodes: number
      /** Share of SKUs of which there is less than wanted. */
      scarce: number
      seed: number
      gap: number
      timeLimitMs: number
    }
  | { kind: 'brunel'; capacityFactor: number; timeLimitMs: number }

/** How it went. */
export interface BatchResult {
  cost: number
  bound: number
  gap: number
  seconds: number
  method: string
  stopped: string | null
  /** Orders that go whole. */
  served: number
  /** Cost of each order in turn from the nearest place. */
  nearest: number
  peakMb: number
}

/**
 * Solves a batch in a process of its own.
 * @returns null where its data is not there
 * @throws BENCH_FAILED
 */
export function runBatch(job: BatchJob): Promise<BatchResult | null> {
  const child = fork(join(import.meta.dirname, 'batch-worker.ts'), [], {
    execArgv: ['--disable-warning=ExperimentalWarning'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  return new Promise((done, broken) => {
    const failed = (reason: string) => broken(fail('BENCH_FAILED', { group: 'sourcing', reason }))
    child.once('message', ({ result, reason }: { result?: BatchResult | null; reason?: string }) => {
      child.disconnect()
      if (result === undefined) failed(reason ?? 'no answer')
      else done(result)
    })
    child.once('error', broken)
    child.once('exit', (code) => failed(`it ended with ${code}`))
    child.send(job)
  })
}
