// The events by which loads enter the log: all that is needed to make their rows again from the lake.

import { createHash } from 'node:crypto'
import type { LandedFile } from '../entity/source.ts'

/** The stream that holds the loads. */
export const loadStream = 'loads'

/** `LoadAccepted`: these landed files become rows, by this mapping. */
export interface LoadAccepted {
  loadId: string
  provider: string
  market: string
  mapping: string
  /** SHA-256 of the mapping file kept in the lake. */
  mappingVersion: string
  /** ISO 8601, UTC */
  loadedAt: string
  files: LandedFile[]
  /** Files of former loads that are joined again; their own records stay as they are. */
  earlier: LandedFile[]
  /** Set when the records come out of quarantine. */
  isReplay: boolean
}

/** The id of a load: the same files in the same order by the same mapping are the same load. */
export function loadIdOf(
  provider: string,
  mappingVersion: string,
  load: Pick<LoadAccepted, 'files' | 'earlier'>,
): string {
  const names = (files: LandedFile[]) => files.map((file) => `${file.role}:${file.fileId}`)
  return createHash('sha256')
    .update(JSON.stringify([provider, mappingVersion, names(load.files), names(load.earlier)]))
    .digest('hex')
    .slice(0, 24)
}
