// Silences as rows, also those of logs whose instants were written as somebody had asked for them.

import { expect, onTestFinished, test } from 'vitest'
import type { CoreEvent } from '#orchestrator/core'
import { newFolder } from '../places.ts'
import { Market, newWarehouse, project } from './place.ts'

test('an instant that the warehouse cannot read stops nothing', async () => {
  const folder = await newFolder()
  const market = await Market.open(folder.path, 'log.sqlite')
  const warehouse = await newWarehouse()
  onTestFinished(async () => {
    await warehouse.close()
    await market.log.close()
    await folder.remove()
  })
  const matchers = [{ label: 'node', op: 'is' as const, value: 'fab:A' }]
  const draft = { kind: 'silence' as const, why: 'known', matchers, repeat: null, holdsReroutes: false }
  const times = { startsAt: '2026-06-30T10:00:00Z', endsAt: '2026-06-30T12:00:00Z' }
  const { box } = market
  for (const [silenceId, asked] of [
    ['small', { startsAt: '2026-06-30T10:00:00z' }],
    ['leap', { endsAt: '2026-06-30T23:59:60Z' }],
  ] as const) {
    const from = box.events.length
    expect(box.run('AddSilence', { silenceId, draft: { ...draft, ...times }, by: 'Mia' }).refused).toBeNull()
    box.events = box.events.map((event, i): CoreEvent => {
      if (i < from || event.type !== 'SilenceAdded') return event
      return { ...event, data: { ...event.data, silence: { ...event.data.silence, ...asked } } }
    })
  }
  await market.keep()
  await project(market.log, warehouse, market)
  const rows = await warehouse.all(
    `SELECT silence_id, starts_at = TIMESTAMPTZ '2026-06-30 10:00:00Z' AS starts, ends_at IS NULL AS is_open
     FROM silences ORDER BY ALL`,
  )
  expect(rows).toEqual([
    { silence_id: 'leap', starts: true, is_open: true },
    { silence_id: 'small', starts: true, is_open: false },
  ])
})
