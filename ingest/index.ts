// Door of the ingest: files in, quarantine out. It knows how things arrive, not what they mean for the business.

export type { IngestContext, Progress } from './context.ts'
export { loadHandlers } from './load/apply.ts'
export { type IngestRequest, ingest } from './load/ingest.ts'
export type { FileSummary, IngestSummary } from './load/summary.ts'
export { shippedMappings } from './mapping/library.ts'
export {
  type ExportedFile,
  exportQuarantine,
  listQuarantine,
  type QuarantinedRecord,
  type QuarantineFilter,
} from './quarantine/list.ts'
export { type ReplayRequest, type ReplaySummary, replayQuarantine } from './quarantine/replay.ts'
