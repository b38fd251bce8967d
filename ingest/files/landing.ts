// What every lander of a format is given and gives back.

import { quoteText } from '#data/kernel'
import type { Queries } from '#data/warehouse'
import type { IngestContext } from '../context.ts'
import type { FileSpec } from '../mapping/schema.ts'
import type { Manifest } from './lake.ts'

/** A file that is to be landed. */
export interface SourceFile {
  path: string
  role: string
  spec: FileSpec
}

/** What the lander of a format hands back; the Parquet files lie in its working folder. */
export interface Landing {
  bytes: number
  checksum: string
  records: number
  rejected: number
  columns: string[]
  shape: Manifest['shape']
  isTrimmed: boolean
}

/** What the lander of a format gets. */
export interface LandingJob {
  file: SourceFile
  context: IngestContext
  /** Folder for what is being made: `data.parquet`, `rejects.parquet`. */
  directory: string
  /** Hands back the manifest of the same bytes when they were landed before; the lander then stops. */
  landedBefore(checksum: string): Promise<boolean>
}

/**
 * How landed Parquet is written. Dictionaries stop at 5,000 values and there are no Bloom filters: ids, which fill
 * most of a file, would cost more time in them than all the rest.
 */
const parquetOptions =
  'FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1, DICTIONARY_SIZE_LIMIT 5000, WRITE_BLOOM_FILTER false'

/** Writes the Parquet of a query. @returns rows written */
export async function copyToParquet(queries: Queries, select: string, path: string): Promise<number> {
  return queries.run(`COPY (${select}) TO ${quoteText(path)} (${parquetOptions})`)
}
