// `detour bench`: how measurements are read by people.

import type { BenchRow } from '#orchestrator/bench'
import { showTable } from './table.ts'

/** The measurements as a table. */
export function showBench(rows: BenchRow[]): string {
  return showTable(
    ['group', 'name', 'value', 'unit', 'baseline', 'ratio', 'goal', 'met', 'p50 ms', 'p99 ms'],
    rows.map((row) => [
      row.group,
      row.name,
      row.value,
      row.unit,
      row.baseline,
      row.ratio,
      row.goal,
      row.pass === null || row.pass === undefined ? '' : row.pass ? 'yes' : 'no',
      row.p50,
      row.p99,
    ]),
  )
}
