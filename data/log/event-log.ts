// The interface of the event log, the system of record. It says nothing about what events mean.

/** An event to be appended. */
export interface NewEvent {
  /** `${commandId}/${i}`, i from 0: unique within its stream. */
  eventId: string
  /** What happened, past tense, e.g. `OrderPlaced`. */
  type: string
  /** A JSON value. */
  data: unknown
}

/** An event as the log holds it. */
export interface StoredEvent extends NewEvent {
  stream: string
  /** Place in the stream, from 1, without gaps. */
  seq: number
  /** When it was handed to the log, epoch ms, wall time. */
  recordedAt: number
}

/** What an accepted append answers. */
export interface Appended {
  /** Seq of the last event of the stream after this append. */
  lastSeq: number
  /** Epoch ms, wall time. */
  recordedAt: number
}

/** Streams of events. The key (stream, seq) is the fence: of several writers exactly one wins each seq. */
export interface EventLog {
  /**
   * Where the stream ends after the events, which are durable, all or none, when this resolves.
   * Appends of one caller to one stream take effect in the order of the calls.
   * @param expectedSeq last seq the caller knows, 0 = empty stream
   * @throws LOG_FENCED when the stream does not end at `expectedSeq`; nothing was written
   * @throws LOG_EVENT_EXISTS when one of the event ids is already in the stream; nothing was written
   * @throws LOG_UNAVAILABLE when the outcome is unknown: the events may or may not be there
   * @throws LOG_DAMAGED when the store can no longer be trusted
   */
  append(stream: string, expectedSeq: number, events: readonly NewEvent[]): Promise<Appended>

  /**
   * Up to `limit` events with seq > `afterSeq`, in order; fewer only at the end of the stream.
   * @param without SQL/JSON paths ("$.decision.candidates") of data that the caller does not look at: it may be missing
   * @throws LOG_UNAVAILABLE, LOG_DAMAGED
   */
  read(stream: string, afterSeq: number, limit: number, without?: readonly string[]): Promise<StoredEvent[]>

  /**
   * Seq of the last event, 0 for a stream that does not exist.
   * @throws LOG_UNAVAILABLE, LOG_DAMAGED
   */
  tail(stream: string): Promise<number>

  /**
   * Events whose id is `${commandId}/${i}`, in order; empty when the command never happened.
   * @throws LOG_UNAVAILABLE, LOG_DAMAGED
   */
  eventsOfCommand(stream: string, commandId: string): Promise<StoredEvent[]>

  /**
   * Names of all streams, sorted.
   * @throws LOG_UNAVAILABLE, LOG_DAMAGED
   */
  streams(): Promise<string[]>

  /** Finishes what was asked before, then lets go of the store. Later calls throw LOG_UNAVAILABLE. */
  close(): Promise<void>
}
