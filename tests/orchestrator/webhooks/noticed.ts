// Notices of alerting for tests of webhooks.

import type { CoreEvent, Notice, NoticedIncident } from '#orchestrator/core'
import { start } from './market.ts'

/** An incident as notices tell it. */
export const base: NoticedIncident = {
  ...{ incidentId: 'inc-1', title: 'Reno is slow', status: 'open', severity: 0.9 },
  ...{ metric: 'pick_to_ship_hours', dimension: 'node', dimensionValue: 'shop:reno' },
  ...{ beganAt: start, openedAt: start, resolvedAt: null, cutOffAt: start + 3_600_000 },
  ...{ value: 31, expected: 8, expectedLow: 6, expectedHigh: 11, pValue: 0.001, model: 'series/1' },
  ...{ ordersAtRisk: 20, centsAtRisk: 50_000, currency: 'USD', ordersMoved: 0, ordersNotMoved: 0 },
  ...{ endedBecause: null, causes: [], owner: null, acknowledgedBy: null, isFlapping: false, reasons: [] },
}
/** Another one, less grave. */
export const other: NoticedIncident = {
  ...base,
  incidentId: 'inc-2',
  title: 'Austin is slow',
  severity: 0.3,
  dimensionValue: 'shop:austin',
}

let given = 0
/** A notice about incidents of one group. @param stillOpen incidents of it that go on */
export function notice(
  kind: Notice['kind'],
  receivers: string[],
  incidents: NoticedIncident[],
  stillOpen = 2,
): CoreEvent {
  const about = {
    groupKey: 'everything/node=x',
    routeId: 'everything',
    labels: { node: 'x' },
    level: null,
    stillOpen,
  }
  return {
    type: 'NoticeGiven',
    data: { at: start, notice: { noticeId: `n${++given}`, kind, ...about, receivers, incidents } },
  }
}
