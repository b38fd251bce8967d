// What stands before the first instant of a simulation: a history loaded as any other provider's files, its open work
// taken over, the models taught once. Every policy begins from the same.

import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Effects } from '#data/kernel'
import type { LogContent } from '#data/log'
import { generateWorld, networkDocumentOf } from '#data/world'
import { ingest } from '#ingest'
import { type Engine, openEngine } from '#orchestrator/engine'
import type { History } from '#orchestrator/sourcing'
import { run } from './course.ts'
import { provider, type Scenario } from './draw.ts'
import { openStage, type Stage } from './stage.ts'

/** Where every policy begins. */
export interface Base {
  scenario: Scenario
  log: LogContent
  history: History
}

/** A base with the running product on it. */
export interface Prepared {
  base: Base
  stage: Stage
  engine: Engine
  close(): Promise<void>
}

/**
 * A simulation lasts as long as its cycles: what only people read is left out, and what no step of work shows is looked
 * at when the day is over; lateness is foreseen anew twice a day, for each time goes through all history.
 */
const engineOptions = {
  ...{ trains: false, keepsTrail: false, wholeEveryMs: 86_400_000 },
  lateEveryMs: 12 * 3_600_000,
}
/** Models that have a say in what is noticed and where work goes. */
const taught = ['late', 'forecast'] as const

/**
 * Prepares a scenario.
 * @param options teaches: whether models are taught; what does not detect needs none
 */
export async function prepare(
  scenario: Scenario,
  real: Effects,
  { teaches }: { teaches: boolean },
  onStep: (step: string) => void,
): Promise<Prepared> {
  const { world, seed } = scenario
  const stage = await openStage(seed, world.end, real)
  const { workspace, clock } = stage
  let engine: Engine | null = null
  try {
    onStep('making the history')
    const folder = join(workspace.paths.temporary, 'world')
    await generateWorld(folder, world)
    await ingest({ provider: 'detour', paths: [folder], as: provider }, workspace)
    await rm(folder, { recursive: true, force: true })
    onStep('taking over what is under way')
    engine = await openEngine(workspace, engineOptions)
    await engine.cycle()
    await addNetwork(engine, scenario)
    await setLimits(engine, scenario)
    await engine.setClock({ mode: 'wall' })
    engine = await warmedUp(engine, scenario, stage, real, onStep)
    for (const model of teaches ? taught : []) {
      onStep(`teaching the model of ${model}`)
      await engine.learning.train(model).ended
    }
    await engine.cycle()
    await engine.settled()
    const opened = engine
    const close = async () => {
      await opened.close()
      await stage.close()
    }
    const base = { scenario, log: stage.log.content(), history: engine.worlds.history }
    return { base, stage, engine, close }
  } catch (error) {
    await engine?.close()
    await stage.close()
    throw error
  } finally {
    await clock.advance(0)
  }
}

/**
 * The days between history and start, as the product sources them, with nothing wrong. Nothing is looked at meanwhile;
 * then the product starts anew, with tables and history as they are now.
 */
async function warmedUp(
  engine: Engine,
  scenario: Scenario,
  { clock, workspace }: Stage,
  real: Effects,
  onStep: (step: string) => void,
): Promise<Engine> {
  const { world, start } = scenario
  if (start <= world.end) return engine
  onStep('warming up')
  const span = { from: world.end, to: start }
  const advance = (orderId: string) => engine.advance(orderId)
  await run({ scenario, clock, core: engine.core, ...span, advance }, real, () => undefined)
  await engine.close()
  const again = await openEngine(workspace, engineOptions)
  await again.cycle()
  return again
}

/** Limits of reroutes as the scenario has them. */
async function setLimits({ core }: Engine, { world, limits }: Scenario): Promise<void> {
  if (Object.keys(limits).length === 0) return
  const data = { policy: { ...core.state().policy, ...limits }, by: 'simulation' }
  await core.execute('SetPolicy', data, { at: world.end, commandId: 'simulate/limits' })
}

/** How goods travel, as the shop knows it. */
async function addNetwork({ core }: Engine, { world }: Scenario): Promise<void> {
  const document = networkDocumentOf(world, (externalId) => `${provider}:${externalId}`)
  const put = { ...document, nodes: document.nodes.filter(({ nodeId }) => core.state().nodes.has(nodeId)) }
  const change = { put }
  await core.execute(
    'ChangeNetwork',
    { change, by: 'simulation' },
    { at: world.end, commandId: 'simulate/network' },
  )
}
