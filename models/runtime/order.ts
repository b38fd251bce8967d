// In which order backends are tried on this machine, by the times that were measured there and are kept beside the
// models. It measures nothing.

import { readFile, rename, writeFile } from 'node:fs/promises'
import { cpus } from 'node:os'
import { join } from 'node:path'
import { type Backend, backends } from './backend.ts'

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

const machine = () => `${process.version} ${process.arch} ${cpus()[0]?.model ?? ''} x ${cpus().length}`
const pathIn = (folder: string) => join(folder, 'backends.json')

/** The order for this machine; null where the folder does not know it. */
export async function knownOrder(folder: string): Promise<BackendOrder | null> {
  const known = await readFile(pathIn(folder), 'utf8').then(keptIn, () => null)
  return known?.machine === machine() ? orderOf(known.timings) : null
}

/** Keeps what was measured on this machine. @throws Error where the disk refuses */
export async function keepTimings(folder: string, timings: BackendTiming[]): Promise<void> {
  const path = pathIn(folder)
  await writeFile(`${path}.new`, JSON.stringify({ machine: machine(), timings } satisfies Kept))
  await rename(`${path}.new`, path)
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
