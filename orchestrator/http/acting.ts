// Whether a caller who may read may also act: for routes that answer everybody and change something only on request. It
// asks for the same as a route with access `act` does.

import type { FastifyRequest } from 'fastify'
import { fail } from '#data/kernel'
import type { KeyIdentity } from '#data/vault'
import { isForeignPage } from './access.ts'
import type { BaseParts } from './parts.ts'
import type { Sessions } from './sessions.ts'

/** Who is asked about keys. */
export interface KeyHolders {
  vault: Pick<BaseParts['vault'], 'verifyKey' | 'findKey'>
  sessions: Pick<Sessions, 'holder'>
}

/**
 * Nothing where the caller may act: the owner, a page of this server on loopback, or the key of an operator or admin.
 * @throws HTTP_UNAUTHORIZED, HTTP_FORBIDDEN
 */
export async function assertActing(request: FastifyRequest, holders: KeyHolders): Promise<void> {
  const { caller } = request
  if (caller.kind === 'owner' || caller.kind === 'page') return
  const holder = await holderOf(request, holders)
  if (holder === null) {
    if (isOurPage(request)) return
    const reason = 'to reserve needs a page of this server, or the header "Authorization: Bearer <key>"'
    throw fail('HTTP_UNAUTHORIZED', { reason })
  }
  const { name, role } = holder
  if (role === 'operator' || role === 'admin') return
  throw fail('HTTP_FORBIDDEN', { name, role, method: request.method, path: request.url.split('?')[0] })
}

async function holderOf(
  request: FastifyRequest,
  { vault, sessions }: KeyHolders,
): Promise<KeyIdentity | null> {
  const key = /^Bearer (\S{1,200})$/i.exec(request.headers.authorization ?? '')?.[1]
  if (key !== undefined) return vault.verifyKey(key)
  const told = request.peer?.holder
  if (told?.kind === 'key') return vault.findKey(told.keyId)
  return request.caller.kind === 'key' ? sessions.holder(request) : null
}

/** Without a key only loopback lets anybody in, and there only a page of ours acts. */
function isOurPage(request: FastifyRequest): boolean {
  const { origin, 'sec-fetch-site': site } = request.headers
  return !isForeignPage(request) && (site === 'same-origin' || (site === undefined && origin !== undefined))
}
