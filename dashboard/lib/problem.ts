// Errors for people: what happened, what it means for their data, what to do. It asks the server nothing.

import { reasonWord } from './reasons.ts'

/** What an answer of `application/problem+json` says. */
export interface Problem {
  status: number
  code: string
  detail: string
  retryable: boolean
  details?: Record<string, unknown>
}

/** An error in words. */
export interface ErrorWords {
  what: string
  meaning: string
  advice: string
}

/** A request that failed. */
export class ApiError extends Error {
  readonly problem: Problem
  readonly isWrite: boolean

  constructor(problem: Problem, isWrite: boolean) {
    super(problem.detail)
    this.name = 'ApiError'
    this.problem = problem
    this.isWrite = isWrite
  }
}

/** The problem of a server that cannot be reached. */
export const unreachable: Problem = {
  status: 0,
  code: 'UNREACHABLE',
  detail: 'Detour does not answer',
  retryable: true,
}

/** Whether the server wants a key before it shows anything. */
export function wantsKey(error: unknown): boolean {
  return error instanceof ApiError && !error.isWrite && error.problem.code === 'HTTP_UNAUTHORIZED'
}

const advices: Record<number, string> = {
  0: 'See whether "npx detour serve" still runs, then try again.',
  400: 'Correct what is named above, then try again.',
  401: 'Make a key with "npx detour key create --role admin --name you", reload the page, and enter it.',
  403: 'Ask for a key with a larger role: npx detour key create --role operator --name you.',
  404: 'Go back to the list: it may have been removed, or the link may be mistyped.',
  408: 'Ask for less at once, then try again.',
  409: 'Reload to see the newest state, then decide again.',
  413: 'Ask for less at once, then try again.',
  421: 'Use http://127.0.0.1 or http://localhost with the port that Detour printed.',
  422: 'Correct what is named above, then try again.',
  429: 'Wait a few seconds, then try again.',
  507: 'Make room on the disk, then try again.',
}

/** What to do where the status alone would mislead. */
const advicesByCode: Record<string, string> = {
  REROUTE_LINK_INVALID: 'Ask whoever sent the link for a new one.',
  REROUTE_LINK_USED: 'The page Reroutes shows what was decided.',
  REROUTE_PLAN_DECIDED: 'The page Reroutes shows what was decided.',
  REROUTE_PLAN_EXPIRED: 'The page Reroutes shows what is proposed now.',
}

/** An error in words, whatever was thrown. */
export function wordsOf(error: unknown): ErrorWords {
  if (!(error instanceof ApiError)) {
    const what = error instanceof Error ? sentence(error.message) : 'Something unexpected happened'
    return { what, meaning: 'Your data is not affected.', advice: 'Reload the page.' }
  }
  const { problem, isWrite } = error
  const isUnknown = isWrite && (problem.status === 0 || problem.status >= 500)
  const meaning = isUnknown
    ? 'It is not known whether the change was made.'
    : isWrite
      ? 'Nothing was changed.'
      : 'Your data is not affected; what is on screen may be older.'
  const advice =
    advicesByCode[problem.code] ??
    advices[problem.status] ??
    'Try again; if it stays, look at the log of Detour.'
  return { what: sentence(detailOf(problem)), meaning, advice }
}

/** What happened; a refusal of the core says it by a reason code. */
function detailOf({ code, detail, details }: Problem): string {
  const reason = details?.reason
  if (code !== 'CORE_REFUSED' || typeof reason !== 'string') return detail
  const { kind, id, by } = details as { kind?: unknown; id?: unknown; by?: { list?: string; id?: string } }
  if (typeof kind !== 'string' || typeof id !== 'string')
    return `That cannot be done now: ${reasonWord(reason)}`
  const where = by?.id === undefined ? '' : `, by ${by.id}`
  return `That cannot be done now: ${reasonWord(reason)} (${id}${where})`
}

function sentence(text: string): string {
  const trimmed = text.trim()
  return trimmed === ''
    ? 'The request failed'
    : trimmed[0]?.toUpperCase() + trimmed.slice(1).replace(/\.$/, '')
}
