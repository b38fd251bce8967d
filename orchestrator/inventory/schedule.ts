// Expected supply and demand as a list, by the day it is due. It changes nothing.

import type { api } from '#data/contracts'
import { type CoreState, type ScheduleEntry, stockKey } from '#orchestrator/core'
import { pageFrom, placeIn } from './page.ts'

type Item = Omit<ScheduleEntry, 'dueAt'> & { dueAt: string }

/** What the list is narrowed by. */
export interface ScheduleFilter {
  sku?: string | undefined
  node?: string | undefined
  cursor?: string | undefined
  limit?: number | undefined
}

/** A page of the schedule, the first due first. Cost: the entries of the SKU, else all. @throws HTTP_CURSOR_INVALID */
export function listSchedule(state: CoreState, filter: ScheduleFilter): api.Page<Item> {
  const { sku, node, limit = 50 } = filter
  const place = placeIn(filter.cursor, 'schedule')
  const all =
    sku !== undefined && node !== undefined
      ? (state.scheduleAt.get(stockKey(sku, node)) ?? [])
      : [...state.schedule.values()].filter(
          (entry) =>
            (sku === undefined || entry.sku === sku) && (node === undefined || entry.nodeId === node),
        )
  const sorted = all.toSorted(
    (a, b) => a.dueAt - b.dueAt || (a.scheduleId < b.scheduleId ? -1 : a.scheduleId > b.scheduleId ? 1 : 0),
  )
  const rest =
    place === null
      ? sorted
      : sorted.filter(
          ({ dueAt, scheduleId }) =>
            dueAt > Number(place[0]) || (dueAt === Number(place[0]) && scheduleId > place[1]),
        )
  const page = rest.slice(0, limit)
  const last = page.at(-1)
  const isEnd = rest.length <= limit || last === undefined
  return {
    items: page.map((entry) => ({ ...entry, dueAt: new Date(entry.dueAt).toISOString() })),
    nextCursor: isEnd ? null : pageFrom('schedule', last.dueAt, last.scheduleId),
    total: sorted.length,
  }
}
