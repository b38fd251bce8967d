// How well detection finds the faults of a made-up retailer with a known answer key, kind by kind, and what the
// parts of it are worth: without the forecaster, without the bound on false discoveries, without grouping.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Effects } from '#data/kernel'
import { type Fault, generateWorld } from '#data/world'
import { ingest } from '#ingest'
import { Judgement, openForecasts, openModels, type PreviewedAlert, SeriesWatch } from '#models'
import { openWorkspace } from '#orchestrator/workspace'
import { runCycle } from '#pipeline'
import type { BenchRow } from '../../row.ts'
import { scoreAlerts, type WorldScore } from './score-alerts.ts'

const seeds = ['fabrikam', 'two']
const provider = 'fabrikam'
const dayMs = 86_400_000
const [days, orders] = [90, 60_000]
/** Each look tells the days before it; what was learned for it is older. */
const lookDays = 27
const looks = 2
const examplesMost = 8_000
/** A bound that many use. */
const fixedP = 0.01

/** How the same look is taken. */
const variants = [
  'all parts',
  'without forecaster',
  'without false-discovery control',
  'without grouping',
] as const
type Variant = (typeof variants)[number]

/** Rows about the made-up retailer; some minutes. */
export async function worldQuality(effects: Effects): Promise<BenchRow[]> {
  const scores = new Map<Variant, WorldScore[]>(variants.map((variant) => [variant, []]))
  for (const seed of seeds) {
    const home = await mkdtemp(join(tmpdir(), 'detour-bench-world-'))
    const workspace = await openWorkspace(home, 'bench', effects)
    try {
      const folder = join(workspace.paths.temporary, 'world')
      const { faults } = await generateWorld(folder, { seed, days, orders })
      await ingest({ provider: 'detour', paths: [folder], as: provider }, workspace)
      await runCycle(workspace.warehouse, effects)
      const models = await openModels(effects, { folder: workspace.paths.models })
      const found = await lookAt(
        { effects, warehouse: workspace.warehouse, registry: models.registry },
        faults,
      )
      for (const [variant, each] of found) scores.get(variant)?.push(...each)
      await models.close()
    } finally {
      await workspace.close()
      await rm(home, { recursive: true, force: true })
    }
  }
  return variants.flatMap((variant) => rowsOf(variant, scores.get(variant) ?? []))
}

type Warehouse = Awaited<ReturnType<typeof openWorkspace>>['warehouse']
type Registry = Awaited<ReturnType<typeof openModels>>['registry']

/** What is told of the last weeks, part by part. */
export async function lookAt(
  { effects, warehouse, registry }: { effects: Effects; warehouse: Warehouse; registry: Registry },
  faults: readonly Fault[],
): Promise<Map<Variant, WorldScore[]>> {
  const scores = new Map<Variant, WorldScore[]>(variants.map((variant) => [variant, []]))
  const { last } = await warehouse.one<{ last: number }>(
    "SELECT epoch_ms(watermark)::DOUBLE AS last FROM market_clock WHERE market = 'main'",
  )
  const forecasts = openForecasts(effects, { registry })
  try {
    for (let look = looks - 1; look >= 0; look--) {
      const to = last - look * lookDays * dayMs
      const from = to - lookDays * dayMs
      const at = (now: number, watch: SeriesWatch) =>
        warehouse.reading((queries) => watch.detect(queries, { now }))
      const add = (variant: Variant, alerts: readonly PreviewedAlert[]) =>
        scores.get(variant)?.push(scoreAlerts(alerts, faults, { from, to }, provider))
      const plain = new SeriesWatch('main')
      await at(from, plain)
      await forecasts.teach({ market: 'main', examples: await plain.examples(examplesMost) })
      await at(to, plain)
      const [usual = [], fixed = []] = await plain.preview(
        [new Judgement(), new Judgement().withFixedP(fixedP)],
        { days: lookDays },
      )
      add('without forecaster', usual)
      const full = new SeriesWatch('main')
      full.use(await forecasts.load('main'))
      await at(to, full)
      const [all = [], loose = []] = await full.preview(
        [new Judgement(), new Judgement().withFixedP(fixedP)],
        { days: lookDays },
      )
      add('all parts', all)
      add('without false-discovery control', loose.length > 0 ? loose : fixed)
      const [single = []] = await full.preview([new Judgement()], { days: lookDays, isGrouped: false })
      add('without grouping', single)
    }
    return scores
  } finally {
    await forecasts.close()
  }
}

function rowsOf(variant: Variant, scores: readonly WorldScore[]): BenchRow[] {
  const sum = (pick: (score: WorldScore) => number) => scores.reduce((all, score) => all + pick(score), 0)
  const alerts = sum((score) => score.alerts)
  const weeks = (scores.length * lookDays) / 7
  const row = (name: string, value: number, unit: string, baseline: string): BenchRow => ({
    group: 'quality',
    name: `demo world, ${variant}: ${name}`,
    value,
    unit,
    baseline,
    ratio: null,
    goal: null,
    pass: null,
  })
  const kinds = [...new Set(scores.flatMap((score) => score.kinds.map(({ kind }) => kind)))].flatMap(
    (kind) => {
      const own = scores.flatMap((score) => score.kinds.filter((each) => each.kind === kind))
      const faults = own.reduce((all, each) => all + each.faults, 0)
      const found = own.reduce((all, each) => all + each.found, 0)
      const delays = own
        .flatMap(({ delayHours }) => (delayHours === null ? [] : [delayHours]))
        .sort((a, b) => a - b)
      const delay = delays[delays.length >> 1]
      const after = delay === undefined ? 'none found' : `after ${delay.toFixed(0)} h`
      return faults === 0
        ? []
        : [row(`recall of ${kind}`, found / faults, 'share', `${found} of ${faults}, ${after}`)]
    },
  )
  const all = scores.flatMap((score) => score.kinds)
  const faults = all.reduce((count, { faults: each }) => count + each, 0)
  const found = all.reduce((count, { found: each }) => count + each, 0)
  const right = sum((score) => score.right)
  const near = sum((score) => score.rightOrNear)
  return [
    ...(variant === 'all parts' ? kinds : []),
    row('recall', found / Math.max(1, faults), 'share', `${found} of ${faults} faults`),
    row(
      'precision',
      right / Math.max(1, alerts),
      'share',
      `${right} of ${alerts} alerts; ${near} while a fault went on`,
    ),
    row('alerts a week', alerts / weeks, 'alerts', `${weeks.toFixed(0)} weeks`),
  ]
}
