// Door of the measurements.

export type { BenchRow } from './row.ts'
export { type BenchSummary, runBench } from './run.ts'
