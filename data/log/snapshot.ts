// What a snapshot of a stream's fold is, and who keeps snapshots. Shapes only.

/**
 * How a state is written and read again: as pieces, each a JSON value. A state that was read again must evolve and
 * decide as the one that was written.
 */
export interface StateCodec<S> {
  /** Other text wherever the shape of the state or the meaning of an event may have changed: older ones are ignored. */
  readonly format: string
  /** The state in pieces, made one by one while they are asked for. @throws Error for what it cannot write */
  freeze(state: S): Iterable<unknown>
  /** Takes the pieces in the order in which `freeze` gave them. */
  thaw(): { take(piece: unknown): void; done(): S }
}

/** What a snapshot is of. */
export interface SnapshotHeader {
  stream: string
  /** Last event that it holds. */
  seq: number
  /** Id of that event: a log without it there is another log. */
  eventId: string
  format: string
  /** Epoch ms, wall time. */
  takenAt: number
}

/** A snapshot that is kept. */
export interface SnapshotInfo extends SnapshotHeader {
  bytes: number
  /** Why it cannot be used, as far as its beginning tells; only stream and seq are known of it then. */
  problem: string | null
}

/** A part of a snapshot: what it belongs to, and a JSON value. */
export type SnapshotPart = readonly [section: string, piece: unknown]

/** Takes the parts of a snapshot in their order; `done` is called only when all of them were whole. */
export interface SnapshotReader<T> {
  take(section: string, piece: unknown): void
  done(): T
}

/** Which snapshot is of use. */
export interface SnapshotWanted {
  stream: string
  format: string
  /** Where the stream ends: a snapshot beyond is of another log. */
  lastSeq: number
  /** Only the snapshot of this event. */
  only?: number
}

/**
 * Keeps snapshots of folds. All of them can be lost at any time: a start without takes longer. What cannot be read or
 * written is told to the operator and never thrown.
 */
export interface SnapshotStore {
  /**
   * What the newest usable snapshot gave, null where there is none.
   * @param begin called with each that looks usable, newest first; null where it is not of this log
   */
  load<T>(
    wanted: SnapshotWanted,
    begin: (header: SnapshotHeader) => Promise<SnapshotReader<T> | null>,
  ): Promise<T | null>
  /** Whether the snapshot is durable. Its parts are asked for in slices that leave room for other work. */
  save(header: SnapshotHeader, parts: Iterable<SnapshotPart>): Promise<boolean>
  /** Those of a stream, newest first. */
  list(stream: string): Promise<SnapshotInfo[]>
  /** Removes all of them. */
  clear(): Promise<void>
}
