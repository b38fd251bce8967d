// How fast each backend learns and is asked on this machine, measured once and kept beside the models, and the order
// in which they are tried because of it. It trains no model.

import { readFile, rename, writeFile } from 'node:fs/promises'
import { cpus } from 'node:os'
import { join } from 'node:path'
import type { Clock } from '#data/kernel'
import { type Backend, backends } from './backend.ts'
import { runInProcess } from './process.ts'

/** Times of a backend; less is better. */
export interface BackendTiming {
  backend: Backend
  /** One step of learning of a net 30-64-32-30 on 256 rows, ms. */
  learnMs: number
  /** Asking it for 2,048 rows, ms. */
  askMs: number
}

/** The order in which backends are tried, the fastest first. */
export interface BackendOrder {
  learn: Backend[]
  ask: Backend[]
}

interface Kept {
  /** The machine and program that were measured. */
  machine: string
  timings: BackendTiming[]
}

const limitMs = 120_000
const machine = () => `${process.version} ${process.arch} ${cpus()[0]?.model ?? ''} x ${cpus().length}`

/** Measures the backends that are there, in a process of its own. @throws MODELS_WORKER_DIED, MODELS_FAILED */
export function measureBackends(clock: Clock): Promise<BackendTiming[]> {
  const module = new URL('./measure-tasks.ts', import.meta.url)
  return runInProcess('measure', null, { module, clock, backends: ['cpu'], limitMs })
}

/** The order for this machine; measured where the folder does not know it, as it was written where that fails. */
export async function backendOrder(folder: string, clock: Clock): Promise<BackendOrder> {
  const path = join(folder, 'backends.json')
  const known = await readFile(path, 'utf8').then(keptIn, () => null)
  if (known?.machine === machine()) return orderOf(known.timings)
  try {
    const timings = await measureBackends(clock)
    await writeFile(`${path}.new`, JSON.stringify({ machine: machine(), timings } satisfies Kept))
    await rename(`${path}.new`, path)
    return orderOf(timings)
  } catch {
    return { learn: [...backends], ask: [...backends] }
  }
}

function keptIn(text: string): Kept | null {
  try {
    const kept = JSON.parse(text) as Partial<Kept> | null
    return typeof kept?.machine === 'string' && Array.isArray(kept.timings) ? (kept as Kept) : null
  } catch {
    return null
  }
}

/** The fastest first; what was not there comes last, as it was written. */
export function orderOf(timings: readonly BackendTiming[]): BackendOrder {
  const by = (time: (timing: BackendTiming) => number) => {
    const found = timings.toSorted((a, b) => time(a) - time(b)).map(({ backend }) => backend)
    return [...found, ...backends.filter((backend) => !found.includes(backend))]
  }
  return { learn: by(({ learnMs }) => learnMs), ask: by(({ askMs }) => askMs) }
}
