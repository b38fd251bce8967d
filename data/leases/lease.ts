// Who should write which stream, where several processes share a log: the interface of leases. A lease only says who
// should; the fence of the log makes sure that a wrong answer costs time, never an event.

/** Which process writes a stream. */
export interface Lease {
  stream: string
  /** Id of the process, new at each start. */
  owner: string
  /** Base address by which other processes reach it. */
  url: string
  /** Grows by one with each change of the owner. */
  epoch: number
  /** Time left by the clock of the database, ms; 0 = it is free to be taken. */
  leftMs: number
}

/** Who asks for leases. */
export interface Candidate {
  /** Id of this process, new at each start. */
  owner: string
  /** Base address by which other processes reach it. */
  url: string
}

/** The leases of the streams of one log. Times are those of the database, so that clocks of machines do not matter. */
export interface Leases {
  /**
   * Takes the streams that are free or already held by the candidate, and holds them for the time given.
   * @param ttlMs ms from now
   * @returns those that the candidate holds now
   * @throws LOG_UNAVAILABLE when nobody knows whether it holds them
   */
  take(candidate: Candidate, streams: readonly string[], ttlMs: number): Promise<Lease[]>
  /** Gives streams back, so that others need not wait; those it does not hold stay. @throws LOG_UNAVAILABLE */
  release(owner: string, streams: readonly string[]): Promise<void>
  /** Every lease, also those that ran out, by stream. @throws LOG_UNAVAILABLE */
  list(): Promise<Lease[]>
  /**
   * The secret by which processes of one log know each other: made once, never shown.
   * @throws LOG_UNAVAILABLE
   */
  secret(): Promise<string>
  close(): Promise<void>
}
