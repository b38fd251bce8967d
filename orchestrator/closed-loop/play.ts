// Plays the scored days of a scenario by one policy: the same orders, faults and luck for all. The policy only changes
// what the core holds.

import type { Effects } from '#data/kernel'
import { MemoryLog } from '#data/log'
import { coreStream, openCore } from '#orchestrator/core'
import { advance } from '#orchestrator/flows'
import { Worlds } from '#orchestrator/sourcing'
import { AsSourced, type Sourcings, sourcingsOf } from './as-sourced.ts'
import { endOf, market, type OnShare, run } from './course.ts'
import { type Ends, endsOf } from './ends.ts'
import { Oracle } from './oracle.ts'
import type { Base, Prepared } from './prepare.ts'
import { seesAll, seesAsTheyShow } from './sight.ts'
import { stillEffects } from './stage.ts'

/** Who decides what is moved: nobody, Detour, one who knows all faults, or one who knows each once it can be known. */
export const policies = ['none', 'detour', 'oracle', 'observer'] as const
export type Policy = (typeof policies)[number]

/** What came of a policy; unmoved: of orders that were sourced as in another play, and not moved. */
export interface Played extends Ends {
  policy: Policy | 'unmoved'
}

/** Where a policy without detection begins. */
export interface Beginning extends Base {
  /** What orders are sourced by where nothing is moved that another play moved. */
  sourcings?: Sourcings
}

/** Nothing is moved, or all that an oracle or observer moves; none of them detects anything. */
export async function playWithout(
  policy: Exclude<Played['policy'], 'detour'>,
  { scenario, log, history, sourcings }: Beginning,
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
  const given = sourcings === undefined ? null : new AsSourced(sourcings)
  const take = async (orderId: string) => {
    await given?.place(orderId, core, clock.now())
    await advance(orderId, flow)
  }
  try {
    const sees = { oracle: seesAll, observer: seesAsTheyShow }
    const knows = policy === 'oracle' || policy === 'observer' ? sees[policy](scenario) : null
    const oracle = knows === null ? null : new Oracle(knows, core, scenario)
    await run(
      {
        ...{ scenario, clock, core, from: scenario.start, to: endOf(scenario) },
        advance: take,
        // As the product's loop does each hour: what has just come is taken further at once.
        turn: async () => {
          for (const orderId of [...core.state().waiting]) await take(orderId)
        },
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

/** What came of the product, and what its orders were sourced by. */
export interface DetourPlayed extends Played {
  sourcings: Sourcings
}

/** The product as it is: it looks every hour, and moves what it decides to. */
export async function playDetour(
  { base, engine, stage }: Pick<Prepared, 'base' | 'engine' | 'stage'>,
  real: Effects,
  onShare: OnShare,
): Promise<DetourPlayed> {
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
  const before = base.log.get(coreStream(market))?.length ?? 0
  return { policy: 'detour', ...endsOf(scenario, core, log), sourcings: sourcingsOf(log, market, before) }
}
