// Routes of what is expected and ruled about stock: schedule, receipts, safety stock, channels, rules, measures,
// products.

import { Type } from 'typebox'
import { api } from '#data/contracts'
import type { Engine } from '#orchestrator/engine'
import { listSchedule } from '#orchestrator/inventory'
import { idempotencyHeaders } from '../../command.ts'
import type { App, AppParts } from '../../parts.ts'
import { problems } from '../../problem.ts'
import { closed, page, word } from '../fields.ts'
import { change } from './change.ts'

const response = { 200: api.stockAnswer, ...problems }
const shared = { tags: ['inventory'], headers: idempotencyHeaders, response }
const scheduleQuery = Type.Object(
  { ...page, sku: Type.Optional(word()), node: Type.Optional(word('node id')) },
  closed,
)

/** Adds the routes of plans and rules. */
export function addPlans(app: App, { engine }: AppParts): void {
  addSchedule(app, engine)
  addChannels(app, engine)
  addRules(app, engine)
}

function addSchedule(app: App, engine: Engine): void {
  app.post(
    '/inventory/schedule',
    { schema: { ...shared, summary: 'Expect supply and demand', body: api.scheduleEntries } },
    (request) => {
      const entries = request.body.entries.map((entry) => ({ ...entry, dueAt: Date.parse(entry.dueAt) }))
      return change(engine, request, 'schedule', 'ScheduleStock', { entries })
    },
  )
  app.get(
    '/inventory/schedule',
    {
      schema: {
        tags: shared.tags,
        summary: 'What is expected, the first due first',
        querystring: scheduleQuery,
        response: { 200: api.schedulePage, ...problems },
      },
    },
    (request) => listSchedule(engine.core.state(), request.query),
  )
  app.post(
    '/inventory/receipts',
    { schema: { ...shared, summary: 'Scheduled supply came', body: api.supplyReceipt } },
    (request) => {
      const { scheduleId, quantity, reason = 'received' } = request.body
      const data = { scheduleId, quantity, reason }
      return change(engine, request, `receipts/${scheduleId}`, 'ReceiveSupply', data)
    },
  )
}

function addChannels(app: App, engine: Engine): void {
  const body = api.channelUnits
  app.post(
    '/inventory/channels/allocate',
    { schema: { ...shared, summary: 'Set units apart for channels', body } },
    (request) => {
      const { items, reason = 'set apart over the API' } = request.body
      return change(engine, request, 'channels/allocate', 'AllocateChannel', { items, reason })
    },
  )
  app.post(
    '/inventory/channels/unallocate',
    { schema: { ...shared, summary: 'Units of channels for everybody again', body } },
    (request) => {
      const { items, reason = 'given back over the API' } = request.body
      return change(engine, request, 'channels/unallocate', 'UnallocateChannel', { items, reason })
    },
  )
  app.post(
    '/inventory/channels/reallocate',
    { schema: { ...shared, summary: 'Units of one channel for another', body: api.channelMove } },
    (request) => {
      const { reason = 'handed over over the API', ...move } = request.body
      return change(engine, request, 'channels/reallocate', 'ReallocateChannel', { ...move, reason })
    },
  )
  app.post(
    '/inventory/channels/consume',
    { schema: { ...shared, summary: 'Units of channels that left by another way', body } },
    (request) => {
      const { items, reason = 'consumed over the API' } = request.body
      return change(engine, request, 'channels/consume', 'ConsumeChannel', { items, reason })
    },
  )
}

function addRules(app: App, engine: Engine): void {
  app.post(
    '/inventory/safety-stock',
    { schema: { ...shared, summary: 'Units kept back', body: api.safetyStocks } },
    (request) => {
      const { items, reason = 'set over the API' } = request.body
      return change(engine, request, 'safety-stock', 'SetSafetyStock', { items, reason })
    },
  )
  app.post(
    '/inventory/rules',
    { schema: { ...shared, summary: 'How far stock may be promised below zero', body: api.stockRules } },
    (request) => {
      const rules = request.body.rules.map(({ sku = null, nodeId = null, backorderLimit }) => ({
        sku,
        nodeId,
        backorderLimit,
      }))
      return change(engine, request, 'rules', 'SetStockRules', { rules })
    },
  )
  app.get(
    '/inventory/measures',
    {
      schema: {
        tags: shared.tags,
        summary: 'How figures are made',
        response: { 200: api.measures, ...problems },
      },
    },
    () => ({
      measures: engine.core.state().measures.map(({ name, terms }) => ({ name, terms: [...terms] })),
    }),
  )
  app.put(
    '/inventory/measures',
    { schema: { ...shared, summary: 'Define how figures are made; the whole list', body: api.measures } },
    (request) => change(engine, request, 'measures', 'DefineMeasures', request.body),
  )
  app.post(
    '/products',
    { schema: { ...shared, summary: 'Tell products of the catalogue', body: api.products } },
    (request) => {
      const products = request.body.products.map(({ name = null, skuClass = null, ...product }) => ({
        name,
        skuClass,
        ...product,
      }))
      return change(engine, request, 'products', 'DefineProducts', { products })
    },
  )
}
