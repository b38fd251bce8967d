// Routes of markets: which there are, who writes each, and a new one. A market's own routes stand elsewhere.

import { Type } from 'typebox'
import { api } from '#data/contracts'
import type { App, MarketsPart } from '../parts.ts'
import { problems } from '../problem.ts'

const tags = ['system']

/** Adds the routes of markets. */
export function addMarkets(app: App, markets: MarketsPart): void {
  app.get(
    '/markets',
    {
      schema: {
        tags,
        summary: 'Markets, and which process writes each',
        response: { 200: Type.Array(api.market), ...problems },
      },
    },
    () => markets.list(),
  )
  app.post(
    '/markets',
    {
      config: { access: 'manage' },
      schema: {
        tags,
        summary: 'A market that may be new; asking again is harmless',
        body: api.newMarket,
        response: { 201: api.market, ...problems },
      },
    },
    async (request, reply) => {
      const { market } = request.body
      await markets.create(market)
      const found = (await markets.list()).find((each) => each.market === market)
      return reply.code(201).send(found as api.Market)
    },
  )
}
