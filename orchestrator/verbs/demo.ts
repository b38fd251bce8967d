// `detour demo`: a made-up retailer on an empty home, then the key figures.
// It adds no data to a home that has some.

import { Type } from 'typebox'
import type { IngestSummary } from '#ingest'
import { addDemoNetwork, isEmptyHome, loadDemo, startDemoClock } from '#orchestrator/demo'
import { type CycleSummary, type KeyMetric, keyMetrics } from '#pipeline'
import { showMetrics } from './metrics.ts'
import { showInstant, showNumber, showSeconds } from './table.ts'
import { defineVerb } from './verb.ts'
import { withEngine } from './with-engine.ts'

const schema = Type.Object(
  {
    seed: Type.Optional(Type.String({ minLength: 1 })),
    days: Type.Optional(Type.Integer({ minimum: 1, maximum: 3660 })),
    orders: Type.Optional(Type.Integer({ minimum: 1, maximum: 100_000_000 })),
  },
  { additionalProperties: false },
)

/** What the demo did. */
export interface DemoSummary {
  home: string
  /** The load of the made-up retailer; null where the home had data before. */
  load: IngestSummary | null
  cycle: CycleSummary
  metrics: KeyMetric[]
}

/** Fills an empty home with a made-up retailer and shows its key figures. */
export const demoVerb = defineVerb({
  name: 'demo',
  needsEngine: true,
  schema,
  isExclusive: false,
  changesData: false,
  run: async (args, context): Promise<DemoSummary> => {
    const load = () => loadDemo(context, args, context.onProgress)
    const isEmpty = await isEmptyHome(context)
    const alone = context.engine?.exclusively ?? ((work: typeof load) => work())
    const loaded = isEmpty ? await alone(load) : null
    context.onProgress({ step: 'cycle', done: 0, total: 1 })
    const cycle = await withEngine(context, async (engine) => {
      const { pipeline } = await engine.cycle()
      if (isEmpty) {
        await addDemoNetwork(engine.core, engine.now())
        await startDemoClock(engine.core, engine.now())
      }
      return pipeline
    })
    context.onProgress({ step: 'cycle', done: 1, total: 1 })
    return { home: context.paths.root, load: loaded, cycle, metrics: await keyMetrics(context.warehouse) }
  },
  show: showDemo,
})

function showDemo({ home, load, cycle, metrics }: DemoSummary): string {
  const end = cycle.watermark === null ? 'the last order' : showInstant(cycle.watermark)
  const first =
    load === null
      ? `The home ${home} has data: nothing was added, one cycle ran.`
      : `A made-up retailer, Fabrikam, was loaded into ${home}: ` +
        `${showNumber(load.accepted, 'record')} in ${showSeconds(load.seconds)}, ` +
        `tables and metrics in ${showSeconds(cycle.seconds)}.`
  return [
    first,
    `Last 7 days against the 7 before, up to ${end}:`,
    showMetrics(metrics),
    'Next:',
    '  npx detour sql "select region, count(*) as orders from orders group by all order by 2 desc limit 5"',
    '  npx detour quarantine list',
    '  npx detour ingest --provider detour FILE...',
    '  npx detour serve',
    '  npx detour --help',
  ].join('\n')
}
