// Tells of incidents while a market runs: looks what is due after each change and every few seconds, and writes each
// notice to the log once. Sending is the matter of webhooks, which read the log.

import type { Effects } from '#data/kernel'
import type { Core } from '#orchestrator/core'
import { dueNotices } from './due.ts'
import { tendIncidents } from './tend.ts'

/** What alerting works with. */
export interface AlertingOptions {
  core: Core
  effects: Pick<Effects, 'clock' | 'logger'>
  /** The time of the market, epoch ms. */
  now(): number
  /** Ids of the webhooks that can be told of incidents now. */
  receivers(): Promise<readonly string[]>
  /** How often it looks without a change, ms of the wall [5,000]. */
  everyMs?: number
}

/** Alerting that runs. */
export interface Alerting {
  /** Looks now, after a look that is under way. @returns notices given */
  sweep(): Promise<number>
  close(): Promise<void>
}

/** How long changes are gathered, ms of the wall. */
const gatherMs = 50
const defaultEveryMs = 5_000
/** Rounds of one look: what a notice says may make another one due. */
const roundsMost = 20

/** Starts to tell of incidents of the core's market. */
export function openAlerting(options: AlertingOptions): Alerting {
  const { core, effects, everyMs = defaultEveryMs } = options
  let last: Promise<unknown> = Promise.resolve()
  let isClosed = false
  let dueAt = Number.POSITIVE_INFINITY
  let cancel: () => void = () => undefined
  const sweep = () => {
    const turn = last.then(() => (isClosed ? 0 : giveNotices(options)))
    last = turn.catch(() => undefined)
    return turn
  }
  const wake = (afterMs: number) => {
    const at = effects.clock.now() + afterMs
    if (isClosed || at >= dueAt) return
    cancel()
    dueAt = at
    cancel = effects.clock.after(afterMs, () => {
      dueAt = Number.POSITIVE_INFINITY
      sweep()
        .catch((error: unknown) =>
          effects.logger.warn({ err: error }, 'looking for notices failed, trying again'),
        )
        .finally(() => {
          if (isPending(core)) wake(everyMs)
        })
    })
  }
  const stop = core.onChange(({ kind }) => {
    if (kind === 'incident' || kind === 'policy' || kind === 'clock') wake(gatherMs)
  })
  wake(gatherMs)
  return {
    sweep,
    close: async () => {
      isClosed = true
      stop()
      cancel()
      await last
    },
  }
}

/** Whether time alone can make something due. */
function isPending(core: Core): boolean {
  const { openIncidents, alerting } = core.state()
  return openIncidents.size > 0 || alerting.groups.size > 0
}

/**
 * Gives every notice that is due now, each once: one that another writer gave meanwhile is not given again.
 * @returns notices given
 * @throws LOG_UNAVAILABLE, LOG_FENCED
 */
export async function giveNotices({ core, now, receivers }: AlertingOptions): Promise<number> {
  await tendIncidents(core, now(), false)
  if (!isPending(core)) return 0
  const there = await receivers()
  let given = 0
  for (let round = 0; round < roundsMost; round++) {
    const at = now()
    const due = dueNotices({ state: core.state(), receivers: there, now: at })
    if (due.length === 0) break
    for (const draft of due) {
      const { notices: after } = core.state().alerting
      const notice = { ...draft, noticeId: `notice-${core.market}-${after + 1}` }
      const { status } = await core.execute('GiveNotice', { notice, after }, { at })
      if (status === 'refused') return given
      given++
    }
  }
  return given
}
