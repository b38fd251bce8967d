// The one table of errors: every failure a person or a program can meet, with its code, HTTP status and words.
// It never decides what to do about an error.

interface ErrorKind {
  status: number
  retryable: boolean
  message: string
}

/**
 * Code -> HTTP status, whether the same call may succeed later, and the message template.
 * `{name}` in a template is filled from the details given to `fail`. The prefix names the room.
 */
export const errorTable = {
  CONFIG_INVALID: { status: 400, retryable: false, message: 'the setting {name} is not usable: {reason}' },
  CLI_USAGE: { status: 400, retryable: false, message: '{reason}' },
  INTERNAL: { status: 500, retryable: false, message: 'something went wrong inside Detour: {reason}' },

  HOME_BUSY: {
    status: 409,
    retryable: true,
    message:
      'another Detour process (pid {pid}, {verb}) is working on {home}; wait for it or use another --home',
  },
  HOME_UNWRITABLE: { status: 500, retryable: false, message: 'the home {home} cannot be written: {reason}' },

  LOG_FENCED: {
    status: 409,
    retryable: true,
    message: 'stream {stream} moved on: event {seq} was already written by another writer',
  },
  LOG_DAMAGED: {
    status: 500,
    retryable: false,
    message: 'the event log {path} is damaged ({reason}); restore it from a backup, nothing was changed',
  },
  LOG_UNAVAILABLE: {
    status: 503,
    retryable: true,
    message: 'the event log did not accept the write: {reason}',
  },
  LOG_COMMAND_CONFLICT: {
    status: 422,
    retryable: false,
    message: 'command {commandId} was already used with a different body',
  },

  WAREHOUSE_DAMAGED: {
    status: 500,
    retryable: false,
    message:
      'the warehouse {path} cannot be opened ({reason}); run "detour rebuild" to make it anew from log and lake',
  },
  WAREHOUSE_ALREADY_OPEN: {
    status: 500,
    retryable: false,
    message: 'the warehouse {path} is already open in this process',
  },
  WAREHOUSE_NEWER: {
    status: 409,
    retryable: false,
    message:
      'the warehouse has schema version {found}, this Detour knows up to {known}: use the newer Detour or rebuild',
  },
  WAREHOUSE_QUERY: { status: 500, retryable: false, message: 'a query failed: {reason}' },
} as const satisfies Record<string, ErrorKind>

/** One of the codes of the error table. */
export type ErrorCode = keyof typeof errorTable

/** What fills the template and travels with the error, JSON values only. */
export type ErrorDetails = Record<string, unknown>

/** A failure with a code of the error table; `details` is safe to show, `cause` is for the log. */
export class DetourError extends Error {
  readonly code: ErrorCode
  readonly details: ErrorDetails

  constructor(code: ErrorCode, details: ErrorDetails, cause?: unknown) {
    super(fill(errorTable[code].message, details), cause === undefined ? undefined : { cause })
    this.name = 'DetourError'
    this.code = code
    this.details = details
  }

  get status(): number {
    return errorTable[this.code].status
  }

  get retryable(): boolean {
    return errorTable[this.code].retryable
  }
}

/**
 * The error to throw: `throw fail('HOME_BUSY', { pid, verb, home })`.
 * @param code a code of the table
 * @param details values for the template, and whatever else helps a reader
 */
export function fail(
  code: ErrorCode,
  details: ErrorDetails = {},
  options: { cause?: unknown } = {},
): DetourError {
  return new DetourError(code, details, options.cause)
}

/** The message of anything that was thrown, one line. */
export function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error)
  return text.split('\n')[0] ?? ''
}

/** Whatever was thrown as a DetourError; unknown things become INTERNAL with their cause kept. */
export function asDetourError(error: unknown): DetourError {
  if (error instanceof DetourError) return error
  return fail('INTERNAL', { reason: reasonOf(error) }, { cause: error })
}

function fill(template: string, details: ErrorDetails): string {
  return template.replace(/\{(\w+)\}/g, (_, name: string) => show(details[name]))
}

function show(value: unknown): string {
  if (value === undefined || value === null) return 'unknown'
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
