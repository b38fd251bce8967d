// Rows of starting on a long log: how long until the core is open, with a snapshot and without, against only reading
// the events.

import { join } from 'node:path'
import type { Effects } from '#data/kernel'
import type { BenchRow } from '../row.ts'
import type { CoreJob, CoreResult } from './core-job.ts'
import { writeHistory } from './history.ts'
import { askChild, startChild } from './load.ts'
import { round2 } from './quantiles.ts'

const group = 'core'
const events = 1_000_000

/** Seconds until a core is open on 1M events (goals: 10 without, 2 with a snapshot). About 60 s, 1 GB of disk. */
export async function benchRestart(folder: string, effects: Effects): Promise<BenchRow[]> {
  const { path } = await writeHistory(folder, 'restart', events, effects)
  const snapshots = join(folder, 'snapshots')
  const read = await once([{ kind: 'read', path }])
  const bare = await once([{ kind: 'open', path, snapshots: null }])
  // The first start with a place for snapshots leaves one behind; the second starts from it.
  await once([{ kind: 'open', path, snapshots }, { kind: 'close' }])
  const quick = await once([{ kind: 'open', path, snapshots }])
  return [row('without a snapshot', bare, read, 10), row('with a snapshot', quick, read, 2)]
}

/** The jobs one after the other in a new process. @returns what came of the first */
async function once(jobs: readonly CoreJob[]): Promise<CoreResult> {
  const child = startChild('core-worker.ts')
  try {
    const results: CoreResult[] = []
    for (const job of jobs) results.push(await askChild<CoreResult>(child, job, group))
    return results[0] ?? { ms: 0, events: 0 }
  } finally {
    child.kill()
  }
}

function row(how: string, { ms, events: seen }: CoreResult, read: CoreResult, goal: number): BenchRow {
  const value = ms / 1_000
  return {
    group,
    name: `start on ${seen} events ${how}`,
    value: round2(value),
    unit: 's',
    baseline: `to read and parse the same events, ${round2(read.ms / 1_000)} s`,
    ratio: round2(ms / read.ms),
    goal,
    pass: value < goal,
  }
}
