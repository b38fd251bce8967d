// Door of learning: the models of a market as people and programs see them, and what the log keeps of them.

export { ModelBook } from './book.ts'
export type { ModelDefined, ModelDeleted, ModelScored } from './events.ts'
export { modelStream } from './events.ts'
export type { Job } from './jobs.ts'
export { type BuiltIn, Learning, type LearningParts } from './learning.ts'
