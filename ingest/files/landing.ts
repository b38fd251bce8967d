// What every lander of a format is given and gives back.

import { quoteText } from '#data/kernel'
import type { Queries } from '#data/warehouse'
import type { IngestContext } from '../context.ts'
import type { Mapping } from '../mapping/read.ts'
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
}

/** What the lander of a format gets. */
export interface LandingJob {
  file: SourceFile
  mapping: Mapping
  context: IngestContext
  /** Folder for what is being made: `data.parquet`, `rejects.parquet`. */
  directory: string
  /** Hands back the manifest of the same bytes when they were landed before; the lander then stops. */
  landedBefore(checksum: string): Promise<boolean>
}

/** Writes the Parquet of a query. @returns rows written */
export async function copyToParquet(queries: Queries, select: string, path: string): Promise<number> {
  return queries.run(
    `COPY (${select}) TO ${quoteText(path)} (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1, ROW_GROUP_SIZE 122880)`,
  )
}
