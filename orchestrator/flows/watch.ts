// Takes runs of flows further when something happens to their orders, and when a time that they wait for has come.
// What it misses the next turn of the loop finds.

import { type Effects, reasonOf } from '#data/kernel'
import { type Core, orderRunId } from '#orchestrator/core'
import type { FlowRuntime } from './runtime.ts'

/** How often times are looked at, real ms: the clock of the market may be set, paused or go faster. */
const lookMs = 1_000
/** Runs that are looked at for their times; of more the loop takes care. */
const lookedMost = 5_000

/** The running watch. */
export interface FlowWatch {
  stop(): void
}

/** Watches while the core is open; it costs nothing where no run is under way. */
export function watchFlows(
  core: Core,
  runtime: FlowRuntime,
  { clock, logger }: Pick<Effects, 'clock' | 'logger'>,
  now: () => number,
): FlowWatch {
  let cancel: (() => void) | null = null
  let isStopped = false
  const go = (runId: string) => {
    runtime.advance(runId).catch((error: unknown) => {
      logger.warn({ runId, reason: reasonOf(error) }, 'a run of a flow stopped; it is tried again')
    })
  }
  const look = (): void => {
    cancel = null
    const at = now()
    let left = lookedMost
    for (const { runId, tokens } of core.state().flows.runs.values()) {
      if (left-- <= 0) break
      if (tokens.some(({ dueAt }) => dueAt !== null && dueAt <= at)) go(runId)
    }
    wait()
  }
  const wait = (): void => {
    if (isStopped || cancel !== null || core.state().flows.runs.size === 0) return
    cancel = clock.after(lookMs, look)
  }
  const unlisten = core.onChange(({ kind, ids }) => {
    const { flows, orders } = core.state()
    if (isStopped || flows.runs.size === 0) return
    wait()
    if (kind !== 'order') return
    for (const orderId of ids) {
      const flow = orders.get(orderId)?.flow
      // Later, so that whoever asked has the answer first.
      if (flow?.state === 'running') clock.after(0, () => go(orderRunId(orderId, flow.run)))
    }
  })
  wait()
  return {
    stop: () => {
      isStopped = true
      unlisten()
      cancel?.()
      cancel = null
    },
  }
}
