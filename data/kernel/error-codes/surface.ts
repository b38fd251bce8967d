// Errors of the command line, SQL and HTTP.
// Rows of the one error table; it never decides what to do about them.

import type { ErrorKind } from './kind.ts'

/** Code -> status, whether the same call may succeed later, words. */
export const surfaceErrors = {
  CLI_USAGE: { status: 400, retryable: false, message: '{reason}' },
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
} as const satisfies Record<string, ErrorKind>
