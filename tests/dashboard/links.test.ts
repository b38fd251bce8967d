// A link that decides a plan is asked of the market that it is of.

import { afterEach, expect, test, vi } from 'vitest'
import { server } from '../../dashboard/lib/api.ts'

afterEach(() => vi.unstubAllGlobals())

test('a link is asked of its own market, and where none is named of the default one', async () => {
  const asked: string[] = []
  vi.stubGlobal('fetch', async (url: string) => {
    asked.push(url)
    return new Response('{}', { headers: { 'content-type': 'application/json' } })
  })
  await server.decideByLink('t', 'eu')
  await server.decideByLink('t', '')
  expect(asked).toEqual(['/api/v1/markets/eu/reroutes/links', '/api/v1/reroutes/links'])
})
