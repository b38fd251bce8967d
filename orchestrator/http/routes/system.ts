// Routes of the whole: status, overview, metrics, clock and the cycle.

import { Type } from 'typebox'
import { api } from '#data/contracts'
import { fail } from '#data/kernel'
import { metricCatalogue, metricSeries, metricSlices, overview, systemStatus } from '#orchestrator/views'
import type { App, AppParts } from '../parts.ts'
import { problems } from '../problem.ts'
import { closed, date, oneOf, word } from './fields.ts'

const overviewQuery = Type.Object(
  {
    range: Type.Optional(oneOf(['24h', '7d', '28d', '90d', 'all'])),
    metric: Type.Optional(word('metric of the chart')),
    dimension: Type.Optional(word()),
    value: Type.Optional(word('value of the dimension')),
  },
  closed,
)
const period = {
  from: Type.Optional(date('first instant')),
  to: Type.Optional(date('first instant that is out again')),
}
const seriesQuery = Type.Object(
  {
    dimension: Type.Optional(word('default: all')),
    value: Type.Optional(word()),
    grain: Type.Optional(oneOf(['hour', 'day'])),
    ...period,
  },
  closed,
)
const slicesQuery = Type.Object({ dimension: word(), ...period }, closed)
const metricName = Type.Object({ metric: word() })
const cycleReport = Type.Object({
  mode: Type.String({ description: 'full, incremental or idle' }),
  imported: Type.Object({ orders: Type.Integer(), stock: Type.Integer() }),
  anomalies: Type.Integer(),
  incidentsOpened: Type.Integer(),
  incidentsResolved: Type.Integer(),
  ordersMoved: Type.Integer(),
  ordersNotMoved: Type.Integer(),
  seconds: Type.Number(),
})

/** Adds the routes of the whole system. */
export function addSystem(app: App, parts: AppParts): void {
  const { engine } = parts
  const tags = ['system']
  app.get(
    '/status',
    { schema: { tags, summary: 'How the system stands', response: { 200: api.systemStatus, ...problems } } },
    () => systemStatus(engine),
  )
  app.get(
    '/overview',
    {
      schema: {
        tags,
        summary: 'Everything the overview shows',
        querystring: overviewQuery,
        response: { 200: api.overview, ...problems },
      },
    },
    (request) => overview(engine, request.query),
  )
  app.get(
    '/clock',
    { schema: { tags, summary: 'The time of the market', response: { 200: api.clockState, ...problems } } },
    async () => engine.clock(),
  )
  app.put(
    '/clock',
    {
      schema: {
        tags,
        summary: 'Change how time goes',
        body: api.clockChange,
        response: { 200: api.clockState, ...problems },
      },
    },
    (request) => engine.setClock(request.body),
  )
  app.post(
    '/cycle',
    {
      schema: {
        tags,
        summary: 'Bring tables, detection and reroutes up to date',
        response: { 200: cycleReport, ...problems },
      },
    },
    async () => {
      const { pipeline, ...report } = await engine.cycle()
      return { mode: pipeline.mode, ...report }
    },
  )
  addMetrics(app, parts)
}

function addMetrics(app: App, { engine }: AppParts): void {
  const tags = ['metrics']
  app.get(
    '/metrics',
    {
      schema: {
        tags,
        summary: 'What every metric means',
        response: { 200: Type.Array(api.metricInfo), ...problems },
      },
    },
    () => metricCatalogue(engine),
  )
  app.get(
    '/metrics/:metric',
    {
      schema: {
        tags,
        summary: 'A series with its expected range',
        params: metricName,
        querystring: seriesQuery,
        response: { 200: api.metricSeries, ...problems },
      },
    },
    async (request) => {
      const query = { ...request.params, ...request.query }
      const series = await metricSeries(engine, query)
      if (series === null) throw fail('METRIC_UNKNOWN', { dimension: 'all', ...query })
      return series
    },
  )
  app.get(
    '/metrics/:metric/slices',
    {
      schema: {
        tags,
        summary: 'A metric by the values of a dimension',
        params: metricName,
        querystring: slicesQuery,
        response: { 200: Type.Array(api.metricSlice), ...problems },
      },
    },
    async (request) => {
      const query = { ...request.params, ...request.query }
      const slices = await metricSlices(engine, query)
      if (slices === null) throw fail('METRIC_UNKNOWN', query)
      return slices
    },
  )
}
