// Routes for machines that watch: alive, ready, and figures for Prometheus.

import type { Engine } from '#orchestrator/engine'
import type { App, AppParts } from '../parts.ts'
import type { Stream } from '../stream.ts'
import { type Figure, measure } from '../telemetry.ts'

/** Counts of the tables are asked for no more often than this, ms. */
const tablesMs = 5_000

/**
 * Adds the probes and measures every request of the app.
 * @param beside what else is measured: clients of the stream, and rules that must hold
 */
export function addProbes(
  app: App,
  { engine }: AppParts,
  { stream, rules }: { stream: Stream; rules: () => Figure[] },
): void {
  const telemetry = measure(app)
  app.addHook('onClose', async () => telemetry.close())
  const tables = tableFigures(engine)
  const hide = { hide: true }
  app.get('/healthz', { schema: hide, config: { access: 'open' } }, async () => ({
    status: 'ok',
    pid: process.pid,
  }))
  app.get('/readyz', { schema: hide, config: { access: 'open' } }, async () => {
    await engine.workspace.warehouse.reading((queries) => queries.one('SELECT 1 AS one'))
    return { status: 'ready' }
  })
  app.get('/metrics', { schema: hide, config: { access: 'read' } }, async (_request, reply) => {
    const figures = [...(await coreFigures(engine, stream)), ...rules(), ...(await tables())]
    return reply.type('text/plain; version=0.0.4; charset=utf-8').send(telemetry.text(figures))
  })
}

async function coreFigures({ core, freshness, workspace }: Engine, stream: Stream): Promise<Figure[]> {
  const state = core.state()
  const { cycledAt, cycleSeconds, pendingEvents, state: cycle } = await freshness()
  const age = cycledAt === null ? null : (workspace.effects.clock.now() - Date.parse(cycledAt)) / 1000
  const open = [...state.incidents.values()].filter((incident) => incident.status !== 'resolved').length
  const figure = (
    name: string,
    help: string,
    value: number | null,
    type: Figure['type'] = 'gauge',
  ): Figure => ({
    name: `detour_${name}`,
    help,
    type,
    samples: [{ value }],
  })
  return [
    figure('core_events_total', 'Durable events of the market.', core.lastSeq, 'counter'),
    figure('core_orders', 'Orders the core works on or has worked on.', state.orders.size),
    figure('core_orders_waiting', 'Orders that wait for a step of their flow.', state.waiting.size),
    figure('open_incidents', 'Incidents that are not resolved.', open),
    figure('cycle_duration_seconds', 'How long the last cycle took.', cycleSeconds),
    figure('cycle_age_seconds', 'Time since the last cycle ended.', age),
    figure('cycle_failed', 'Whether the last cycle failed.', cycle === 'failed' ? 1 : 0),
    figure('pending_events', 'Events that the tables do not show yet.', pendingEvents),
    figure('stream_clients', 'Clients that listen to live updates.', stream.size),
  ]
}

/** Orders and deliveries by state, as the tables have them; kept for a moment, as counting costs. */
function tableFigures({ workspace }: Engine): () => Promise<Figure[]> {
  const { warehouse, effects } = workspace
  let kept: { at: number; figures: Figure[] } | null = null
  const counted = async (name: string, help: string, sql: string): Promise<Figure> => {
    const rows = await warehouse.reading((queries) => queries.all<{ status: string; n: number }>(sql))
    const samples = rows.map(({ status, n }) => ({ labels: { status }, value: n }))
    return { name, help, type: 'gauge', samples }
  }
  return async () => {
    const now = effects.clock.now()
    if (kept !== null && now - kept.at < tablesMs) return kept.figures
    const figures = [
      await counted(
        'detour_orders',
        'Orders by state.',
        'SELECT status, count(*) AS n FROM orders GROUP BY 1',
      ),
      await counted(
        'detour_webhook_deliveries',
        'Attempts to deliver webhooks by outcome.',
        'SELECT status, count(*) AS n FROM webhook_deliveries GROUP BY 1',
      ),
    ]
    kept = { at: now, figures }
    return figures
  }
}
