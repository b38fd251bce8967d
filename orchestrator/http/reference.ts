// The description of the API (OpenAPI 3.1) and its reference page, which loads nothing from elsewhere.

import { createHash } from 'node:crypto'
import swagger from '@fastify/swagger'
import reference from '@scalar/fastify-api-reference'
import type { App } from './parts.ts'
import { sessionCookie } from './sessions.ts'

/** Address of the page. */
const page = '/api/docs'
/** Address of the document. */
const document = '/api/openapi.json'

/** Collects every route that is added after it. */
export async function collectRoutes(app: App): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Detour',
        version: '1',
        description:
          'Notices fulfillment constraints, reroutes the affected orders within limits, and proves what that saved. ' +
          'Errors are application/problem+json with a code. Money is in minor units, times are ISO 8601 in UTC. ' +
          'On loopback reads are open; changes need a page of this server or a key. ' +
          'Away from loopback everything needs a key: `detour key create`. A browser shows it once to get a session. ' +
          'Paths mean the default market; `/api/v1/markets/{market}/orders` and so on mean another one. ' +
          'Any process on the same log may be asked: it passes on what another one writes.',
      },
      tags: [
        ['system', 'How the system stands, and how it turns'],
        ['orders', 'Orders from creation to release'],
        ['fulfillment orders', 'Work of nodes from picking to delivery'],
        ['inventory', 'Stock by SKU and node'],
        ['incidents', 'Constraints that were confirmed'],
        ['alerting', 'Silences, maintenance windows, and who is told of which incident'],
        ['detection', 'How constraints are found: settings, feedback, and what either would change'],
        ['models', 'Versions of models and their tests on the past, trainings, and models of your own'],
        ['reroutes', 'Plans that wait for a person, the kill switch, roll-backs and effects'],
        ['decisions', 'Why work went where it went'],
        ['policies', 'Limits of automatic actions'],
        ['network', 'Nodes, calendars, carriers, services, lanes and rates'],
        ['strategies', 'What is weighed and what must hold when orders are sourced'],
        ['policies', 'What is asked of orders on their way, and what follows'],
        ['flows', 'How orders, stock and returns are dealt with, step by step, and how far each is'],
        ['replays', 'Past orders by a draft beside what is in force'],
        ['promise', 'What a cart could have, and what would be if'],
        ['analysis', 'Odd rows, odd points and root causes in data that is sent along'],
        ['metrics', 'Series with their expected range'],
        ['sql', 'Read-only questions over the tables'],
        ['ingest', 'Files in'],
        ['webhooks', 'Signed messages out'],
      ].map(([name, description]) => ({ name: name as string, description: description as string })),
      components: {
        securitySchemes: {
          key: { type: 'http', scheme: 'bearer', description: 'A key or token' },
          session: { type: 'apiKey', in: 'cookie', name: sessionCookie, description: 'Of the dashboard' },
        },
      },
      security: [{}, { key: [] }, { session: [] }],
    },
    refResolver: { buildLocalReference: (schema, _base, _fragment, i) => String(schema.$id ?? `def-${i}`) },
  })
}

/** Adds the document and the page. */
export function addReference(app: App): void {
  app.get(document, { schema: { hide: true } }, async () => app.swagger())
  app.register(async (scope) => {
    let policy: string | null = null
    scope.addHook('onSend', async (_request, reply, payload) => {
      if (typeof payload !== 'string' || !String(reply.getHeader('content-type')).startsWith('text/html'))
        return payload
      policy ??= policyOf(payload)
      reply.header('content-security-policy', policy)
      return payload
    })
    await scope.register(reference, {
      routePrefix: page,
      configuration: {
        url: document,
        pageTitle: 'Detour API',
        withDefaultFonts: false,
        telemetry: false,
        // What would lead elsewhere.
        hideClientButton: true,
        showDeveloperTools: 'never',
        agent: { disabled: true },
        mcp: { disabled: true },
      },
    })
  })
}

/** What the page may load: from here alone, and of scripts in the page only those it came with. */
function policyOf(html: string): string {
  const inline = [...html.matchAll(/<script(?![^>]*\bsrc=)[^>]*>([\s\S]*?)<\/script>/g)]
  const hashes = inline.map(
    ([, script = '']) => `'sha256-${createHash('sha256').update(script).digest('base64')}'`,
  )
  return [
    "default-src 'none'",
    `script-src 'self' ${hashes.join(' ')}`.trim(),
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self' data:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ')
}
