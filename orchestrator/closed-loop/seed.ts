// One seed: its scenario prepared, played by every policy that is wanted, and judged. Policies without detection are
// played in a thread of their own beside the product.

import type { Effects } from '#data/kernel'
import { scenarioOf } from './draw.ts'
import { judge, type SeedReport } from './judge.ts'
import { type Played, type Policy, playDetour, playWithout, policies } from './play.ts'
import { type Base, prepare } from './prepare.ts'
import type { ScenarioFile } from './scenario.ts'
import { playBeside } from './threads.ts'

/** What is simulated. */
export interface SimulationRequest {
  seed: string
  days: number
  file?: ScenarioFile
  /** Default none, Detour and the oracle. */
  policy?: Policy
  /** Whether the observer plays beside them; default false. */
  observes?: boolean
  /** Whether models learn from the history first; default true. */
  teaches?: boolean
  /** Whether other policies are played in a thread beside; default true. */
  isSideBySide?: boolean
}

/** How far it is. @param share 0 to 1 of the step */
export type OnStep = (step: string, share: number) => void

/**
 * What comes of a seed.
 * @throws SCENARIO_INVALID where the scenario names what its world does not have
 */
export async function simulateSeed(
  request: SimulationRequest,
  real: Effects,
  onStep: OnStep,
): Promise<SeedReport> {
  const { seed, days, file, policy, observes = false, teaches = true } = request
  const scenario = scenarioOf(seed, days, file)
  const all = policies.filter((each) => observes || each !== 'observer')
  const wanted: readonly Policy[] = policy === undefined ? all : [policy]
  const learns = teaches && wanted.includes('detour')
  const prepared = await prepare(scenario, real, { teaches: learns }, (step) => onStep(step, 0))
  try {
    const { base } = prepared
    const others = wanted.filter((each): each is Other => each !== 'detour')
    const beside = request.isSideBySide === false ? null : startBeside(others, base, real)
    const played: Played[] = []
    if (wanted.includes('detour')) {
      played.push(await playDetour(prepared, real, (share) => onStep('playing detour', share)))
    }
    for (const other of beside === null ? others : []) {
      played.push(await playWithout(other, base, real, (share) => onStep(`playing ${other}`, share)))
    }
    if (beside !== null) played.push(...(await beside))
    return judge(scenario, played)
  } finally {
    await prepared.close()
  }
}

type Other = Exclude<Policy, 'detour'>

/** A failure there is told once it is waited for. */
function startBeside(others: readonly Other[], base: Base, real: Effects): Promise<Played[]> {
  const playing = playBeside(others, base, real)
  playing.catch(() => undefined)
  return playing
}
