// A primary is killed under load and its standby takes over: what was acknowledged is there, and the old one, come
// back, acknowledges nothing more.

import { afterAll, expect, test } from 'vitest'
import { openPostgresLog } from '#data/log'
import { type PostgresPair, startPair } from '../../postgres/pair.ts'
import { type Counter, openCounter } from './counter.ts'
import { codeOf, effects, eventsFor } from './folder.ts'
import { commandEvents, disturb, insist, openLog, untilItWaits } from './postgres-place.ts'

const started = await startPair()
afterAll(() => started?.stop())
/** Used only where there is one. */
const pair = started as PostgresPair

/** Moves again and again until told to stop; the ids of what was acknowledged, stream by stream. */
function load(actors: Counter[]) {
  const acknowledged = actors.map(() => new Set<string>())
  let isOver = false
  const work = async (worker: number): Promise<void> => {
    const at = worker % actors.length
    for (let i = 0; !isOver; i++) {
      await insist(actors[at] as Counter, `w${worker}-${i}`)
      acknowledged[at]?.add(`w${worker}-${i}/0`)
    }
  }
  const working = Promise.all(Array.from({ length: actors.length * 4 }, (_, worker) => work(worker)))
  return {
    acknowledged,
    /** Resolves once every stream has that many more. */
    more: async (count: number): Promise<void> => {
      const goals = acknowledged.map((ids) => ids.size + count)
      while (acknowledged.some((ids, i) => ids.size < (goals[i] as number))) await effects.clock.sleep(5)
    },
    end: async (): Promise<void> => {
      isOver = true
      await working
    },
  }
}

test.skipIf(started === null)(
  'A standby that takes over has every acknowledged command once, and the old primary is never believed again',
  async () => {
    const { primary, standby, signpost } = pair
    const streams = ['north', 'south']
    const log = await openLog(signpost.url())
    const actors = await Promise.all(streams.map((stream) => openCounter(log, 100, stream)))
    const { acknowledged, more, end } = load(actors)
    await more(60)
    await primary.kill()
    await standby.query('select pg_promote()')
    await signpost.leadTo(standby)
    await more(60)
    await end()

    const after = await openLog(standby.url())
    for (const [i, stream] of streams.entries()) {
      const ids = await commandEvents(after, stream)
      expect(ids.toSorted()).toEqual([...(acknowledged[i] as Set<string>)].toSorted())
      expect(actors[i]?.state()).toEqual({ a: ids.length })
    }

    await primary.start()
    const stale = await openPostgresLog(primary.url(), effects)
    const tail = await stale.tail('north')
    const append = codeOf(stale.append('north', tail, eventsFor('stale')))
    await untilItWaits(primary)
    await disturb(primary, primary.url(), 'terminate')
    expect(await append).toBe('LOG_UNAVAILABLE')
    await stale.close()
    expect(await after.eventsOfCommand('north', 'stale')).toEqual([])
    expect(await codeOf(after.append('north', tail - 1, eventsFor('stale')))).toBe('LOG_FENCED')
  },
)
