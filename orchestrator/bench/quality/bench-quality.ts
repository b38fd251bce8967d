// How well the detectors detect, on labelled data that others made and on cases made here. Labels are only held
// against results; nothing is learned or chosen by them.

import type { Effects } from '#data/kernel'
import { mostMemory } from '../most-memory.ts'
import type { BenchOptions, BenchRow } from '../row.ts'

/** Measures one kind of detector; without data it measures what it can make itself. */
export type QualityPart = (effects: Effects, options: BenchOptions) => Promise<BenchRow[]>

/** Each part, loaded when it is its turn. */
const parts: (() => Promise<QualityPart>)[] = [
  async () => (await import('./tables.ts')).tableQuality,
  async () => (await import('./series.ts')).seriesQuality,
  async () => (await import('./causes/cause-quality.ts')).causeQuality,
  async () => (await import('./late/late-quality.ts')).lateQuality,
  async () => (await import('./world/world-quality.ts')).worldQuality,
]

/** Rows of the group `quality`. */
export async function benchQuality(effects: Effects, options: BenchOptions): Promise<BenchRow[]> {
  const rows: BenchRow[] = []
  for (const load of parts) {
    const measure = await load()
    rows.push(...(await measure(effects, options)))
  }
  return [...rows, mostMemory('quality')]
}
