// `detour bench`: runs groups of measurements, each in a process of its own. A missed goal is a result, not an error.

import { fork } from 'node:child_process'
import { join } from 'node:path'
import { fail } from '#data/kernel'
import { benchGroups, isBenchGroup } from './groups.ts'
import type { BenchOptions, BenchRow } from './row.ts'

/**
 * Measures the groups one after the other.
 * @param groups names, all where empty
 * @param options given to each of them
 * @throws CLI_USAGE for an unknown group, BENCH_FAILED when one could not be measured
 */
export async function runBench(
  groups: string[],
  options: BenchOptions,
  onProgress: (progress: { step: string; done: number; total: number }) => void,
): Promise<BenchRow[]> {
  const known = Object.keys(benchGroups)
  const unknown = groups.filter((group) => !isBenchGroup(group))
  if (unknown.length > 0) {
    throw fail('CLI_USAGE', { reason: `no group ${unknown.join(', ')}: there are ${known.join(', ')}` })
  }
  const wanted = groups.length === 0 ? known : groups
  const rows: BenchRow[] = []
  for (const [i, group] of wanted.entries()) {
    onProgress({ step: `bench ${group}`, done: i, total: wanted.length })
    rows.push(...(await measure(group, options)))
  }
  onProgress({ step: 'bench', done: wanted.length, total: wanted.length })
  return rows
}

function measure(group: string, { data }: BenchOptions): Promise<BenchRow[]> {
  const child = fork(join(import.meta.dirname, 'worker.ts'), [group, ...(data === null ? [] : [data])], {
    execArgv: ['--disable-warning=ExperimentalWarning'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  return new Promise((done, broken) => {
    child.once('message', (message: { rows?: BenchRow[]; reason?: string }) => {
      if (message.rows) done(message.rows)
      else broken(fail('BENCH_FAILED', { group, reason: message.reason }))
    })
    child.once('error', broken)
    child.once('exit', (code) => broken(fail('BENCH_FAILED', { group, reason: `it ended with ${code}` })))
  })
}
