// Asks an action once: what is asked and what came of it is written in the log, under a key that stays the same, so
// that after a crash it is neither forgotten nor asked under another key.

import type { Effects } from '#data/kernel'
import { reasonOf } from '#data/kernel'
import type { Core } from '#orchestrator/core'
import type { ActionAnswer, ActionRequest, ProviderAction } from './action.ts'
import { type Lanes, NotAsked } from './lanes.ts'

/** Where actions are performed. */
export interface PerformContext {
  core: Core
  clock: Pick<Effects['clock'], 'after'>
  outside: { lanes: Lanes }
  /** Epoch ms of the market. */
  now(): number
}

/** An action, and how it is asked. */
export interface Performance {
  request: ActionRequest
  /** Where it goes, for people: without what may be secret; null = to the receivers of webhooks. */
  target: string | null
  /** Longest time of the try, ms. */
  timeoutMs: number
  /** Whether a failure is the last one, so that it is noted as the end. */
  isLastTry: boolean
  /** Whether an earlier try may have been heard; absent = where it was cut off by a crash. */
  mayBeHeard?: boolean
  /** Where it waits for its turn; null = nothing leaves this process by it. */
  lane: string | null
  /** Whether it is still to be asked once its turn has come. */
  isWanted?(): boolean
  /** Number of the try, from 1, where tries are told apart. */
  attempt?: number
  run(signal: AbortSignal): Promise<ActionAnswer>
}

/**
 * What came of it, also where that was known from before a crash.
 * @throws LOG_UNAVAILABLE, LOG_FENCED, and NotAsked
 */
export async function perform(asked: Performance, context: PerformContext): Promise<ActionAnswer> {
  const { lane, request } = asked
  if (lane === null) return ask(asked, context)
  const known = await context.core.recall(`${request.key}/end`)
  const told = known?.answer.details
  if (told === undefined) return context.outside.lanes.inside(lane, () => ask(asked, context))
  const { isDone, reason, said, isUnknown } = told as unknown as ActionAnswer
  const words = said === undefined || said === '' ? {} : { said }
  return { isDone, reason, isFinal: true, ...words, ...(isUnknown === true ? { isUnknown } : {}) }
}

async function ask(asked: Performance, { core, clock, now }: PerformContext): Promise<ActionAnswer> {
  if (asked.isWanted?.() === false) throw new NotAsked()
  const { request, target } = asked
  const { key, action, runId, orderId, tileId, data } = request
  const about = { key, action, runId, orderId, tileId, target, data }
  const commandId = askId(key, asked.attempt)
  // Noted before, it was cut off by a crash; what was written first counts.
  const wasNoted = (await core.recall(commandId)) !== null
  if (!wasNoted) await core.execute('RequestAction', about, { at: now(), commandId })
  const answer = afterOthers(await inTime(asked, clock), asked, asked.mayBeHeard ?? wasNoted)
  const isEnd = answer.isDone || answer.isFinal === true || asked.isLastTry
  if (isEnd) {
    const { isDone, reason, said, isUnknown } = answer
    const more = { ...(said === undefined ? {} : { said }), ...(isUnknown === true ? { isUnknown } : {}) }
    const end = { key, runId, orderId, action, isDone, reason, ...more }
    // Asked again after a crash it may end otherwise; what was written first counts.
    if ((await core.recall(`${key}/end`)) === null)
      await core.execute('EndAction', end, { at: now(), commandId: `${key}/end` })
  }
  return answer
}

/** Id of the command that notes a try, before it goes out. */
export function askId(key: string, attempt?: number): string {
  return attempt === undefined ? `${key}/ask` : `${key}/ask/${attempt}`
}

/**
 * An answer in the light of the tries before it: a no leaves open what came of one that may have been heard, and a key
 * that is in use by one is asked again.
 */
function afterOthers(answer: ActionAnswer, { attempt = 1 }: Performance, mayBeHeard: boolean): ActionAnswer {
  const isBusy = answer.isInUse === true && (mayBeHeard || attempt > 1)
  if (answer.isDone || !(mayBeHeard || isBusy)) return answer
  return { ...answer, isUnknown: true, ...(isBusy ? { isFinal: false } : {}) }
}

async function inTime(
  { run, timeoutMs }: Performance,
  clock: PerformContext['clock'],
): Promise<ActionAnswer> {
  const controller = new AbortController()
  const late = new Error(`it took longer than ${timeoutMs / 1_000} s`)
  let stop: () => void = () => undefined
  const over = new Promise<ActionAnswer>((resolve) => {
    stop = clock.after(timeoutMs, () => {
      controller.abort(late)
      resolve({ isDone: false, reason: late.message, isUnknown: true })
    })
  })
  const work = run(controller.signal).catch(
    (error: unknown): ActionAnswer => ({ isDone: false, reason: reasonOf(error), isUnknown: true }),
  )
  try {
    return await Promise.race([work, over])
  } finally {
    stop()
  }
}

/** An action of the list as it is performed. */
export function asPerformed(
  action: ProviderAction,
  request: ActionRequest,
): Pick<Performance, 'lane' | 'run'> {
  const lane = action.isLocal === true ? null : (originOf(request.url) ?? action.name)
  return { lane, run: (signal) => action.run(request, signal) }
}

/** What an address has in common with others of the same receiver; null = it is none. */
export function originOf(url: string | null): string | null {
  return url === null ? null : (URL.parse(url)?.origin ?? null)
}
