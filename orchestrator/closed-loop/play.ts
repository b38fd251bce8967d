// Plays a scenario by one policy: a quarter of an hour after the other, the same orders, faults and luck for all. What
// happens is decided by the world and by what the core holds; the policy only changes the latter.

import type { Effects, SimulatedClock } from '#data/kernel'
import { MemoryLog } from '#data/log'
import { continueAsTold } from '#data/world'
import { type Core, openCore } from '#orchestrator/core'
import { advance } from '#orchestrator/flows'
import { type Floor, Steps } from '#orchestrator/live'
import { Worlds } from '#orchestrator/sourcing'
import { provider, type Scenario } from './draw.ts'
import { type Ends, endsOf } from './ends.ts'
import { Oracle } from './oracle.ts'
import type { Base, Prepared } from './prepare.ts'
import { stillEffects } from './stage.ts'

/** Who decides what is moved. */
export const policies = ['none', 'detour', 'oracle'] as const
export type Policy = (typeof policies)[number]

/** What came of a policy. */
export interface Played extends Ends {
  policy: Policy
}

/** Told how far it is. @param share 0 to 1 */
export type OnShare = (share: number) => void

const market = 'main'
const stepMs = 900_000
/** The loop turns so long after the hour, ms: an hour counts as complete once something happened after it. */
const afterHourMs = 300_000
const stepsPerHour = 4

/** What a play runs on. */
interface Course {
  scenario: Scenario
  clock: SimulatedClock
  core: Core
  advance(orderId: string): Promise<void>
  beforeWork?(floor: Floor, at: number): Promise<void>
  /** Called each time the loop turns. */
  turn?(): Promise<void>
}

/** Nothing is moved, or all that an oracle moves; neither detects anything. */
export async function playWithout(
  policy: 'none' | 'oracle',
  { scenario, log, history }: Base,
  real: Effects,
  onShare: OnShare,
): Promise<Played> {
  const effects = stillEffects(scenario.seed, scenario.world.end, real)
  const { clock } = effects
  const copy = new MemoryLog(clock, log)
  const core = await openCore(copy, market, effects)
  const worlds = new Worlds()
  worlds.history = history
  const flow = { core, worlds, now: () => clock.now() }
  try {
    const world = worldOf(scenario)
    const oracle = policy === 'none' ? null : new Oracle(world, core, scenario)
    await run(
      {
        ...{ scenario, clock, core },
        advance: (orderId) => advance(orderId, flow),
        ...(oracle === null ? {} : { beforeWork: (floor, at) => oracle.look(floor, at) }),
      },
      real,
      onShare,
    )
    return { policy, ...endsOf(scenario, core, copy) }
  } finally {
    await core.close()
  }
}

/** The product as it is: it looks every hour, and moves what it decides to. */
export async function playDetour(
  { base, engine, stage }: Pick<Prepared, 'base' | 'engine' | 'stage'>,
  real: Effects,
  onShare: OnShare,
): Promise<Played> {
  const { scenario } = base
  const { clock, log } = stage
  const { core } = engine
  const turn = async () => {
    await engine.cycle()
    await engine.settled()
  }
  const course = { scenario, clock, core, turn, advance: (orderId: string) => engine.advance(orderId) }
  await run(course, real, onShare)
  return { policy: 'detour', ...endsOf(scenario, core, log) }
}

/** The world of a scenario after its history. */
export function worldOf({ world, faults }: Scenario) {
  return continueAsTold(
    world,
    faults.map(({ strain }) => strain),
  )
}

async function run(
  { scenario, clock, core, turn, ...does }: Course,
  { logger }: Pick<Effects, 'logger'>,
  onShare: OnShare,
): Promise<void> {
  const { end: start } = scenario.world
  const end = endOf(scenario)
  const steps = new Steps(worldOf(scenario), start, { market, core, provider, logger, ...does })
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
export function endOf({ world, days }: Scenario): number {
  return world.end + days * 86_400_000
}
