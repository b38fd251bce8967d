// The most memory that the process of a group has taken so far, as a row. It measures nothing else.

import type { BenchRow } from './row.ts'

/** Largest resident size of this process until now. */
export function mostMemory(group: string): BenchRow {
  return {
    group,
    name: 'most memory of the process that measured all of these',
    value: Math.round(process.resourceUsage().maxRSS / 1024),
    unit: 'MB',
    baseline: null,
    ratio: null,
    goal: null,
    pass: null,
  }
}
