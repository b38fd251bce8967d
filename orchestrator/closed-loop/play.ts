// Plays the scored days of a scenario by one policy: the same orders, faults and luck for all. The policy only changes
// what the core holds.

import type { Effects } from '#data/kernel'
import { MemoryLog } from '#data/log'
import { openCore } from '#orchestrator/core'
import { advance } from '#orchestrator/flows'
import { Worlds } from '#orchestrator/sourcing'
import { endOf, market, type OnShare, run } from './course.ts'
import { type Ends, endsOf } from './ends.ts'
import { Oracle } from './oracle.ts'
import type { Base, Prepared } from './prepare.ts'
import { seesAll, seesAsTheyShow } from './sight.ts'
import { stillEffects } from './stage.ts'

/** Who decides what is moved: nobody, Detour, one who knows all faults, or one who knows each once it can be known. */
export const policies = ['none', 'detour', 'oracle', 'observer'] as const
export type Policy = (typeof policies)[number]

/** What came of a policy. */
export interface Played extends Ends {
  policy: Policy
}

/** Nothing is moved, or all that an oracle or observer moves; none of them detects anything. */
export async function playWithout(
  policy: Exclude<Policy, 'detour'>,
  { scenario, log, history }: Base,
  real: Effects,
  onShare: OnShare,
): Promise<Played> {
  const effects = stillEffects(scenario.seed, scenario.start, real)
  const { clock } = effects
  const copy = new MemoryLog(clock, log)
  const core = await openCore(copy, market, effects)
  const worlds = new Worlds()
  worlds.history = history
  worlds.reacts = false
  const flow = { core, worlds, now: () => clock.now() }
  try {
    const sees = { oracle: seesAll, observer: seesAsTheyShow }
    const oracle = policy === 'none' ? null : new Oracle(sees[policy](scenario), core, scenario)
    await run(
      {
        ...{ scenario, clock, core, from: scenario.start, to: endOf(scenario) },
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
  const span = { from: scenario.start, to: endOf(scenario) }
  const course = {
    scenario,
    clock,
    core,
    turn,
    ...span,
    advance: (orderId: string) => engine.advance(orderId),
  }
  await run(course, real, onShare)
  return { policy: 'detour', ...endsOf(scenario, core, log) }
}
