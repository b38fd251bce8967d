// One seed: its scenario prepared, played by every policy that is wanted, and judged. Policies without detection are
// played in a thread of their own beside the product; what Detour moved is then played once more as if it had stayed.

import type { Effects } from '#data/kernel'
import { scenarioOf } from './draw.ts'
import { judge, type SeedReport } from './judge.ts'
import { type Beginning, type Played, type Policy, playDetour, playWithout, policies } from './play.ts'
import { prepare } from './prepare.ts'
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
    const others = wanted.filter((each) => each !== 'detour')
    const isBeside = request.isSideBySide !== false
    const play = (names: readonly Other[], from: Beginning) =>
      isBeside ? playBeside(names, from, real) : playHere(names, from, real, onStep)
    const beside = isBeside ? play(others, base) : null
    // A failure there is told once it is waited for.
    beside?.catch(() => undefined)
    const played: Played[] = []
    if (wanted.includes('detour')) {
      const { sourcings, ...detour } = await playDetour(prepared, real, (share) =>
        onStep('playing detour', share),
      )
      played.push(detour)
      if (detour.orders.some(({ firstMove }) => firstMove !== null)) {
        onStep('playing what was moved as if it had stayed', 0)
        played.push(...(await play(['unmoved'], { ...base, sourcings })))
      }
    }
    played.push(...((await beside) ?? (await play(others, base))))
    return judge(scenario, played)
  } finally {
    await prepared.close()
  }
}

type Other = Exclude<Played['policy'], 'detour'>

/** The same in this thread. */
async function playHere(names: readonly Other[], from: Beginning, real: Effects, onStep: OnStep) {
  const played: Played[] = []
  for (const name of names) {
    played.push(await playWithout(name, from, real, (share) => onStep(`playing ${name}`, share)))
  }
  return played
}
