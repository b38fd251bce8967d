// Door of the pipeline: from raw tables to marts and metrics.

export type { CheckResult } from './runner/checks.ts'
export { martChecksums } from './runner/checksums.ts'
export { type CycleSummary, runCycle } from './runner/cycle.ts'
export { type Graph, type Node as GraphNode, readGraph } from './runner/graph.ts'
export { type KeyMetric, keyMetrics } from './runner/key-metrics.ts'
export { type Model, parseModel, readModels } from './runner/models.ts'
export type { ModelRun } from './runner/tables.ts'
