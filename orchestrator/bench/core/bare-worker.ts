// Entry file of the yardstick: a Fastify server with the same routes and schemas that checks what it gets, answers at
// once and keeps nothing.

import type { AddressInfo } from 'node:net'
import Fastify from 'fastify'
import { Type } from 'typebox'
import { api } from '#data/contracts'

const app = Fastify({
  ajv: {
    customOptions: { coerceTypes: false, removeAdditional: false, useDefaults: false, allErrors: false },
  },
})
const when = '2026-01-01T00:00:00.000Z'
const held = {
  status: 'done' as const,
  reservationId: 'cart-1',
  reservationStatus: 'active' as const,
  createdAt: when,
  expiresAt: when,
}
app.post(
  '/api/v1/inventory/reservations',
  { schema: { body: api.newReservation, response: { 200: api.reservationAnswer } } },
  async () => held,
)

const position = {
  sku: 'SKU-00001',
  nodeId: 'bench:N1',
  isTracked: true,
  onHand: 1_000_000,
  allocated: 10,
  reserved: 10,
  safetyStock: 0,
  ringFenced: 0,
  inbound: 0,
  available: 999_980,
}
const answers = [1, 50].map((count) => ({
  at: when,
  items: Array.from({ length: count }, () => position),
  nextCursor: null,
}))
const [one, many] = answers
const response = { 200: api.availabilityAnswer }
const query = Type.Object({ sku: Type.String(), node: Type.String() })
app.get('/api/v1/inventory/availability', { schema: { querystring: query, response } }, async () => one)
app.post(
  '/api/v1/inventory/availability',
  { schema: { body: api.availabilityQuery, response } },
  async () => many,
)
await app.listen({ host: '127.0.0.1', port: 0 })
process.send?.({ result: { port: (app.server.address() as AddressInfo).port } })
process.once('disconnect', () => process.exit(0))
