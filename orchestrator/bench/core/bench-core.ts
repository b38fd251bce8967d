// The group `core`: how fast, how small and how even the heart of the system is.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Effects } from '#data/kernel'
import type { BenchRow } from '../row.ts'
import { benchMemory } from './memory.ts'
import { benchOverHttp } from './over-http.ts'
import { benchRestart } from './restart.ts'
import { benchSlope } from './slope.ts'

const parts: readonly ((folder: string, effects: Effects) => Promise<BenchRow[]>)[] = [
  benchOverHttp,
  benchMemory,
  benchRestart,
  benchSlope,
]

/** Rows of the group `core`; about 6 min, 5 GB of disk in the system's temporary folder. */
export async function benchCore(effects: Effects): Promise<BenchRow[]> {
  const rows: BenchRow[] = []
  for (const part of parts) {
    const folder = await mkdtemp(join(tmpdir(), 'detour-bench-'))
    try {
      rows.push(...(await part(folder, effects)))
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  }
  return rows
}
