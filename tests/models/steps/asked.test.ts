// What people said of what steps told counts in the unit in which it was told: the same is not told again, more is.

import { expect, test } from 'vitest'
import type { api } from '#data/contracts'
import type { Warehouse } from '#data/warehouse'
import { type Constraint, defaultDetection, Judgement, SeriesWatch } from '#models'
import { warehouseWith } from '../points.ts'
import { hourMs, seriesStart } from '../series.ts'
import { type Happening, quietHours, rowsOfMarket } from './made-steps.ts'

/** Three times something happens: twice alike, then more of it. */
const times = [0, 72, 144].map((after) => quietHours + 34 + after)
const lasts = 12
const end = (times[2] ?? 0) + lasts + 20
const which = (hour: number): number => times.findIndex((from) => hour >= from && hour < from + lasts)

/** A warehouse with the steps of a made-up market. */
async function withSteps(happens: Happening): Promise<Warehouse> {
  const warehouse = await warehouseWith([])
  const rows = rowsOfMarket('asked', end, happens).flatMap((own, hour) =>
    own.map(({ name, stratum, atRisk, done }) => {
      const { key: _, step, ...slice } = name
      return { step, ...slice, hour, stratum, atRisk, done }
    }),
  )
  const columns = 'provider, node, carrier, service, lane, sku_class, channel, region'
  await warehouse.run(
    `INSERT INTO step_hours (market, step, bucket_start, ${columns}, stratum, at_risk, done)
     SELECT 'main', step, to_timestamp(${seriesStart / 1000} + hour * 3600), ${columns}, stratum, "atRisk", done
     FROM (SELECT unnest(from_json($rows::JSON, '[{"step": "VARCHAR", "hour": "BIGINT", "stratum": "INTEGER",
       "atRisk": "BIGINT", "done": "BIGINT", "provider": "VARCHAR", "node": "VARCHAR", "carrier": "VARCHAR",
       "service": "VARCHAR", "lane": "VARCHAR", "sku_class": "VARCHAR", "channel": "VARCHAR",
       "region": "VARCHAR"}]'), recursive := true))`,
    { rows: JSON.stringify(rows) },
  )
  return warehouse
}

/** What is told hour by hour: the times of which something was opened, and what was said last of each. */
async function toldIn(warehouse: Warehouse, judgement: Judgement) {
  const watch = new SeriesWatch('main')
  const open = new Map<string, number>()
  const opened: string[] = []
  const seen = new Map<string, Constraint>()
  for (let hour = (times[0] ?? 0) - 2; hour <= end; hour++) {
    const options = { now: seriesStart + hour * hourMs, judgement, openKeys: [...open.keys()], isLight: true }
    for (const one of (await watch.detect(warehouse, options)).constraints) {
      if (one.hasRecovered) open.delete(one.key)
      if (!one.isBreaching) continue
      if (!open.has(one.key)) {
        open.set(one.key, which(hour - 1))
        opened.push(`${one.key} ${open.get(one.key)}`)
      }
      // A person looks at it some hours later.
      if (hour === (times[0] ?? 0) + 8) seen.set(one.key, one)
    }
  }
  const preview = await watch.preview([new Judgement(), judgement], { days: 10 })
  return { opened, seen, preview: preview.map((alerts) => alerts.map(({ key }) => key)) }
}

const said = (one: Constraint, reason: api.Feedback['reason']): api.Feedback => ({
  ...{ feedbackId: 'f', incidentId: 'i', verdict: 'not_useful', reason, note: null, by: 'Mia' },
  ...{ metric: one.metric, dimension: one.dimension, dimensionValue: one.dimensionValue },
  ...{ value: one.value, expected: one.expected, pValue: one.pValue, isUndone: false },
  givenAt: new Date(0).toISOString(),
})

test.each([
  [
    'a node that works at less than half of its pace, then stands still',
    {
      left: (node: string, hour: number) => (node === 'n2' ? ([0.4, 0.4, 0][which(hour)] ?? 1) : 1),
      scale: 2,
    },
  ],
  [
    'a node that does not find a tenth, then a third',
    {
      lacks: (node: string, hour: number) =>
        node === 'n2' ? ([0.12, 0.12, 0.4][which(hour)] ?? 0.03) : 0.03,
      scale: 3,
    },
  ],
])('what was too small is told once it is clearly more: %s', async (_, happens) => {
  const warehouse = await withSteps(happens)
  try {
    const before = await toldIn(warehouse, new Judgement())
    expect(before.opened).toEqual(['node/n2 0', 'node/n2 1', 'node/n2 2'])
    const first = before.seen.get('node/n2') as Constraint
    const judgement = new Judgement(defaultDetection, [said(first, 'too_small')])
    const after = await toldIn(warehouse, judgement)
    expect(after.opened).toEqual(['node/n2 2'])
    expect(after.preview).toEqual([['node/n2', 'node/n2', 'node/n2'], ['node/n2']])
  } finally {
    await warehouse.close()
  }
})

test('what was said to be expected is not told, and neither is what it explains', async () => {
  const warehouse = await withSteps({ left: (_, hour) => (which(hour) === 2 ? 0 : 1) })
  try {
    const before = await toldIn(warehouse, new Judgement())
    expect(before.opened).toEqual(['all/all 2'])
    const dimension = { dimension: 'all', dimensionValue: 'all', value: 1, expected: 9, pValue: null }
    const whole = { metric: 'work_picked', ...dimension } as Constraint
    const after = await toldIn(warehouse, new Judgement(defaultDetection, [said(whole, 'expected')]))
    expect(after.opened).toEqual([])
    expect(after.preview).toEqual([['all/all'], []])
  } finally {
    await warehouse.close()
  }
})
