// The description of the API is complete and true to its routes; the pages load nothing from elsewhere.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openPlace, type Place } from './http-place.ts'
import { keyed, routes } from './http-routes.ts'

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
    expect(named('cursor', 'query')).toHaveLength(12)
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
