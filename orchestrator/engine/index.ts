// Door of the engine: the running system over one open home.

export type { CycleReport, Engine } from './engine.ts'
