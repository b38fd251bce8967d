// Door of the analysis of files: CSV in as columns, the same rows out with more columns.

export { csvFiles, outputsFor } from './csv-files.ts'
export { type AddedColumn, type CsvTable, isMissing, openCsv } from './csv-table.ts'
export {
  type JudgedColumn,
  type JudgedRows,
  judgeRows,
  type RowsToJudge,
  type RowsWarning,
  type ToldColumn,
  tellColumn,
} from './detect.ts'
export {
  amongUnknown,
  kindOf,
  type LeafRows,
  type LeavesToExplain,
  leavesOf,
  repeatedNotes,
} from './explain.ts'
export { readTable, type TableKinds } from './read-table.ts'
