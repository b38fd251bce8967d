// The time of the market: whose it is, how it is changed over HTTP, and what is left of it after a restart.

import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import type { api } from '#data/contracts'
import { SimulatedClock } from '#data/kernel'
import { openSqliteLog } from '#data/log'
import { openCore } from '#orchestrator/core'
import { marketTime } from '../../orchestrator/engine/market-time.ts'
import { newLogPath } from '../data/log/folder.ts'
import { openPlace, type Place } from './http-place.ts'
import { effectsWith } from './places.ts'

const day = 86_400_000
const start = Date.parse('2026-11-01T00:00:00Z')
/** Where the tables end. */
const dataTo = start - 30 * day

/** The time of a market on the log at `path`, with a wall clock that stands until it is moved. */
async function openTime(path = newLogPath(), wall = start) {
  const clock = new SimulatedClock(wall)
  const effects = { ...effectsWith(), clock }
  const log = await openSqliteLog(path, effects)
  const core = await openCore(log, 'main', effects)
  const time = marketTime(core, { clock }, () => dataTo)
  let isOpen = true
  const close = async () => {
    if (!isOpen) return
    isOpen = false
    await core.close()
    await log.close()
  }
  onTestFinished(close)
  return { path, clock, core, time, close }
}

const simulate = { clock: { mode: 'simulated', speed: 60, isPaused: false }, isDemo: true } as const

describe('the time of a market', () => {
  test('is that of the data until a person takes the wall clock, and again when they let go', async () => {
    const { time, clock } = await openTime()
    expect([time.state().mode, time.now()]).toEqual(['watermark', dataTo])
    expect(await time.set({ mode: 'wall' })).toMatchObject({ mode: 'wall', speed: 1, isPaused: false })
    await clock.advance(5_000)
    expect(time.now()).toBe(start + 5_000)
    expect((await time.set({ mode: 'watermark' })).now).toBe(new Date(dataTo).toISOString())
    expect((await time.set({ mode: 'wall' })).mode).toBe('wall')
    expect((await time.set({ mode: 'auto' })).mode).toBe('watermark')
    expect(time.arrival()).toBe(clock.now())
  })

  test('simulated goes as fast as is said, stands while paused, and goes on from there', async () => {
    const { core, time, clock } = await openTime()
    await core.execute('SetClock', simulate, { at: time.now() })
    const from = time.now()
    await clock.advance(10_000)
    expect(time.now() - from).toBe(600_000)
    expect(await time.set({ isPaused: true })).toMatchObject({ mode: 'simulated', isPaused: true })
    await clock.advance(10_000)
    expect(time.now() - from).toBe(600_000)
    expect(await time.set({ isPaused: false, speed: 10 })).toMatchObject({ speed: 10, isPaused: false })
    expect(time.now() - from).toBe(600_000)
    await clock.advance(1_000)
    expect(time.now() - from).toBe(610_000)
  })

  test('simulated does not run ahead while the machine slept', async () => {
    const { core, time, clock } = await openTime()
    await core.execute('SetClock', simulate, { at: time.now() })
    const from = time.now()
    await clock.advance(8 * 3_600_000)
    expect(time.now()).toBe(from)
  })

  test('refuses speed and pause where it is not simulated, and a mode where it is', async () => {
    const { core, time } = await openTime()
    const before = core.lastSeq
    for (const change of [
      { speed: 2 },
      { isPaused: true },
      { mode: 'wall', speed: 2 },
    ] as api.ClockChange[]) {
      await expect(time.set(change)).rejects.toMatchObject({ code: 'CLOCK_CHANGE_INVALID', status: 409 })
    }
    expect(core.lastSeq).toBe(before)
    await core.execute('SetClock', simulate, { at: time.now() })
    for (const mode of ['auto', 'wall', 'watermark'] as const) {
      await expect(time.set({ mode })).rejects.toMatchObject({ code: 'CLOCK_CHANGE_INVALID' })
    }
  })

  test('keeps what was chosen when it is opened again', async () => {
    const first = await openTime()
    await first.time.set({ mode: 'wall' })
    await first.close()
    const second = await openTime(first.path, start + day)
    expect([second.time.state().mode, second.time.now()]).toEqual(['wall', start + day])
    await second.core.execute('SetClock', simulate, { at: second.time.now() })
    await second.time.set({ isPaused: true, speed: 30 })
    await second.close()
    const third = await openTime(first.path, start + 2 * day)
    expect(third.time.state()).toMatchObject({ mode: 'simulated', speed: 30, isPaused: true })
    // Nothing happened in the market meanwhile: it counts on from its last event, not from the wall.
    expect(third.time.now()).toBe(dataTo)
  })
})

describe('PUT /clock', () => {
  let place: Place
  beforeAll(async () => {
    place = await openPlace()
  })
  afterAll(() => place.close())

  const put = (body: unknown) => place.call('PUT', '/api/v1/clock', { body })
  const get = async () => (await place.call('GET', '/api/v1/clock')).body

  test('changes how time goes and answers it', async () => {
    const wall = await put({ mode: 'wall' })
    expect([wall.status, wall.body.mode]).toEqual([200, 'wall'])
    expect(await get()).toMatchObject({ mode: 'wall' })
    expect((await put({ mode: 'auto' })).body.mode).toBe('watermark')
  })

  test('refuses in words what does not fit the mode', async () => {
    const speed = await put({ speed: 10 })
    expect([speed.status, speed.body.code]).toEqual([409, 'CLOCK_CHANGE_INVALID'])
    expect(speed.body.detail).toContain('only simulated time has a speed')
    for (const body of [
      { mode: 'simulated' },
      { speed: 0.5, mode: 'wall' },
      { isPaused: 'yes' },
      { now: 1 },
    ]) {
      const answer = await put(body)
      expect([body, answer.status, answer.body.code]).toEqual([body, 400, 'HTTP_BODY_INVALID'])
    }
    await place.engine.core.execute('SetClock', simulate, { at: place.engine.now() })
    const mode = await put({ mode: 'wall' })
    expect([mode.status, mode.body.code]).toEqual([409, 'CLOCK_CHANGE_INVALID'])
    expect((await put({ isPaused: true, speed: 600 })).body).toMatchObject({ isPaused: true, speed: 600 })
    expect(await get()).toMatchObject({ mode: 'simulated', isPaused: true, speed: 600 })
  })
})
