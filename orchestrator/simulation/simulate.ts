// One simulation of the core from its seed, or from a script of one. It prints nothing.

import { createHash } from 'node:crypto'
import { coreStream } from '#orchestrator/core'
import { Director } from './director.ts'
import type { Judge } from './judge.ts'
import type { Breach } from './promises.ts'
import type { Script } from './script.ts'
import { fatesOf, type Parts, realParts, System } from './system.ts'

/** What came of a simulation. */
export interface Outcome {
  seed: string
  breaches: readonly Breach[]
  counts: Judge['counts']
  /** ms of simulated time. */
  elapsed: number
  /** Instants at which something happened; everything was checked after each. */
  ticks: number
  /** SHA-256 over the events of the log as it was left: the same seed gives the same. */
  history: string
  script: Script
}

/** How a simulation goes. */
export interface SimulationOptions {
  /** Commands wished for before the failures end. Default 300; without limit where `ticks` is given. */
  wishes?: number
  /** Instants after which the failures end. Default as many as the wishes take. */
  ticks?: number
  /** Parts that take the place of the product's. */
  parts?: Parts
}

/** What comes of a seed. */
export async function simulateCore(seed: string, options: SimulationOptions = {}): Promise<Outcome> {
  const { ticks = Number.POSITIVE_INFINITY, parts = realParts } = options
  const wishes = options.wishes ?? (options.ticks === undefined ? 300 : Number.POSITIVE_INFINITY)
  let system: System | null = null
  const director = new Director(seed, () => system as System)
  system = new System(seed, parts, (_, kind) => director.fate(kind))
  director.begin(wishes)
  return run(system, (done) => {
    if (done === ticks) director.calm()
  })
}

/** What comes of a script: of a whole one, the same as of its seed. */
export async function playScript(script: Script, parts: Parts = realParts): Promise<Outcome> {
  const system = new System(script.seed, parts, fatesOf(script))
  for (const { at, ...act } of script.steps) system.clock.after(at, () => system.perform(act))
  return run(system, () => {})
}

async function run(system: System, onTick: (done: number) => void): Promise<Outcome> {
  const { judge, script } = system
  let ticks = 0
  while (judge.breaches.length === 0 && (await system.tick())) onTick(++ticks)
  if (judge.breaches.length === 0) judge.finish(system.newest)
  const { elapsed } = system
  const { breaches, counts } = judge
  return { seed: script.seed, breaches, counts, elapsed, ticks, history: historyOf(system), script }
}

function historyOf({ store }: System): string {
  const hash = createHash('sha256')
  for (const event of store.read(coreStream('main'), 0, Number.MAX_SAFE_INTEGER)) {
    hash.update(JSON.stringify(event))
  }
  return hash.digest('hex')
}
