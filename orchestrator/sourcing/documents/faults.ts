// Collects what is wrong with files, so many and no more. It judges nothing.

/** What is wrong at a place of a file. */
export interface FileFault {
  file: string
  /** Of a CSV file as spreadsheets count, of YAML the line; null = the file as a whole. */
  row: number | null
  /** Column or path of the field, null = the row as a whole. */
  field: string | null
  reason: string
}

/** Faults that are named one by one. */
export const faultsMost = 1_000

/** Faults as they come up. */
export class Faults {
  readonly named: FileFault[] = []
  count = 0

  /** Notes a fault; beyond 1,000 they are only counted. */
  add(file: string, row: number | null, field: string | null, reason: string): void {
    this.count++
    if (this.named.length < faultsMost) this.named.push({ file, row, field, reason })
  }
}
