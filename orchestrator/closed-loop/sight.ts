// What one who knows faults sees of a world: all of them from the start, or each from when anybody can know of it. It
// moves nothing.

import { type Continuation, continueAsTold } from '#data/world'
import { worldOf } from './course.ts'
import type { Scenario } from './draw.ts'
import type { ScenarioFault } from './scenario.ts'
import { knownIn } from './shows.ts'

/** The world with the faults that are known, and those. */
export interface Sight {
  world: Continuation
  faults: readonly ScenarioFault[]
}

/** Sees every fault, also those to come. */
export function seesAll(scenario: Scenario): (at: number) => Sight {
  const sight = { world: worldOf(scenario), faults: scenario.faults }
  return () => sight
}

/** Sees a fault from when it can be known, epoch ms; from then on also how long it will last. */
export function seesAsTheyShow(scenario: Scenario): (at: number) => Sight {
  const knownAt = knownIn(scenario.world)
  const known = scenario.faults.map((fault) => ({ fault, from: knownAt(fault) }))
  let sight: Sight | null = null
  return (at) => {
    const faults = known.filter(({ from }) => at >= from).map(({ fault }) => fault)
    if (sight === null || faults.length !== sight.faults.length) {
      const strains = faults.map(({ strain }) => strain)
      sight = { world: continueAsTold(scenario.world, strains), faults }
    }
    return sight
  }
}
