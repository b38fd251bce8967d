// `detour demo`, which `npm start` runs: a made-up retailer on an empty home, then the key figures.
// It adds no data to a home that has some.

import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Type } from 'typebox'
import { generateWorld } from '#data/world'
import { type IngestSummary, ingest } from '#ingest'
import { type CycleSummary, type KeyMetric, keyMetrics, runCycle } from '#pipeline'
import { showMetrics } from './metrics.ts'
import { showInstant, showNumber, showSeconds } from './table.ts'
import { defineVerb, type VerbContext } from './verb.ts'

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
  schema,
  changesData: false,
  run: async (args, context): Promise<DemoSummary> => {
    const isEmpty = (await context.log.streams()).length === 0
    const load = isEmpty ? await loadWorld(args, context) : null
    context.onProgress({ step: 'cycle', done: 0, total: 1 })
    const cycle = await runCycle(context.warehouse, context.effects)
    context.onProgress({ step: 'cycle', done: 1, total: 1 })
    return { home: context.paths.root, load, cycle, metrics: await keyMetrics(context.warehouse) }
  },
  show: showDemo,
})

async function loadWorld(
  args: { seed?: string; days?: number; orders?: number },
  context: VerbContext,
): Promise<IngestSummary> {
  const folder = join(context.paths.temporary, 'world')
  try {
    await generateWorld(folder, args, ({ day, days }) =>
      context.onProgress({ step: 'making orders', done: day, total: days }),
    )
    return await ingest({ provider: 'detour', paths: [folder], as: 'fabrikam' }, context)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

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
