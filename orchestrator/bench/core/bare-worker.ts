// Entry file of the yardstick: a Fastify server with the same routes and schemas that checks what it gets, answers at
// once and keeps nothing.

import type { AddressInfo } from 'node:net'
import Fastify from 'fastify'
import { api } from '#data/contracts'

const app = Fastify({
  ajv: {
    customOptions: { coerceTypes: false, removeAdditional: false, useDefaults: false, allErrors: false },
  },
})
const done = { status: 'done', reason: null, orderId: null, orderStatus: null }
app.post(
  '/api/v1/inventory/adjustments',
  { schema: { body: api.stockAdjustments, response: { 200: api.commandAnswer } } },
  async () => done,
)
app.get('/api/v1/clock', { schema: { response: { 200: api.clockState } } }, async () => ({
  mode: 'wall',
  now: new Date().toISOString(),
  speed: 1,
  isPaused: false,
}))
await app.listen({ host: '127.0.0.1', port: 0 })
process.send?.({ result: { port: (app.server.address() as AddressInfo).port } })
process.once('disconnect', () => process.exit(0))
