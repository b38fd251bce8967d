// What a thread of models is told and answers, and what its tasks look like. Shapes only.

import type { Backend } from './backend.ts'

/** What a task gets beside its input. */
export interface TaskContext {
  /** The backend that was chosen and is set. */
  backend: Backend
  /** Says how far it is; anything that can be cloned. */
  progress(value: unknown): void
  /** Aborted when whoever asked does not want it any more. */
  signal: AbortSignal
}

/** A task by name; `input` is a copy of what was sent. */
export type Tasks = Record<string, (input: never, context: TaskContext) => Promise<unknown>>

/** Settings of a thread. */
export interface WorkerSettings {
  /** Address of the module of the tasks. */
  module: string
  backends?: readonly Backend[]
  /** Where no backends are named: folder that knows which learns fastest on this machine. */
  folder?: string
}

/** What a thread is told. */
export type Told = { kind: 'run'; id: number; task: string; input: unknown } | { kind: 'cancel'; id: number }

/** What it answers. */
export type Answer =
  | { kind: 'progress'; id: number; value: unknown }
  | { kind: 'done'; id: number; value: unknown }
  | { kind: 'failed'; id: number; code: string | null; details: Record<string, unknown>; reason: string }
