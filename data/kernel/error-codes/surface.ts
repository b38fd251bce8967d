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
    message:
      'requests for host "{host}" are not answered; use http://127.0.0.1 or http://localhost, ' +
      'or name it in DETOUR_ALLOWED_HOSTS',
  },
  HTTP_UNAUTHORIZED: { status: 401, retryable: false, message: '{reason}' },
  HTTP_FORBIDDEN: {
    status: 403,
    retryable: false,
    message: 'the key "{name}" has the role {role}, and {method} {path} needs more',
  },
  HTTP_NOT_FOUND: { status: 404, retryable: false, message: 'there is nothing at {method} {path}' },
  HTTP_BODY_INVALID: { status: 400, retryable: false, message: 'the request is not valid: {reason}' },
  HTTP_QUERY_INVALID: { status: 400, retryable: false, message: 'the address is not valid: {reason}' },
  HTTP_CURSOR_INVALID: {
    status: 400,
    retryable: false,
    message: 'this cursor does not belong to this list; start again without it',
  },
  HTTP_IDEMPOTENCY_KEY_INVALID: {
    status: 400,
    retryable: false,
    message: 'the header Idempotency-Key takes 1 to 200 visible ASCII characters',
  },
  HTTP_MEDIA_TYPE_UNSUPPORTED: {
    status: 415,
    retryable: false,
    message: 'a body of type "{type}" is not read here; send application/json',
  },
  HTTP_BODY_TOO_LARGE: {
    status: 413,
    retryable: false,
    message: 'the request body is larger than {limit} bytes',
  },
  HTTP_RATE_LIMITED: {
    status: 429,
    retryable: true,
    message: 'too many requests from this address; at most {limit} a second are answered',
  },
  HTTP_BUSY: {
    status: 503,
    retryable: true,
    message: 'too many of these are running: {reason}; try again in a moment',
  },
  HTTP_UPLOAD_BROKEN: { status: 400, retryable: true, message: 'the upload ended early: {reason}' },
  ORDER_UNKNOWN: { status: 404, retryable: false, message: 'there is no order {orderId}' },
  ORDER_EXISTS: {
    status: 409,
    retryable: false,
    message: 'the order {externalId} of {provider} exists already as {orderId}',
  },
  WORK_UNKNOWN: {
    status: 404,
    retryable: false,
    message: 'order {orderId} has no fulfillment order {fulfillmentOrderId}',
  },
  INCIDENT_UNKNOWN: { status: 404, retryable: false, message: 'there is no incident {incidentId}' },
  SILENCE_UNKNOWN: { status: 404, retryable: false, message: 'there is no silence {silenceId}' },
  ALERT_RECEIVER_UNKNOWN: {
    status: 400,
    retryable: false,
    message: 'rule {routeId} names {receiver}, which is neither "all" nor the id of a webhook',
  },
  DECISION_UNKNOWN: { status: 404, retryable: false, message: 'there is no decision {decisionId}' },
  KEY_UNKNOWN: {
    status: 404,
    retryable: false,
    message: 'there is no key {keyId} that holds; "detour key list" shows them',
  },
  METRIC_UNKNOWN: {
    status: 404,
    retryable: false,
    message: 'there is no series of metric {metric} by {dimension}; see GET /api/v1/metrics',
  },
  CORE_REFUSED: { status: 409, retryable: false, message: 'that cannot be done now: {reason}' },
  MARKET_UNKNOWN: {
    status: 404,
    retryable: false,
    message: 'there is no market {market}; see GET /api/v1/markets, or create it there',
  },
  MARKET_SERVED: {
    status: 409,
    retryable: true,
    message: 'market {market} is written by {url}: ask there, or stop it first',
  },
  MARKET_UNREACHABLE: {
    status: 503,
    retryable: true,
    message:
      'market {market} cannot be reached now; its writer was {url}: ask again in a moment, with the same ' +
      'Idempotency-Key',
  },
  SERVE_HOST_REFUSED: {
    status: 400,
    retryable: false,
    message:
      'Detour listens on 127.0.0.1 only while it has no admin key, not on {host}: make one with ' +
      '"detour key create --role admin", then start again',
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
  DASHBOARD_BUILD_FAILED: {
    status: 500,
    retryable: true,
    message: 'the dashboard could not be built: {reason}',
  },
} as const satisfies Record<string, ErrorKind>
