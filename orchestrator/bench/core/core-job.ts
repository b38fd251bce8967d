// What a process with a core is asked, and what it answers. Shapes only.

/** Something to do with a log and its core. */
export type CoreJob =
  | { kind: 'read'; path: string }
  /** @param snapshots folder, null = none */
  | { kind: 'open'; path: string; snapshots: string | null }
  | { kind: 'orders'; count: number }
  | { kind: 'close' }

/** How long it took, and how many events it was about. */
export interface CoreResult {
  ms: number
  events: number
}
