// Plays a span of a scenario, a quarter of an hour after the other. What happens is decided by the world and by what
// the core holds; it decides nothing itself.

import type { Effects, SimulatedClock } from '#data/kernel'
import { continueAsTold } from '#data/world'
import type { Core } from '#orchestrator/core'
import { type Floor, Steps } from '#orchestrator/live'
import { provider, type Scenario } from './draw.ts'

/** Told how far it is. @param share 0 to 1 */
export type OnShare = (share: number) => void

/** The market that is played in. */
export const market = 'main'
const stepMs = 900_000
/** The loop turns so long after the hour, ms, as it does where turns follow what happens. */
const afterHourMs = 10_000
const stepsPerHour = 4

/** What a play runs on. */
export interface Course {
  scenario: Scenario
  /** Epoch ms. */
  from: number
  to: number
  clock: SimulatedClock
  core: Core
  advance(orderId: string): Promise<void>
  beforeWork?(floor: Floor, at: number): Promise<void>
  /** Called each time the loop turns. */
  turn?(): Promise<void>
}

/** The world of a scenario after its history. */
export function worldOf({ world, faults }: Scenario) {
  return continueAsTold(
    world,
    faults.map(({ strain }) => strain),
  )
}

/** A span of the scenario, a quarter of an hour after the other. */
export async function run(
  { scenario, clock, core, from: start, to: end, turn, ...does }: Course,
  { logger }: Pick<Effects, 'logger'>,
  onShare: OnShare,
): Promise<void> {
  const steps = new Steps(worldOf(scenario), start, {
    market,
    core,
    provider,
    logger,
    sendsAsPlanned: true,
    ...does,
  })
  try {
    let from = start
    for (let n = 0; from < end; n++) {
      const next = Math.min(end, start + afterHourMs + n * stepMs)
      await clock.advance(next - clock.now())
      await steps.step(from, next)
      from = next
      if (n % (stepsPerHour * scenario.cycleHours) !== 0) continue
      await turn?.()
      onShare((next - start) / (end - start))
    }
  } finally {
    steps.close()
  }
}

/** The last instant of a simulation, epoch ms. */
export function endOf({ start, days }: Pick<Scenario, 'start' | 'days'>): number {
  return start + days * 86_400_000
}
