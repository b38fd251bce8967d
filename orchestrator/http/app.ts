// The HTTP application over the running engine of a market: every route. It listens nowhere by itself.

import { FlowQueue } from './flow-queue.ts'
import { noMarket, onlyMarket } from './only-market.ts'
import { addPages } from './pages.ts'
import type { App, AppParts } from './parts.ts'
import { plainApp } from './plain-app.ts'
import { addReference, collectRoutes } from './reference.ts'
import { Repeats } from './repeats.ts'
import { addAlerting } from './routes/alerting.ts'
import { addAnalysis } from './routes/analysis.ts'
import { addDetection } from './routes/detection.ts'
import { addExplaining } from './routes/explaining.ts'
import { addFlows } from './routes/flows.ts'
import { addHealth } from './routes/health.ts'
import { addIncidents } from './routes/incidents.ts'
import { addIngest } from './routes/ingest.ts'
import { addMarkets } from './routes/markets.ts'
import { addModels } from './routes/models.ts'
import { addNetwork } from './routes/network.ts'
import { addOrderActions } from './routes/order-actions.ts'
import { addOrderStates } from './routes/order-states.ts'
import { addOrders } from './routes/orders.ts'
import { addPolicies } from './routes/policies.ts'
import { addProbes } from './routes/probes.ts'
import { addPromise } from './routes/promise.ts'
import { addReplays } from './routes/replays.ts'
import { addEffects } from './routes/reroute-effects.ts'
import { addReroutes } from './routes/reroutes.ts'
import { addScoring } from './routes/scoring.ts'
import { addSession } from './routes/session.ts'
import { addSimulate } from './routes/simulate.ts'
import { addSink } from './routes/sink.ts'
import { addSql } from './routes/sql.ts'
import { addStock } from './routes/stock.ts'
import { addStrategies } from './routes/strategies.ts'
import { addStream } from './routes/stream.ts'
import { addSystem } from './routes/system.ts'
import { addTransfers } from './routes/transfers.ts'
import { addVerbs } from './routes/verbs.ts'
import { addWebhooks } from './routes/webhooks.ts'
import { addWork } from './routes/work.ts'

/** The application of a market, ready to listen or to be asked by `inject`. */
export async function createApp(parts: AppParts): Promise<App> {
  const { engine, vault } = parts
  const { effects } = engine.workspace
  const { app, sessions } = await plainApp(parts, effects)
  await collectRoutes(app)
  const flow = new FlowQueue(engine, effects.logger)
  app.addHook('onClose', () => flow.close())
  const repeats = new Repeats(vault)
  await app.register(
    async (plain) => {
      const api = plain as App
      addProbes(app, parts, { stream: addStream(api, parts), rules: addHealth(api, parts) })
      addMarkets(api, parts.markets ?? onlyMarket(engine))
      addSystem(api, parts)
      addSession(api, parts, sessions)
      addOrders(api, parts, flow)
      addOrderActions(api, parts, repeats, flow)
      addWork(api, parts, flow)
      addOrderStates(api, parts)
      addStock(api, parts)
      addIncidents(api, parts)
      addAlerting(api, parts)
      addReroutes(api, parts, repeats)
      addEffects(api, parts)
      addDetection(api, parts)
      addModels(api, parts, repeats)
      addNetwork(api, parts, repeats)
      addStrategies(api, parts)
      addFlows(api, parts, repeats)
      addPolicies(api, parts)
      addReplays(api, parts, repeats)
      addPromise(api, parts, sessions)
      addSimulate(api, parts)
      addAnalysis(api)
      addScoring(api, effects)
      addExplaining(api, effects)
      addSql(api, parts)
      addWebhooks(api, parts, repeats)
      addSink(api, parts)
      addIngest(api, parts)
      await addVerbs(api, parts)
      addTransfers(api, engine.market, parts.findMarket ?? noMarket)
    },
    { prefix: '/api/v1' },
  )
  addReference(app)
  addPages(app, parts.pages)
  return app
}
