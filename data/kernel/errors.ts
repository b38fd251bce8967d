// The one table of errors: every failure a person or a program can meet, with its code, HTTP status and words.
// It never decides what to do about an error.

import { analysisErrors } from './error-codes/analysis.ts'
import { backupErrors } from './error-codes/backup.ts'
import { flowErrors } from './error-codes/flows.ts'
import { ingestErrors } from './error-codes/ingest.ts'
import { kernelErrors } from './error-codes/kernel.ts'
import type { ErrorKind } from './error-codes/kind.ts'
import { logErrors } from './error-codes/log.ts'
import { modelErrors } from './error-codes/models.ts'
import { orchestratorErrors } from './error-codes/orchestrator.ts'
import { policyErrors } from './error-codes/policies.ts'
import { sourcingErrors } from './error-codes/sourcing.ts'
import { surfaceErrors } from './error-codes/surface.ts'
import { warehouseErrors } from './error-codes/warehouse.ts'
import { webhookErrors } from './error-codes/webhooks.ts'

/**
 * Code -> HTTP status, whether the same call may succeed later, and the message template.
 * `{name}` in a template is filled from the details given to `fail`. The prefix names the room.
 */
export const errorTable = {
  ...kernelErrors,
  ...surfaceErrors,
  ...logErrors,
  ...warehouseErrors,
  ...ingestErrors,
  ...modelErrors,
  ...orchestratorErrors,
  ...flowErrors,
  ...policyErrors,
  ...sourcingErrors,
  ...webhookErrors,
  ...backupErrors,
  ...analysisErrors,
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
