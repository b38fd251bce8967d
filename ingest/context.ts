// What an ingest works with: the log, the warehouse, the home's folders and the world outside.

import type { HomePaths } from '#data/home'
import type { Effects } from '#data/kernel'
import type { EventLog } from '#data/log'
import type { Warehouse } from '#data/warehouse'

/** A step of a long job: `done` of `total`, total 0 when not known. */
export interface Progress {
  step: string
  done: number
  total: number
}

/** The surroundings of an ingest. */
export interface IngestContext {
  log: EventLog
  warehouse: Warehouse
  paths: HomePaths
  effects: Effects
  onProgress?: (progress: Progress) => void
}
