// `detour bench models`: how fast models learn and score. Each part measures one of them.

import type { Effects } from '#data/kernel'
import { mostMemory } from '../most-memory.ts'
import type { BenchOptions, BenchRow } from '../row.ts'

type ModelPart = (effects: Effects, options: BenchOptions) => Promise<BenchRow[]>

/** Each part, loaded when it is its turn. */
const parts: (() => Promise<ModelPart>)[] = [
  async () => (await import('./backends.ts')).benchBackends,
  async () => (await import('./training.ts')).benchTraining,
  async () => (await import('./causes.ts')).benchCauses,
  async () => (await import('./detect.ts')).benchDetect,
  async () => (await import('./series.ts')).benchSeries,
  async () => (await import('./tables.ts')).benchTables,
]

/** Rows of the group `models`. */
export async function benchModels(effects: Effects, options: BenchOptions): Promise<BenchRow[]> {
  const rows: BenchRow[] = []
  for (const load of parts) {
    const measure = await load()
    rows.push(...(await measure(effects, options)))
  }
  return [...rows, mostMemory('models')]
}
