// The description of the API is complete and true to its routes; the pages load nothing from elsewhere.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openPlace, type Place } from './http-place.ts'

interface Operation {
  summary?: string
  tags?: string[]
  parameters?: { name: string; in: string; schema: object }[]
  requestBody?: { content: Record<string, { schema: { additionalProperties?: boolean } }> }
  responses: Record<string, { description: string; content?: Record<string, { schema: object }> }>
}
interface Document {
  openapi: string
  tags: { name: string }[]
  paths: Record<string, Record<string, Operation>>
  components: { schemas: Record<string, object> }
}

let place: Place
let document: Document
beforeAll(async () => {
  place = await openPlace()
  document = JSON.parse((await place.bare('GET', '/api/openapi.json')).text) as Document
})
afterAll(() => place.close())

const operations = () =>
  Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      name: `${method.toUpperCase()} ${path}`,
      operation,
    })),
  )

const routes = [
  'GET /api/v1/status',
  'POST /api/v1/session',
  'DELETE /api/v1/session',
  'GET /api/v1/overview',
  'GET /api/v1/orders',
  'POST /api/v1/orders',
  'GET /api/v1/orders/{orderId}',
  'POST /api/v1/orders/bulk',
  'POST /api/v1/orders/actions',
  'PATCH /api/v1/orders/{orderId}',
  ...[
    ...['hold', 'lift-hold', 'release', 'cancel', 'split', 'clone', 'substitute', 'backorder', 'preorder'],
    ...['retry', 'own-state', 'return', 'receive-return'],
  ].map((action) => `POST /api/v1/orders/{orderId}/${action}`),
  'GET /api/v1/order-states',
  'PUT /api/v1/order-states',
  'GET /api/v1/health',
  'GET /api/v1/fulfillment-orders',
  'GET /api/v1/fulfillment-orders/{orderId}/{fulfillmentOrderId}',
  'POST /api/v1/fulfillment-orders/actions',
  'POST /api/v1/orders/{orderId}/reroute',
  'POST /api/v1/orders/{orderId}/undo-reroute',
  'POST /api/v1/orders/{orderId}/advance',
  ...[
    ...['accept', 'reject', 'start-picking', 'pick', 'pack', 'ready', 'ship', 'deliver', 'collect'],
    'own-state',
  ].map((step) => `POST /api/v1/fulfillment-orders/{orderId}/{fulfillmentOrderId}/${step}`),
  'GET /api/v1/network',
  'PATCH /api/v1/network',
  'GET /api/v1/network/export',
  'GET /api/v1/models',
  'POST /api/v1/models',
  'POST /api/v1/models/check',
  ...['GET', 'PUT', 'DELETE'].map((method) => `${method} /api/v1/models/{model}`),
  'GET /api/v1/models/{model}/versions',
  ...['train', 'score', 'cancel', 'promote', 'rollback'].map(
    (action) => `POST /api/v1/models/{model}/${action}`,
  ),
  'POST /api/v1/network/import',
  'GET /api/v1/strategies',
  'POST /api/v1/strategies',
  'POST /api/v1/strategies/check',
  'PUT /api/v1/strategies/rules',
  'GET /api/v1/policies',
  'POST /api/v1/policies',
  'GET /api/v1/policies/facts',
  'POST /api/v1/policies/check',
  'POST /api/v1/policies/form',
  'GET /api/v1/policies/{policyId}',
  'POST /api/v1/policies/{policyId}/publish',
  'POST /api/v1/policies/{policyId}/retire',
  'GET /api/v1/flows',
  'POST /api/v1/flows',
  'POST /api/v1/flows/check',
  'POST /api/v1/flows/reprocess',
  'GET /api/v1/flows/runs',
  'POST /api/v1/flows/runs/answer',
  'GET /api/v1/flows/schema',
  'GET /api/v1/flows/{flowId}',
  'PUT /api/v1/flows/{flowId}/draft',
  'DELETE /api/v1/flows/{flowId}/draft',
  'POST /api/v1/flows/{flowId}/migrate',
  'PUT /api/v1/flows/{flowId}/mode',
  'POST /api/v1/orders/{orderId}/events',
  'GET /api/v1/orders/{orderId}/runs',
  'GET /api/v1/replays',
  'POST /api/v1/replays',
  'GET /api/v1/replays/{replayId}',
  'POST /api/v1/replays/{replayId}/cancel',
  'GET /api/v1/replays/{replayId}/changes',
  'GET /api/v1/inventory',
  'POST /api/v1/inventory/adjustments',
  'GET /api/v1/inventory/availability',
  'POST /api/v1/inventory/availability',
  'GET /api/v1/inventory/atp',
  'GET /api/v1/products',
  'POST /api/v1/products',
  'POST /api/v1/inventory/on-hand',
  'POST /api/v1/inventory/cycle-counts',
  'POST /api/v1/inventory/schedule',
  'GET /api/v1/inventory/schedule',
  'POST /api/v1/inventory/receipts',
  'POST /api/v1/inventory/channels/allocate',
  'POST /api/v1/inventory/channels/unallocate',
  'POST /api/v1/inventory/channels/reallocate',
  'POST /api/v1/inventory/channels/consume',
  'POST /api/v1/inventory/safety-stock',
  'POST /api/v1/inventory/rules',
  'GET /api/v1/inventory/measures',
  'PUT /api/v1/inventory/measures',
  'POST /api/v1/inventory/reservations',
  'GET /api/v1/inventory/reservations',
  'POST /api/v1/inventory/reservations/bulk',
  'GET /api/v1/inventory/reservations/{reservationId}',
  'DELETE /api/v1/inventory/reservations/{reservationId}',
  'POST /api/v1/inventory/reservations/{reservationId}/renew',
  'POST /api/v1/inventory/reservations/{reservationId}/release',
  'GET /api/v1/incidents',
  'GET /api/v1/incidents/{incidentId}',
  'POST /api/v1/incidents/{incidentId}/acknowledge',
  ...['snooze', 'wake', 'resolve', 'reopen', 'owner', 'severity', 'comments', 'merge', 'split'].map(
    (action) => `POST /api/v1/incidents/{incidentId}/${action}`,
  ),
  'POST /api/v1/incidents/actions',
  'GET /api/v1/silences',
  'POST /api/v1/silences',
  'PUT /api/v1/silences/{silenceId}',
  'POST /api/v1/silences/{silenceId}/end',
  'GET /api/v1/alerting/routing',
  'PUT /api/v1/alerting/routing',
  'POST /api/v1/alerting/preview',
  'GET /api/v1/detection/settings',
  'PUT /api/v1/detection/settings',
  'POST /api/v1/detection/preview',
  'GET /api/v1/detection/feedback',
  'POST /api/v1/detection/feedback',
  'POST /api/v1/detection/feedback/{feedbackId}/undo',
  'POST /api/v1/incidents/{incidentId}/roll-back',
  'GET /api/v1/incidents/{incidentId}/effect',
  'GET /api/v1/reroutes/plans',
  'GET /api/v1/reroutes/plans/{planId}',
  ...['approve', 'reject', 'links'].map((answer) => `POST /api/v1/reroutes/plans/{planId}/${answer}`),
  'POST /api/v1/reroutes/links',
  'POST /api/v1/reroutes/stop',
  'POST /api/v1/reroutes/resume',
  'GET /api/v1/reroutes/effects',
  'GET /api/v1/decisions',
  'GET /api/v1/decisions/{decisionId}',
  'GET /api/v1/markets',
  'POST /api/v1/markets',
  'GET /api/v1/metrics',
  'GET /api/v1/metrics/{metric}',
  'GET /api/v1/metrics/{metric}/slices',
  'GET /api/v1/policies/reroute',
  'PUT /api/v1/policies/reroute',
  'GET /api/v1/clock',
  'PUT /api/v1/clock',
  'POST /api/v1/cycle',
  'POST /api/v1/promise',
  'POST /api/v1/sourcing/simulate',
  'POST /api/v1/analysis/detect',
  'POST /api/v1/analysis/explain',
  'POST /api/v1/analysis/score',
  'POST /api/v1/sql',
  'GET /api/v1/sql/schema',
  'POST /api/v1/ingest',
  'GET /api/v1/stream',
  'GET /api/v1/webhooks',
  'POST /api/v1/webhooks',
  'GET /api/v1/webhooks/{webhookId}',
  'PATCH /api/v1/webhooks/{webhookId}',
  'DELETE /api/v1/webhooks/{webhookId}',
  'POST /api/v1/webhooks/{webhookId}/test',
  'POST /api/v1/webhooks/{webhookId}/rotate',
  'POST /api/v1/webhooks/{webhookId}/replay',
  'GET /api/v1/deliveries',
  'GET /api/v1/webhook-events',
  'GET /api/v1/webhook-events/{type}/schema',
  'GET /api/v1/webhook-preview',
  'POST /api/v1/sink/{name}',
  'GET /api/v1/sink',
  'DELETE /api/v1/sink',
]

/** Writes that take an idempotency key. */
const keyed = [
  /^POST .*\/(orders|fulfillment-orders|inventory|products|incidents|webhooks|network|strategies|detection\/feedback)/,
  /^POST .*\/(policies|replays|flows(?!\/check))/,
  /^(PUT|DELETE) .*\/flows\//,
  /^PUT .*(policies|measures|order-states|strategies|detection)/,
  /^(POST|PUT) .*\/(silences|alerting\/routing)/,
  /^PATCH .*(orders|network|webhooks)/,
  /^DELETE .*reservations/,
  /^POST .*\/models$/,
]

describe('the document', () => {
  test('is OpenAPI 3.1 and names every route, and no verb of the command line', () => {
    expect(document.openapi).toBe('3.1.0')
    expect(
      operations()
        .map(({ name }) => name)
        .toSorted(),
    ).toEqual(routes.toSorted())
  })

  test('says of each route what it is for, what it answers and how it fails', () => {
    const tags = document.tags.map(({ name }) => name)
    for (const { name, operation } of operations()) {
      expect([name, operation.summary]).toEqual([name, expect.stringMatching(/^[A-Z].{8,}/)])
      expect([name, tags.includes(operation.tags?.[0] ?? '')]).toEqual([name, true])
      const good = Object.keys(operation.responses).filter((status) => status.startsWith('2'))
      expect([name, good.length]).toEqual([name, 1])
      for (const status of ['4XX', '5XX']) {
        const content = operation.responses[status]?.content ?? {}
        expect([name, Object.keys(content)]).toEqual([name, ['application/problem+json']])
        expect(content['application/problem+json']?.schema).toEqual({ $ref: '#/components/schemas/Problem' })
      }
    }
    expect(document.components.schemas).toHaveProperty('Problem')
  })

  test('closes every body, and holds no reference that leads nowhere', () => {
    for (const { name, operation } of operations()) {
      const schema = operation.requestBody?.content['application/json']?.schema
      if (schema !== undefined) expect([name, schema.additionalProperties]).toEqual([name, false])
    }
    const references = JSON.stringify(document).match(/"\$ref":"[^"]+"/g) ?? []
    expect(new Set(references)).toEqual(new Set(['"$ref":"#/components/schemas/Problem"']))
  })

  test('knows that writes take a key, and lists where a page starts', () => {
    const named = (name: string, where: string) =>
      operations()
        .filter(({ operation }) => operation.parameters?.some((one) => one.name === name && one.in === where))
        .map((one) => one.name)
    expect(named('idempotency-key', 'header').toSorted()).toEqual(
      routes
        .filter((route) => !/(advance|availability|check|form)$/.test(route))
        .filter((route) => keyed.some((shape) => shape.test(route)))
        .toSorted(),
    )
    expect(named('cursor', 'query')).toHaveLength(10)
  })
})

describe('the reference page', () => {
  test('and its script come from here, under a policy that lets nothing else in', async () => {
    const page = await place.bare('GET', '/api/docs/')
    expect(page.status).toBe(200)
    expect(page.headers['content-type']).toContain('text/html')
    expect(page.text).not.toMatch(/(src|href)="(https?:)?\/\//)
    const policy = String(page.headers['content-security-policy'])
    expect(policy).toContain("default-src 'none'")
    expect(policy).toMatch(/script-src 'self' 'sha256-[\w+/=]+';/)
    expect(policy).not.toMatch(/https?:|\*/)
    const script = await place.bare('GET', '/api/docs/js/scalar.js')
    expect([script.status, script.headers['content-type']]).toEqual([
      200,
      expect.stringContaining('javascript'),
    ])
    expect((await place.bare('GET', '/api/docs')).status).toBe(301)
    expect(page.headers['strict-transport-security']).toBeUndefined()
  })
})

describe('paths that lead nowhere', () => {
  test('under /api are problems, and the root says what is missing where the dashboard was left out', async () => {
    for (const path of [
      '/api',
      '/api/',
      '/api/v1/nothing',
      '/api/v2/orders',
      '/api/v1/orders/a/b/c',
      '/nothing',
    ]) {
      const answer = await place.call('GET', path)
      expect([path, answer.status, answer.body.code]).toEqual([path, 404, 'HTTP_NOT_FOUND'])
      expect(answer.headers['content-type']).toContain('application/problem+json')
    }
    const root = await place.bare('GET', '/')
    expect([root.status, root.text]).toEqual([200, expect.stringContaining('The dashboard was left out')])
  })

  test('go to the dashboard where there is one, with the body unread, but never those under /api', async () => {
    const seen: string[] = []
    const paged = await openPlace({
      pages: (request, response) => {
        request.setEncoding('utf8').on('data', (text) => seen.push(text))
        request.on('end', () => {
          response.setHeader('content-type', 'text/html')
          response.end(`${request.method} ${request.url} ${request.headers['x-forwarded-proto']}`)
        })
      },
    })
    try {
      const page = await paged.bare('GET', '/orders/1?q=2')
      expect(page.text).toBe('GET /orders/1?q=2 http')
      expect(page.headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'x-frame-options': 'DENY' })
      expect(page.headers['content-security-policy']).toBeUndefined()
      expect((await paged.bare('POST', '/form', { body: { a: 1 } })).text).toBe('POST /form http')
      expect(seen.join('')).toBe('{"a":1}')
      for (const path of ['/api', '/api/nothing', '/api/v1/nothing']) {
        expect((await paged.call('GET', path)).body.code).toBe('HTTP_NOT_FOUND')
      }
      const host = await paged.bare('GET', '/', { headers: { host: 'evil.example' } })
      expect(host.status).toBe(421)
    } finally {
      await paged.close()
    }
  })
})
