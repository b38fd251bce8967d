// The shape of a row of the error table. Shapes only.

/** What a code means on the wire. */
export interface ErrorKind {
  /** HTTP status. */
  status: number
  /** Whether the same call may succeed later. */
  retryable: boolean
  /** `{name}` is filled from the details given to `fail`. */
  message: string
}
