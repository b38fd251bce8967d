// How well missed promises are foreseen: on Olist's orders where they are there, and on the demo's retailer. What is
// measured was decided after everything that the model learned from.

import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Effects } from '#data/kernel'
import { type LateFigures, openLate, openModels, type Passage, tryLate } from '#models'
import { loadDemo } from '#orchestrator/demo'
import { openWorkspace } from '#orchestrator/workspace'
import { runCycle } from '#pipeline'
import type { BenchRow } from '../../row.ts'
import { readOlist } from './olist.ts'

const group = 'quality'
/** Expected calibration error at most. */
const eceMost = 0.03
/** Part of the orders that a model learns from, the earlier ones. */
const learned = 0.7
/** Time to teach at most, s. */
const secondsMost = 60
const demo = { days: 45, orders: 25_000 }

/** Rows of lateness. @param data folder that may have `olist/` in it */
export async function lateQuality(effects: Effects, { data }: { data: string | null }): Promise<BenchRow[]> {
  const folder = data === null ? null : join(data, 'olist')
  const rows: BenchRow[] = []
  if (folder !== null && existsSync(folder)) {
    const works = await readOlist(folder)
    const figures = await tryLate(effects, { works, cut: cutOf(works), seed: 'olist' })
    if (figures !== null) rows.push(...rowsOf('Olist, latest 30 % of orders', 'lane and seller', figures))
  }
  return [...rows, ...(await demoRows(effects))]
}

/** Purchase of the first order of the later part; only orders that came count. */
function cutOf(works: readonly Passage[]): number {
  const came = works.filter(({ promisedAt }) => promisedAt !== null)
  return came[Math.floor(came.length * learned)]?.releasedAt ?? Number.POSITIVE_INFINITY
}

async function demoRows(effects: Effects): Promise<BenchRow[]> {
  const home = await mkdtemp(join(tmpdir(), 'detour-bench-'))
  const workspace = await openWorkspace(home, 'bench', effects)
  try {
    const { warehouse, paths } = workspace
    await loadDemo(workspace, demo, () => undefined)
    await runCycle(warehouse, effects)
    const { now } = await warehouse.one<{ now: number }>(
      'SELECT epoch_ms(watermark)::DOUBLE AS now FROM market_clock',
    )
    const models = await openModels(effects, { folder: paths.models })
    const late = openLate(effects, { registry: models.registry })
    const began = effects.clock.now()
    const done = await warehouse.reading((queries) => late.teach(queries, { market: 'main', now }))
    const seconds = (effects.clock.now() - began) / 1000
    await Promise.all([late.close(), models.close()])
    if (done.kind === 'few') return []
    const name = `late-risk model taught and tested, ${done.card.rows.trained} pieces of work`
    const timed = { group, name, value: seconds, unit: 's', baseline: null, ratio: null }
    return [
      ...rowsOf('demo retailer, latest weeks', 'lane and node', done.figures),
      { ...timed, goal: secondsMost, pass: seconds <= secondsMost },
    ]
  } finally {
    await workspace.close()
    await rm(home, { recursive: true, force: true })
  }
}

function rowsOf(of: string, by: string, figures: LateFigures): BenchRow[] {
  const { rows, late, auroc, baseAuroc, ece, baseEce, logLoss, baseLogLoss, pinball, basePinball } = figures
  const name = (what: string) => `missed promises: ${what}; ${of} (${late} of ${rows} late)`
  const beside = (value: number) => `base rates by ${by}, ${value.toFixed(4)}`
  const found: BenchRow[] = []
  if (auroc !== null && baseAuroc !== null) {
    found.push({
      group,
      name: name('AUROC'),
      value: auroc,
      unit: 'AUROC',
      baseline: beside(baseAuroc),
      ratio: auroc / baseAuroc,
      goal: baseAuroc,
      pass: auroc > baseAuroc,
    })
  }
  const lower = (what: string, value: number, base: number, goal: number): BenchRow => ({
    group,
    name: name(what),
    value,
    unit: what.includes('pinball') ? 'hours' : what.includes('log') ? 'nats' : 'probability',
    baseline: beside(base),
    ratio: base > 0 ? value / base : null,
    goal,
    pass: value <= goal,
  })
  return [
    ...found,
    lower('calibration error, 10 bins of equal mass', ece, baseEce, eceMost),
    lower('log loss', logLoss, baseLogLoss, baseLogLoss),
    lower(
      'pinball loss of time at the node',
      pinball.processing,
      basePinball.processing,
      basePinball.processing,
    ),
    lower('pinball loss of time on the way', pinball.transit, basePinball.transit, basePinball.transit),
  ]
}
