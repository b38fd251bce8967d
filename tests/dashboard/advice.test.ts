// Incidents for which nothing is moved say what a person can do instead.

import { expect, test } from 'vitest'
import { adviceOf } from '../../dashboard/lib/incidents/advice.ts'

test('what Detour only depends on has advice, with the page of it where there is one', () => {
  expect(adviceOf('receiver', 'hook/1')?.href).toBe('/webhooks/hook%2F1')
  expect(adviceOf('handover', 'shop:a')).toMatchObject({ href: null })
  expect(adviceOf('supply', 'shop:a')?.text).toContain('ends when goods come')
})

test('where orders may be moved there is none', () => {
  for (const dimension of ['node', 'carrier', 'lane', 'all', 'node x carrier'])
    expect(adviceOf(dimension, 'a')).toBeNull()
})
