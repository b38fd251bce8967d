// A served market for the browser in which a node slows down: its time hardly goes on but for the hours that a test
// lets pass, and every move waits for a person.

import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect } from 'vitest'
import type { api } from '#data/contracts'
import type { Incident } from '#orchestrator/core'
import { addDemoNetwork, demoProvider, loadDemo } from '#orchestrator/demo'
import { type PageHandler, type Serving, serve } from '#orchestrator/http'
import { type Live, startLive } from '#orchestrator/live'
import { runCycle } from '#pipeline'
import { ensureDashboard } from '../../orchestrator/cli/dashboard.ts'
import { effectsWith, newFolder } from '../orchestrator/places.ts'

const hourMs = 3_600_000
/** Hours that the slowdown at the end of the history still lasts. */
const faultHours = 10
const world = { seed: 'loop', days: 35, orders: 18_000 }
/** Market time in real time while hours pass, and otherwise: what is due is still made up for then. */
const inHaste = 14_400
const atRest = 1

/** A served market. */
export interface Market extends Pick<Serving, 'url' | 'engine'> {
  nodeName: string
  /** Whether an incident is about the node that slows down. */
  isOfFault(incident: Incident): boolean
  /** Lets hours of the market pass, and the loop turn once afterwards. */
  pass(hours: number): Promise<void>
  /** Kinds of the messages that the sink received and verified. */
  told(): Promise<(string | null)[]>
  close(): Promise<void>
}

/** Serves a market with its built dashboard, a fault under way. */
export async function openMarket(): Promise<Market> {
  const folder = await newFolder()
  const effects = effectsWith({ cycleCron: '0 0 1 1 *' })
  process.env.PROTOCOL_HEADER = 'x-forwarded-proto'
  const built = (await import(pathToFileURL(await ensureDashboard()).href)) as { handler: PageHandler }
  const options = { home: join(folder.path, 'home'), port: 0, host: '127.0.0.1' }
  let live: Live | null = null
  const serving = await serve(options, effects, {
    pages: built.handler,
    prepare: async (workspace) => {
      await loadDemo(workspace, world, () => {})
      await runCycle(workspace.warehouse, effects)
    },
    attend: async ({ engine, webhooks, url }) => {
      await setClock(engine, atRest)
      const policy = { ...engine.core.state().policy, mode: 'approve' as const, holdOutShare: 0.2 }
      await engine.core.execute('SetPolicy', { policy }, { at: engine.now(), commandId: 'test/policy' })
      // The sink keeps the newest messages only: what is said of each order would crowd the incidents out.
      const events: api.WebhookEventType[] = ['incident.opened', 'incident.resolved']
      await webhooks.create({ url: `${url}/api/v1/sink/loop`, events })
      await engine.cycle()
      await addDemoNetwork(engine.core, engine.now())
      live = startLive(engine, { ...world, firstFaultHours: faultHours }, effects)
      return async () => live?.stop()
    },
  })
  const { engine, url } = serving
  const running = live as unknown as Live
  const [fault] = running.faults(engine.now(), engine.now() + 1)
  if (fault === undefined || !('nodeId' in fault))
    throw new Error('the history ends without a fault of a node')
  const nodeId = `${demoProvider}:${fault.nodeId}`
  return {
    url,
    engine,
    nodeName: engine.core.state().nodes.get(nodeId)?.name ?? '',
    isOfFault: ({ dimension, dimensionValue }) => dimension === 'node' && dimensionValue === nodeId,
    pass: async (hours) => {
      const end = engine.now() + hours * hourMs
      await setClock(engine, inHaste)
      await expect.poll(() => engine.now() >= end, { timeout: 120_000, interval: 20 }).toBe(true)
      await setClock(engine, atRest)
      const behind = () => running.stats().behindMs
      await expect.poll(behind, { timeout: 120_000, interval: 20 }).toBeLessThan(hourMs / 2)
      await engine.cycle()
    },
    told: async () => {
      const answer = await fetch(`${url}/api/v1/sink`)
      const messages = (await answer.json()) as api.SinkMessage[]
      return messages.filter(({ isVerified }) => isVerified).map(({ eventType }) => eventType)
    },
    close: async () => {
      await serving.close()
      await folder.remove()
    },
  }
}

let clocks = 0

function setClock({ core, now }: Pick<Serving['engine'], 'core' | 'now'>, speed: number) {
  const clock = { mode: 'simulated' as const, speed, isPaused: false }
  return core.execute('SetClock', { clock, isDemo: true }, { at: now(), commandId: `test/clock/${clocks++}` })
}
