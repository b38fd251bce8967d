// Door of problems in files: read, solve, write.

export { fromBrunel } from './brunel.ts'
export { ordersOfFiles, worldOfFiles } from './file-world.ts'
export type { SourcingFiles } from './problem-files.ts'
export { readProblem } from './read-problem.ts'
export { readSheets } from './sheets.ts'
export { type SolvedFiles, type SourceReport, solveFiles } from './solve-files.ts'
export { writeAssignments, writeProblem } from './write-problem.ts'
