// Decisions and the candidates they weighed as rows: of events as they are now, and of those of earlier versions.

import { expect, onTestFinished, test } from 'vitest'
import type { Warehouse } from '#data/warehouse'
import { migrate } from '#data/warehouse'
import type { CandidateRecord, DecisionRecord } from '#orchestrator/core'
import { plan, record } from '../core/setting.ts'
import { newFolder } from '../places.ts'
import { Market, newWarehouse, project } from './place.ts'

const old = { carrier: 'SwiftPost', isFeasible: true, failed: [], available: 3, hours: 30, totalCents: 642 }
const terms = [{ name: 'carriage', cents: 642 }]
const limit = {
  name: 'capacity',
  kind: 'soft',
  isMet: true,
  value: 3,
  limit: 10,
  slack: 7,
  unit: 'orders',
} as const
const times = { dispatchAt: 1_795_000_000_000, arrivesAt: 1_795_100_000_000 }
const candidates: CandidateRecord[] = [
  {
    ...{ ...old, ...times, terms, nodeId: 'fab:A', isChosen: true, serviceId: 's1', lateRisk: 0.25 },
    ...{ distanceKm: 12.5, co2Grams: 40, constraints: [limit], lineIds: ['1'] },
  },
  { ...old, terms, nodeId: 'fab:B', isChosen: false, failed: ['has 0 of 2 x'], isFeasible: false },
]
const lines = [{ lineId: '1', quantity: 2, nodeId: 'fab:A', reason: 'cheapest' }]
const decision: DecisionRecord = record('o1/source/0', 'source', 'A', {
  ...{ strategyId: 'default', strategyVersion: 1, method: 'exact', gap: null, otherCount: 4 },
  ...{ lines, runnerUpNodeId: 'fab:B', counterfactuals: [], candidates, costCents: 642 },
})

/** The tables of a market in which that decision was taken. */
async function decided(): Promise<Warehouse> {
  const folder = await newFolder()
  const market = await Market.open(folder.path, 'log.sqlite')
  const warehouse = await newWarehouse()
  onTestFinished(async () => {
    await warehouse.close()
    await market.log.close()
    await folder.remove()
  })
  const { box } = market
  box.create('o1', { x: 2 })
  box.run('ValidateOrder', { orderId: 'o1' })
  const asked = { ...plan('o1', { x: 2 }, 'A'), orderId: 'o1', decision }
  expect(box.run('SourceOrder', asked).refused).toBeNull()
  await market.keep()
  await project(market.log, warehouse, market)
  return warehouse
}

const rows = (warehouse: Warehouse) => warehouse.all('FROM decision_candidates ORDER BY rank')
const known = { decision_id: 'o1/source/0', order_id: 'o1', carrier: 'SwiftPost', total_cents: 642 }

test('a decision has a row for each candidate, with null for what it does not say', async () => {
  const warehouse = await decided()
  expect(await rows(warehouse)).toMatchObject([
    {
      ...{ ...known, rank: 1, node_id: 'fab:A', service_id: 's1', late_risk: 0.25, distance_km: 12.5 },
      ...{ co2_grams: 40, line_ids: ['1'], constraints: JSON.stringify([limit]), failed: [] },
    },
    {
      ...{ ...known, rank: 2, node_id: 'fab:B', service_id: null, late_risk: null, distance_km: null },
      ...{ co2_grams: null, line_ids: null, constraints: null, dispatch_at: null, failed: ['has 0 of 2 x'] },
    },
  ])
  expect(
    await warehouse.one(
      'SELECT strategy_id, strategy_version, method, gap, other_count, lines FROM decisions',
    ),
  ).toEqual({
    ...{ strategy_id: 'default', strategy_version: 1, method: 'exact', gap: null, other_count: 4 },
    lines: JSON.stringify(lines),
  })
})

test('an update of an older file makes the rows that the log would, of what decisions knew then', async () => {
  const warehouse = await decided()
  const [, before] = await rows(warehouse)
  await warehouse.run('DELETE FROM decision_candidates')
  // As an older file is: nothing of this migration, nor of later ones.
  await warehouse.run('DROP TABLE order_risks; DROP TABLE model_scores')
  await warehouse.run('DELETE FROM schema_migrations WHERE id >= 4')
  await migrate(warehouse)
  const [, after] = await rows(warehouse)
  expect(after).toEqual(before)
})
