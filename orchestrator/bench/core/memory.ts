// Rows of memory: what a live order line and a stock position cost, each in a process of its own.

import type { BenchRow } from '../row.ts'
import { askChild, startChild } from './load.ts'

const group = 'core'
const lines = 200_000
const positions = 500_000

/** Bytes per order line of a live backlog (goal: below 1,000), and per stock position beyond its keys (below 300). */
export async function benchMemory(): Promise<BenchRow[]> {
  return [
    await row('order lines', lines, 1_000, 'a live order line, orders of 1 to 3 lines on their way'),
    await row('positions', positions, 300, 'a stock position, beyond the texts of its keys'),
  ]
}

async function row(what: string, count: number, goal: number, name: string): Promise<BenchRow> {
  const child = startChild('memory-worker.ts', [], ['--expose-gc'])
  try {
    const bytes = await askChild<number>(child, { what, count }, group)
    return {
      group,
      name: `memory of ${name}; ${count} of them`,
      value: Math.round(bytes),
      unit: 'bytes',
      baseline: null,
      ratio: null,
      goal,
      pass: bytes < goal,
    }
  } finally {
    child.kill()
  }
}
