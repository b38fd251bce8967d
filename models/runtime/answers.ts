// What a task that failed comes back as. It throws nothing.

import { DetourError, type ErrorCode, errorTable, fail } from '#data/kernel'
import type { Answer } from './protocol.ts'

/** The error of a task that failed, with its own code where it had one. */
export function errorOf({ code, details, reason }: Extract<Answer, { kind: 'failed' }>): DetourError {
  if (code !== null && Object.hasOwn(errorTable, code)) return new DetourError(code as ErrorCode, details)
  return fail('MODELS_FAILED', { reason })
}
