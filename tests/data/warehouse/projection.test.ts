// From the log to the warehouse: each event lands exactly once, also when a handler fails on the way.

import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type EventLog, openSqliteLog } from '#data/log'
import {
  type BatchHandler,
  type EventHandlers,
  migrate,
  openWarehouse,
  project,
  unprojected,
  type Warehouse,
} from '#data/warehouse'
import { effectsWith, newFolder } from '../../orchestrator/places.ts'

const effects = effectsWith()
let folder: Awaited<ReturnType<typeof newFolder>>
let log: EventLog
let warehouse: Warehouse

beforeAll(async () => {
  folder = await newFolder()
  log = await openSqliteLog(join(folder.path, 'log.sqlite'), effects)
  warehouse = await openWarehouse(join(folder.path, 'warehouse.duckdb'), { memoryMb: 256, threads: 2 })
  await migrate(warehouse)
  await warehouse.run('CREATE TABLE seen (stream VARCHAR, seq BIGINT)')
})
afterAll(async () => {
  await warehouse.close()
  await log.close()
  await folder.remove()
})

const event = (id: string, type: string) => ({ eventId: `${id}/0`, type, data: { note: `it's "${id}"` } })

test('events of all streams land once each, with the rows of their handlers', async () => {
  const handlers: EventHandlers = {
    Seen: async (queries, { stream, seq }) => {
      await queries.run('INSERT INTO seen VALUES ($1, $2)', [stream, seq])
    },
  }
  await log.append('a', 0, [event('1', 'Plain'), event('2', 'Seen'), event('3', 'Plain'), event('4', 'Seen')])
  await log.append('b', 0, [event('1', 'Seen')])
  expect(await project(log, warehouse, handlers, effects)).toBe(5)
  expect(await project(log, warehouse, handlers, effects)).toBe(0)
  await log.append('a', 4, [event('5', 'Seen')])
  expect(await project(log, warehouse, handlers, effects)).toBe(1)
  expect(await warehouse.all('FROM seen ORDER BY ALL')).toEqual([
    { stream: 'a', seq: 2 },
    { stream: 'a', seq: 4 },
    { stream: 'a', seq: 5 },
    { stream: 'b', seq: 1 },
  ])
  const rows = await warehouse.all(`SELECT seq, event_id, data ->> 'note' AS note FROM raw_log_events
                                    WHERE stream = 'a' ORDER BY seq`)
  expect(rows).toHaveLength(5)
  expect(rows[0]).toEqual({ seq: 1, event_id: '1/0', note: `it's "1"` })
})

test('an event whose handler fails leaves nothing, and lands once when it is tried again', async () => {
  let isBroken = true
  const handlers: EventHandlers = {
    Fragile: async (queries, { stream, seq }) => {
      await queries.run('INSERT INTO seen VALUES ($1, $2)', [stream, seq])
      if (isBroken) throw new Error('power cut')
    },
  }
  await log.append('c', 0, [event('1', 'Plain'), event('2', 'Fragile'), event('3', 'Plain')])
  await expect(project(log, warehouse, handlers, effects)).rejects.toThrow('power cut')
  expect(await warehouse.all(`FROM seen WHERE stream = 'c'`)).toEqual([])
  expect(await warehouse.one(`SELECT seq FROM projection_cursors WHERE stream = 'c'`)).toEqual({ seq: 1 })
  isBroken = false
  expect(await project(log, warehouse, handlers, effects)).toBe(2)
  expect(await warehouse.all(`FROM seen WHERE stream = 'c'`)).toEqual([{ stream: 'c', seq: 2 }])
})

describe('streams that are taken by the batch', () => {
  const taking = (most?: number) => {
    const batches: number[][] = []
    const handler: BatchHandler = {
      matches: (stream) => stream.startsWith('many:'),
      ...(most === undefined ? {} : { limit: () => most }),
      land: async (queries, events) => {
        batches.push(events.map((one) => one.seq))
        await queries.run('INSERT INTO seen VALUES ($1, $2)', [events[0]?.stream ?? '', events.length])
      },
    }
    return { batches, handler }
  }

  test('land with the cursor, up to the limit, and leave other streams to their handlers', async () => {
    await log.append('many:a', 0, [event('1', 'X'), event('2', 'Seen'), event('3', 'X')])
    await log.append('other', 0, [event('1', 'X')])
    const some = taking(2)
    const streams = (stream: string) => stream === 'many:a'
    expect(await project(log, warehouse, {}, effects, { batches: [some.handler], streams })).toBe(2)
    expect(some.batches).toEqual([[1, 2]])
    expect(await unprojected(log, warehouse)).toBe(2)
    const rest = taking()
    expect(await project(log, warehouse, {}, effects, { batches: [rest.handler] })).toBe(2)
    expect(rest.batches).toEqual([[3]])
    expect(await unprojected(log, warehouse)).toBe(0)
    const kept = await warehouse.one(`SELECT count(*) AS n FROM raw_log_events WHERE stream = 'many:a'`)
    expect(kept).toEqual({ n: 3 })
  })

  test('land once, also where two project at the same time', async () => {
    await log.append(
      'many:b',
      0,
      Array.from({ length: 12_000 }, (_, i) => event(`${i}`, 'X')),
    )
    const both = [taking(), taking()]
    const projected = await Promise.all(
      both.map(({ handler }) => project(log, warehouse, {}, effects, { batches: [handler] })),
    )
    expect(projected.reduce((sum, one) => sum + one)).toBe(12_000)
    const once = await warehouse.one(`
      SELECT count(*) AS n, count(DISTINCT seq) AS seqs FROM raw_log_events WHERE stream = 'many:b'`)
    expect(once).toEqual({ n: 12_000, seqs: 12_000 })
    const landed = await warehouse.one(`SELECT sum(seq)::BIGINT AS n FROM seen WHERE stream = 'many:b'`)
    expect(landed).toEqual({ n: 12_000 })
  })
})
