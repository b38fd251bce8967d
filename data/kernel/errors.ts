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

  HOME_SERVED: {
    status: 409,
    retryable: true,
    message: '{home} is being served by pid {pid}; stop "detour serve" first, then run {verb} again',
  },
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
  LOG_EVENT_EXISTS: {
    status: 409,
    retryable: false,
    message: 'event {eventId} is already in stream {stream}',
  },
  LOG_NEWER: {
    status: 409,
    retryable: false,
    message:
      'the event log {path} has schema version {found}, this Detour knows up to {known}: use the newer one',
  },
  LOG_COMMAND_CONFLICT: {
    status: 422,
    retryable: false,
    message: 'command {commandId} was already used with a different body',
  },

  REBUILD_LOG_BEHIND: {
    status: 409,
    retryable: false,
    message:
      'the log {path} lacks event {seq} of stream {stream}, which the warehouse has; restore it, nothing was deleted',
  },

  SQL_NO_DATA: {
    status: 404,
    retryable: false,
    message: 'there is nothing to query in {home} yet; run "detour ingest" or "detour demo" first',
  },
  SQL_NOT_READ_ONLY: {
    status: 400,
    retryable: false,
    message:
      'only a SELECT or EXPLAIN over the tables of Detour is allowed, no files, settings or writes: {reason}',
  },
  SQL_SEVERAL_STATEMENTS: {
    status: 400,
    retryable: false,
    message: 'send one statement at a time: this text holds {count}',
  },
  SQL_FAILED: { status: 400, retryable: false, message: 'the query failed: {reason}' },
  SQL_TIMEOUT: {
    status: 408,
    retryable: true,
    message: 'the query was stopped after {limitMs} ms; narrow it or raise DETOUR_SQL_TIMEOUT_MS',
  },
  SQL_MEMORY: {
    status: 413,
    retryable: true,
    message: 'the query needs more than its {limitMb} MB; narrow it or raise DETOUR_SQL_MEMORY_MB',
  },
  SQL_EXPORT_FAILED: {
    status: 500,
    retryable: false,
    message: 'the result could not be written to {file}: {reason}',
  },

  BENCH_FAILED: {
    status: 500,
    retryable: true,
    message: 'the group {group} could not be measured: {reason}',
  },

  HTTP_HOST_REFUSED: {
    status: 421,
    retryable: false,
    message: 'requests for host "{host}" are not answered; use http://127.0.0.1 or http://localhost',
  },
  HTTP_UNAUTHORIZED: {
    status: 401,
    retryable: false,
    message: 'this needs the bearer token of the running server',
  },
  HTTP_NOT_FOUND: { status: 404, retryable: false, message: 'there is nothing at {method} {path}' },
  HTTP_BODY_INVALID: { status: 400, retryable: false, message: 'the request is not valid: {reason}' },
  HTTP_BODY_TOO_LARGE: {
    status: 413,
    retryable: false,
    message: 'the request body is larger than {limit} bytes',
  },
  SERVE_HOST_REFUSED: {
    status: 400,
    retryable: false,
    message:
      'Detour serves on 127.0.0.1 only, not on {host}: other hosts need an admin key, which does not exist yet',
  },
  SERVE_PORT_BUSY: {
    status: 409,
    retryable: true,
    message: 'port {port} is taken by another program; choose another with --port, or 0 for any free one',
  },
  SERVE_LOST: {
    status: 502,
    retryable: true,
    message: 'the server at {url} stopped answering: {reason}; see whether it still runs, then try again',
  },

  WORLD_OPTIONS_INVALID: {
    status: 400,
    retryable: false,
    message: 'the option {name} of the demo world is not usable: {reason}',
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

  PIPELINE_MODEL_INVALID: {
    status: 500,
    retryable: false,
    message: 'the SQL model {name} cannot be used: {reason}',
  },

  INGEST_PROVIDER_UNKNOWN: {
    status: 404,
    retryable: false,
    message:
      'there is no provider "{provider}"; shipped are {known}, or give the path of a mapping file (.yaml)',
  },
  INGEST_PROVIDER_MARKET: {
    status: 409,
    retryable: false,
    message: 'provider {provider} belongs to market {market}; it cannot be loaded into {asked} as well',
  },
  INGEST_MAPPING_INVALID: { status: 400, retryable: false, message: '{path}:{line}:{column}: {reason}' },
  INGEST_PATH_UNREADABLE: { status: 400, retryable: false, message: '{path} cannot be read: {reason}' },
  INGEST_NO_FILES: {
    status: 400,
    retryable: false,
    message: 'no file to load: {reason}; the mapping {mapping} looks for {patterns}',
  },
  INGEST_FILE_EMPTY: { status: 422, retryable: false, message: '{path} is empty' },
  INGEST_FILE_BINARY: {
    status: 422,
    retryable: false,
    message: '{path} is not a text file ({reason}); export it as CSV, JSON or Parquet',
  },
  INGEST_FILE_UNREADABLE: {
    status: 422,
    retryable: false,
    message: '{path} is not readable as {format}: {reason}',
  },
  INGEST_COLUMN_MISSING: {
    status: 422,
    retryable: false,
    message: '{path} lacks the column {column}; its header has {header}',
  },
  INGEST_FILE_MISSING: {
    status: 422,
    retryable: false,
    message: '{entity} needs the file "{role}" of mapping {mapping}, and it was never loaded',
  },
  INGEST_COUNT_MISMATCH: {
    status: 500,
    retryable: false,
    message: '{path}: {counted} records were counted but {read} were read; nothing of the file was loaded',
  },
  INGEST_DISK_FULL: {
    status: 507,
    retryable: true,
    message: 'the disk is full at {path}; make room and load again, nothing accepted before is lost',
  },
  LAKE_FILE_MISSING: {
    status: 500,
    retryable: false,
    message: 'the lake lacks {path}: put it back from a backup, or load the file it was made of again',
  },
  LAKE_FILE_DAMAGED: {
    status: 500,
    retryable: false,
    message: '{path} in the lake is damaged ({reason}): put it back from a backup',
  },
  INGEST_QUARANTINE_EMPTY: { status: 404, retryable: false, message: 'no open quarantined record matches' },
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
