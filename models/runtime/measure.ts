// How fast each backend learns and is asked on this machine, and how far its answers are from those of plain
// JavaScript: measured once, in a process of its own, and kept beside the models. It trains no model.

import type { Clock } from '#data/kernel'
import { backends } from './backend.ts'
import { type BackendOrder, type BackendTiming, keepTimings, knownOrder, orderOf } from './order.ts'
import { runInProcess } from './process.ts'

/** A backend as it was measured. */
export interface MeasuredBackend extends BackendTiming {
  /** Largest difference of a taught net's answers from those of plain JavaScript, which are about 1 in size. */
  difference: number
}

const limitMs = 120_000

/** Measures the backends that are there, in a process of its own. @throws MODELS_WORKER_DIED, MODELS_FAILED */
export function measureBackends(clock: Clock): Promise<MeasuredBackend[]> {
  const module = new URL('./measure-tasks.ts', import.meta.url)
  return runInProcess('measure', null, { module, clock, backends: ['cpu'], limitMs })
}

/** The order for this machine; measured where the folder does not know it, as it was written where that fails. */
export async function backendOrder(folder: string, clock: Clock): Promise<BackendOrder> {
  const known = await knownOrder(folder)
  if (known !== null) return known
  try {
    const timings = await measureBackends(clock)
    await keepTimings(folder, timings)
    return orderOf(timings)
  } catch {
    return { learn: [...backends], ask: [...backends] }
  }
}
