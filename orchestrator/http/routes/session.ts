// Routes of sessions: a key for a cookie, and the end of it. The key is checked by the vault and kept nowhere else.

import { Type } from 'typebox'
import { api } from '#data/contracts'
import { fail } from '#data/kernel'
import { isForeignPage } from '../access.ts'
import type { App, BaseParts } from '../parts.ts'
import { problems } from '../problem.ts'
import { cookieFor, type Sessions } from '../sessions.ts'

const tags = ['system']
const config = { access: 'open' } as const

/** Adds the routes of sessions. */
export function addSession(app: App, { vault }: BaseParts, sessions: Sessions): void {
  app.post(
    '/session',
    {
      config,
      schema: {
        tags,
        summary: 'Show a key once; a cookie stands for it in this browser for 12 hours',
        body: api.newSession,
        response: { 200: api.session, ...problems },
      },
    },
    async (request, reply) => {
      if (isForeignPage(request))
        throw fail('HTTP_UNAUTHORIZED', { reason: 'this needs a page of this server' })
      const holder = await vault.verifyKey(request.body.key)
      if (holder === null) {
        const reason = 'this key is unknown or was revoked; "detour key list" shows those that hold'
        throw fail('HTTP_UNAUTHORIZED', { reason })
      }
      sessions.end(request)
      const { id, endsAt } = sessions.start(holder)
      const { name, role } = holder
      reply.header('set-cookie', cookieFor(request, id)).header('cache-control', 'no-store')
      return { name, role, endsAt: new Date(endsAt).toISOString() }
    },
  )
  app.delete(
    '/session',
    {
      config,
      schema: {
        tags,
        summary: 'End the session of this browser',
        response: { 204: Type.Null(), ...problems },
      },
    },
    async (request, reply) => {
      if (isForeignPage(request))
        throw fail('HTTP_UNAUTHORIZED', { reason: 'this needs a page of this server' })
      sessions.end(request)
      return reply.code(204).header('set-cookie', cookieFor(request, '')).send(null)
    },
  )
}
