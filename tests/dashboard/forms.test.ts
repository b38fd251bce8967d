// What dialogs ask: what is missing is said, units stay within what there is, choices of rows follow what is shown.

import { afterEach, describe, expect, test, vi } from 'vitest'
import { type FormField, missingIn, startOf } from '../../dashboard/lib/actions/form.ts'
import { atpSpec, emptyRuns } from '../../dashboard/lib/charts/atp-spec.ts'
import { paletteFrom } from '../../dashboard/lib/charts/palette.ts'
import { fieldText, instantOf } from '../../dashboard/lib/times.ts'
import { replayForm } from '../../dashboard/lib/webhooks/forms.ts'

afterEach(() => vi.unstubAllGlobals())

const lines = [
  { lineId: '1', title: 'Lamp', most: 3, units: 0 },
  { lineId: '2', title: 'Cable', most: 1, units: 1 },
]
const reason: FormField = { kind: 'text', name: 'reason', label: 'Why', isRequired: true }
const units: FormField = { kind: 'units', name: 'lines', label: 'Units', lines }

describe('a form', () => {
  test('begins with the units that are meant and the values that are known', () => {
    const start = startOf([{ ...reason, value: 'asked by the customer' }, units])
    expect(start.text).toEqual({ reason: 'asked by the customer' })
    expect(start.units).toEqual({ lines: [{ lineId: '2', quantity: 1 }] })
  })

  test('says what is missing, a text of spaces too', () => {
    expect(missingIn([reason], { text: { reason: '  ' }, units: {} })).toContain('Why')
    expect(missingIn([reason], { text: { reason: 'late' }, units: {} })).toBeNull()
    expect(missingIn([units], { text: {}, units: {} })).toContain('at least one')
    const price: FormField = { kind: 'number', name: 'price', label: 'Price' }
    expect(missingIn([price], { text: { price: 'ten' }, units: {} })).toContain('no number')
    expect(missingIn([price], { text: { price: '10.50' }, units: {} })).toBeNull()
  })

  test.each([
    ['more than there are', '1', 4],
    ['fewer than none', '1', -1],
    ['half a unit', '1', 0.5],
    ['units of a line that is not there', '9', 1],
  ])('refuses %s', (_, lineId, quantity) => {
    expect(missingIn([units], { text: {}, units: { lines: [{ lineId, quantity }] } })).toContain(
      'not possible',
    )
  })
})

describe('a time in a field', () => {
  test.each(['UTC', 'America/New_York', 'Asia/Kolkata'])('is that of the zone %s and comes back', (zone) => {
    const at = '2026-11-24T14:40:00.000Z'
    expect(instantOf(fieldText(at, zone), zone)).toBe(at)
  })

  test('is right on the day on which clocks change, and a day is its first instant', () => {
    expect(instantOf('2026-11-01T12:00', 'America/New_York')).toBe('2026-11-01T17:00:00.000Z')
    expect(instantOf('2026-03-08T12:00', 'America/New_York')).toBe('2026-03-08T16:00:00.000Z')
    expect(instantOf('2026-11-24', 'America/New_York')).toBe('2026-11-24T05:00:00.000Z')
    expect(instantOf('tomorrow', 'UTC')).toBeNull()
  })
})

test('messages are sent again since a time of the zone in which it was typed, which has to be given', async () => {
  const sent: unknown[] = []
  vi.stubGlobal('fetch', async (url: string, { body }: { body: string }) => {
    sent.push([url, JSON.parse(body)])
    return Response.json({ queued: 3 })
  })
  const told: number[] = []
  const { fields, act } = replayForm('wh 1', 'America/New_York', (count) => told.push(count))
  expect(missingIn(fields, startOf(fields))).toContain('Since')
  expect(await act({ text: { since: '2026-11-24T09:40' }, units: {} })).toBeUndefined()
  expect(sent).toEqual([['/api/v1/webhooks/wh%201/replay', { since: '2026-11-24T14:40:00.000Z' }]])
  expect(told).toEqual([3])
})

describe('the chart of what can be promised', () => {
  const dayMs = 86_400_000
  const points = [4, 2, 0, -1, 3, 0].map((value, i) => ({ t: Date.UTC(2026, 10, 24) + i * dayMs, value }))

  test('marks the first day of every stretch in which nothing is left', () => {
    expect(emptyRuns(points).map(({ t }) => new Date(t).getUTCDate())).toEqual([26, 29])
  })

  test('draws steps from zero as the golden file has them, and survives having no days', async () => {
    const palette = paletteFrom((token) => `var(${token})`)
    const spec = atpSpec({ points, palette, height: 180 })
    await expect(`${JSON.stringify(spec, null, 2)}\n`).toMatchFileSnapshot('./golden/atp.json')
    expect(() => atpSpec({ points: [], palette, height: 180 })).not.toThrow()
  })
})
