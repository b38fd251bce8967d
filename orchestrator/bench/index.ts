// Door of the measurements.

export type { BenchRow } from './row.ts'
export { runBench } from './run.ts'
