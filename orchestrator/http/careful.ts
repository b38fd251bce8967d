// Headers that keep browsers careful: many on pages, few on data. Pages bring their own policy of contents; there is no
// HSTS on plain HTTP.

import type { FastifyReply } from 'fastify'
import type { App } from './parts.ts'

/** Set as one constant object: on small answers, working them out for each request cost as much as the answer. */
const ofPages = Object.freeze({
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'origin-agent-cluster': '?1',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-dns-prefetch-control': 'off',
  'x-download-options': 'noopen',
  'x-frame-options': 'DENY',
  'x-permitted-cross-domain-policies': 'none',
  'x-xss-protection': '0',
})

/** What a browser may do with data: the rest is about documents. */
const ofData = Object.freeze({
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
})

/** Sets them on every answer of the app, refusals included. */
export function addCarefulHeaders(app: App): void {
  app.addHook('onRequest', (request, reply, next) => {
    reply.headers(request.url.startsWith('/api/v1/') ? ofData : ofPages)
    next()
  })
}

/** Sets what the reply holds on a raw answer that something else will write. */
export function handOverHeaders(reply: FastifyReply): void {
  for (const [name, value] of Object.entries(reply.getHeaders())) {
    if (value !== undefined) reply.raw.setHeader(name, value)
  }
}
