// How well detection finds the faults of a made-up retailer with a known answer key, kind by kind, hour after hour as
// it runs; and what the series of metrics would have told by themselves: with and without forecaster, bound and
// grouping.

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

/** None of them was looked at while detection was made. */
const seeds = ['301', '302', '303', '304']
const provider = 'fabrikam'
const hourMs = 3_600_000
const dayMs = 24 * hourMs
const [days, orders] = [60, 42_000]
/** Days at the end that are looked at; what was learned for them is older. */
const lookDays = 27
const examplesMost = 8_000
/** A bound that many use. */
const fixedP = 0.01

/** How the same look is taken. */
const variants = [
  'all parts',
  'series alone',
  'series without forecaster',
  'series without false-discovery control',
  'series without grouping',
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
    const [from, to] = [last - lookDays * dayMs, last]
    const at = (now: number, watch: SeriesWatch) =>
      warehouse.reading((queries) => watch.detect(queries, { now }))
    const add = (variant: Variant, alerts: readonly PreviewedAlert[]) =>
      scores.get(variant)?.push(scoreAlerts(alerts, faults, { from, to }, provider))
    const plain = new SeriesWatch('main')
    await at(from, plain)
    await forecasts.teach({ market: 'main', examples: await plain.examples(examplesMost) })
    await at(to, plain)
    const [usual = []] = await plain.previewSeries([new Judgement()], { days: lookDays })
    add('series without forecaster', usual)
    const full = new SeriesWatch('main')
    full.use(await forecasts.load('main'))
    add('all parts', await hourByHour(warehouse, full, { from, to }))
    const judgements = [new Judgement(), new Judgement().withFixedP(fixedP)]
    const [alone = [], loose = []] = await full.previewSeries(judgements, { days: lookDays })
    add('series alone', alone)
    add('series without false-discovery control', loose)
    const [single = []] = await full.previewSeries([new Judgement()], { days: lookDays, isGrouped: false })
    add('series without grouping', single)
    return scores
  } finally {
    await forecasts.close()
  }
}

/** What is told by a detection each hour, as incidents would open and end. */
async function hourByHour(
  warehouse: Warehouse,
  watch: SeriesWatch,
  { from, to }: { from: number; to: number },
): Promise<PreviewedAlert[]> {
  const told: PreviewedAlert[] = []
  const open = new Map<string, PreviewedAlert>()
  for (let now = from; now <= to; now += hourMs) {
    const { constraints } = await warehouse.reading((queries) =>
      watch.detect(queries, { now, openKeys: [...open.keys()] }),
    )
    for (const { key, metric, severity, isBreaching, hasRecovered } of constraints) {
      const known = open.get(key)
      if (known !== undefined) known.to = now
      if (hasRecovered) open.delete(key)
      if (!isBreaching || known !== undefined) continue
      const alert = { key, metric, severity, from: now - hourMs, to: now }
      open.set(key, alert)
      // What was going on when the look began is none of it.
      if (now > from) told.push(alert)
    }
  }
  return told
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
    row('alerts a week while nothing was wrong', (alerts - near) / weeks, 'alerts', 'at most 1'),
  ]
}
