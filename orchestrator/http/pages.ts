// The dashboard's pages in the same server. The handler answers on its own; nothing here reads a body meant for it.

import { handOverHeaders } from './careful.ts'
import type { App, PageHandler } from './parts.ts'
import { notFound, sendProblem } from './problem.ts'

const missing = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Detour</title></head>
<body style="font-family: system-ui; margin: 4rem auto; max-width: 36rem; line-height: 1.5">
<h1 style="font-size: 1.25rem">The dashboard was left out</h1>
<p>Detour runs, and its API answers: see <a href="/api/docs/">the reference</a>.
For the dashboard, start it without <code>--no-dashboard</code>.</p>
</body></html>
`

/** Adds the pages, or words where there are none. Registered last: it takes every path that is left. */
export function addPages(app: App, pages: PageHandler | null): void {
  app.register(async (plain) => {
    const scope = plain as App
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser('*', (_request, _payload, done) => done(null))
    if (pages === null) {
      scope.get('/', { schema: { hide: true } }, async (_request, reply) =>
        reply
          .type('text/html; charset=utf-8')
          .header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'")
          .send(missing),
      )
      return
    }
    scope.all('/*', { schema: { hide: true }, config: { access: 'open' } }, (request, reply) => {
      if (/^\/api(\/|$|\?)/.test(request.url)) return sendProblem(reply, notFound(request))
      reply.hijack()
      handOverHeaders(reply)
      request.raw.headers['x-forwarded-proto'] = request.protocol
      pages(request.raw, reply.raw)
    })
  })
}
