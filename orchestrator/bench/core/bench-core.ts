// The group `core`: how fast, how small and how even the heart of the system is.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Effects } from '#data/kernel'
import type { BenchRow } from '../row.ts'
import { benchOverHttp } from './over-http.ts'

/** Rows of the group `core`. */
export async function benchCore(effects: Effects): Promise<BenchRow[]> {
  const folder = await mkdtemp(join(tmpdir(), 'detour-bench-'))
  try {
    return await benchOverHttp(join(folder, 'home'), effects)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
