// Routes by which processes on the same log ask each other for transfers between their markets. Nobody else may ask.

import { Type } from 'typebox'
import type { MarketFinder } from '#orchestrator/cluster'
import { transferPaths } from '#orchestrator/cluster'
import type { TransferRequest } from '#orchestrator/core'
import type { App } from '../parts.ts'
import { closed } from './fields.ts'

const config = { access: 'peer' } as const
const ref = { transferId: Type.String(), orderId: Type.String() }

/** Adds the routes of transfers of a market. */
export function addTransfers(app: App, market: string, find: MarketFinder): void {
  const request = Type.Unsafe<TransferRequest>({ type: 'object' })
  app.post(
    transferPaths.reserve,
    { config, schema: { hide: true, body: Type.Object({ request }, closed) } },
    async ({ body }) => (await find(market)).reserve(body.request),
  )
  app.post(
    transferPaths.outcome,
    { config, schema: { hide: true, body: Type.Object(ref, closed) } },
    async ({ body }) => ({ state: await (await find(market)).outcome(body) }),
  )
  app.post(
    transferPaths.settle,
    { config, schema: { hide: true, body: Type.Object({ ...ref, isReleased: Type.Boolean() }, closed) } },
    async ({ body: { isReleased, ...about } }) => {
      await (await find(market)).settle(about, isReleased)
      return {}
    },
  )
}
