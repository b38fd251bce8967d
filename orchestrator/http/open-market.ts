// What runs for a market at the process that writes it: engine, webhooks, schedule, and the application that answers
// for it. It opens them in order and closes them in the opposite one.

import { schedule } from 'node-cron'
import { type Effects, reasonOf } from '#data/kernel'
import type { Vault } from '#data/vault'
import { openAlerting } from '#orchestrator/alerting'
import { type MarketFinder, sweepTransfers } from '#orchestrator/cluster'
import type { CoreOptions } from '#orchestrator/core'
import { type Engine, openEngine, type Shared } from '#orchestrator/engine'
import { planLinks } from '#orchestrator/reroute'
import { coreAlarm, openWebhooks, type Webhooks } from '#orchestrator/webhooks'
import type { Workspace } from '#orchestrator/workspace'
import { alertReceivers } from './alert-receivers.ts'
import { createApp } from './app.ts'
import type { App, BaseParts } from './parts.ts'

/** A market that runs here. */
export interface OpenMarket {
  market: string
  core: Engine['core']
  engine: Engine
  webhooks: Webhooks
  app: App
  close(): Promise<void>
}

/** Which market is opened, and on what. */
export interface MarketGround {
  market: string
  isDefault: boolean
  /** Where other processes may write it. */
  core: CoreOptions
  shared: Shared
  workspace: Workspace
  /** Base address of the process. */
  url: string
}

/** Starts what accompanies a market that runs; what it gives ends that. */
export type Attend = (running: {
  engine: Engine
  webhooks: Webhooks
  url: string
}) => Promise<() => Promise<void> | void>

/**
 * Takes the market's stream and opens everything that runs for it.
 * @throws LOG_FENCED, LOG_UNAVAILABLE and whatever else opening throws; nothing stays open then
 */
export async function openMarket(
  { market, isDefault, core, shared, workspace, url }: MarketGround,
  parts: BaseParts & { vault: Vault; findMarket: MarketFinder },
  attend?: Attend,
): Promise<OpenMarket> {
  const { effects, log } = workspace
  const steps: (() => unknown)[] = []
  const close = async () => {
    for (let step = steps.pop(); step !== undefined; step = steps.pop()) {
      try {
        await step()
      } catch (error) {
        effects.logger.warn({ err: error, market }, 'closing a part failed')
      }
    }
  }
  try {
    const engine = await openEngine(workspace, { market, shared, core })
    steps.push(() => engine.close())
    engine.worlds.prepare(engine.core.state(), engine.now())
    const { vault, peers = null } = parts
    const alarm = coreAlarm(engine.core, () => engine.now())
    const webhooks = await openWebhooks({
      ...{ log, effects, core: engine.core, vault, takesOver: peers !== null },
      ...{ ownUrl: url, alarm, linksOf: planLinks(engine.core, vault) },
    })
    steps.push(() => webhooks.close())
    const receivers = () => alertReceivers(webhooks)
    const alerting = openAlerting({ core: engine.core, effects, now: () => engine.now(), receivers })
    steps.push(() => alerting.close())
    const basePath = isDefault ? '/api/v1' : `/api/v1/markets/${market}`
    const app = await createApp({ ...parts, engine, webhooks, basePath })
    steps.push(() => app.close())
    await app.ready()
    steps.push(sweepTransfers(engine, parts.findMarket, effects))
    const task = schedule(effects.config.cycleCron, () => engine.cycleSoon(), { logger: cronLogger(effects) })
    steps.push(() => task.destroy())
    const leave = await attend?.({ engine, webhooks, url })
    if (leave !== undefined) steps.push(leave)
    engine.cycleSoon()
    return { market, core: engine.core, engine, webhooks, app, close }
  } catch (error) {
    await close()
    throw error
  }
}

/** The scheduler's words go to our log: it would write to standard output. */
function cronLogger({ logger }: Effects) {
  return {
    info: (message: string) => logger.info(message),
    warn: (message: string) => logger.warn(message),
    error: (message: string | Error) => logger.error(reasonOf(message)),
    debug: (message: string | Error) => logger.debug(reasonOf(message)),
  }
}
