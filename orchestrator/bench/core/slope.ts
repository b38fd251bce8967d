// The row of evenness: what a command costs on a short log and on a very long one, in turns, each held against the one
// beside it.

import type { ChildProcess } from 'node:child_process'
import type { Effects } from '#data/kernel'
import type { BenchRow } from '../row.ts'
import type { CoreJob, CoreResult } from './core-job.ts'
import { writeHistory } from './history.ts'
import { askChild, startChild } from './load.ts'
import { median, pairedRatios, round2 } from './quantiles.ts'

const group = 'core'
const short = 10_000
const long = 5_000_000
const rounds = 25
/** Orders of a round, of ten commands each. */
const orders = 400
const commandsOfOrder = 10

/**
 * Cost of a command after 5M events against that after 10k (goal: at most a quarter more). About 3 min, 5 GB of disk
 * and 2 GB of memory.
 */
export async function benchSlope(folder: string, effects: Effects): Promise<BenchRow[]> {
  const [small, large] = [await openOn(folder, short, effects), await openOn(folder, long, effects)]
  try {
    for (const each of [small, large]) await ask(each.child, { kind: 'orders', count: orders })
    const costs: { small: number[]; large: number[] } = { small: [], large: [] }
    for (let i = 0; i < rounds; i++) {
      costs.small.push(await costOf(small.child))
      costs.large.push(await costOf(large.child))
    }
    const [before, after] = [median(costs.small), median(costs.large)]
    const ratio = median(pairedRatios(costs.large, costs.small))
    return [
      {
        group,
        name: `cost of a command after ${large.events} events, durable, whole lives of orders`,
        value: Math.round(after),
        unit: 'us',
        baseline: `the same after ${small.events} events, ${Math.round(before)} us`,
        ratio: round2(ratio),
        goal: Math.round(before * 1.25),
        pass: ratio <= 1.25,
      },
    ]
  } finally {
    small.child.kill()
    large.child.kill()
  }
}

async function openOn(
  folder: string,
  size: number,
  effects: Effects,
): Promise<{ child: ChildProcess; events: number }> {
  const { path } = await writeHistory(folder, `slope-${size}`, size, effects)
  const child = startChild('core-worker.ts')
  const { events } = await ask(child, { kind: 'open', path, snapshots: null })
  return { child, events }
}

/** Microseconds of a command. */
async function costOf(child: ChildProcess): Promise<number> {
  const { ms } = await ask(child, { kind: 'orders', count: orders })
  return (ms * 1_000) / (orders * commandsOfOrder)
}

function ask(child: ChildProcess, job: CoreJob): Promise<CoreResult> {
  return askChild<CoreResult>(child, job, group)
}
