// Who may ask: the host that was named, the page it came from, the key it carries. It knows no route by name.

import { timingSafeEqual } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import { asDetourError, type DetourError, fail } from '#data/kernel'
import type { KeyIdentity, KeyRole } from '#data/vault'
import { type Peers, type PeerWord, peerHeader } from '#orchestrator/cluster'
import type { App, BaseParts } from './parts.ts'
import { sendProblem } from './problem.ts'
import type { Sessions } from './sessions.ts'

/**
 * What a route lets in. `open`: everybody; `read`: everybody on loopback, else a key; `ask`, `act`, `manage`: our own
 * page or the key of a reader, an operator, an admin; `own`: the token of the running server alone; `sink`: also
 * programs on this machine, but no foreign page; `peer`: another process on the same log.
 */
export type Access = 'open' | 'read' | 'ask' | 'act' | 'manage' | 'own' | 'sink' | 'peer'

/** Who asks. */
export interface Caller {
  kind: 'anybody' | 'page' | 'owner' | 'key' | 'peer'
  name: string
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Default read for GET, act for everything else. */
    access?: Access
  }
  interface FastifyRequest {
    caller: Caller
    /** What the process says that passed the request on; null where it came straight. */
    peer: PeerWord | null
  }
}

const anybody: Caller = Object.freeze({ kind: 'anybody', name: 'anybody' })
const page: Caller = Object.freeze({ kind: 'page', name: 'dashboard' })
const owner: Caller = Object.freeze({ kind: 'owner', name: 'command line' })
const peer: Caller = Object.freeze({ kind: 'peer', name: 'another process' })

/** What checking needs to know. */
export interface Guard extends Pick<BaseParts, 'vault' | 'token' | 'host' | 'peers'> {
  allowedHosts: readonly string[]
  sessions: Sessions
}

/** Checks every request before anything of it is read. */
export function guardAccess(app: App, guard: Guard): void {
  const { vault, sessions, host, peers = null } = guard
  const names = new Set([...loopbackNames, ...guard.allowedHosts, ...(isAny(host) ? [] : [bare(host)])])
  const rules = { vault, sessions, isOwner: ownerTest(guard.token), isLocal: isLoopback(host) }
  /** The last header that named this server: clients name it alike. */
  let named: string | undefined
  app.decorateRequest('caller', null as never)
  app.decorateRequest('peer', null)
  app.addHook('onRequest', (request, reply, next) => {
    const word = request.headers[peerHeader] === undefined ? null : wordOf(request, peers)
    const asked = request.headers.host
    if (word === null && (asked === undefined || asked !== named)) {
      if (!names.has(hostOf(asked))) {
        sendProblem(reply, fail('HTTP_HOST_REFUSED', { host: asked }))
        return
      }
      named = asked
    }
    const settle = (outcome: Caller | DetourError): void => {
      if (outcome instanceof Error) {
        sendProblem(reply, outcome)
        return
      }
      request.caller = outcome
      request.peer = word as PeerWord | null
      next()
    }
    const outcome = word instanceof Error ? word : admit(request, word, rules)
    if (outcome instanceof Promise) outcome.then(settle, (error: unknown) => settle(asDetourError(error)))
    else settle(outcome)
  })
}

/** What another process says of the request; an error where no process of this log said it. */
function wordOf({ raw, headers }: FastifyRequest, peers: Peers | null): PeerWord | DetourError {
  const word = peers?.read(String(headers[peerHeader]), raw.method ?? '', raw.url ?? '') ?? null
  return word ?? fail('HTTP_UNAUTHORIZED', { reason: 'no process on this log passed this on' })
}

interface Rules {
  vault: BaseParts['vault']
  sessions: Sessions
  isOwner(authorization: string): boolean
  isLocal: boolean
}

const enough: Record<'read' | 'ask' | 'act' | 'manage' | 'sink', readonly KeyRole[]> = {
  read: ['reader', 'operator', 'admin'],
  ask: ['reader', 'operator', 'admin'],
  act: ['operator', 'admin'],
  manage: ['admin'],
  sink: ['reader', 'operator', 'admin'],
}

/** Only what asks the vault takes a turn. */
type Outcome = Caller | DetourError | Promise<Caller | DetourError>

function admit(request: FastifyRequest, word: PeerWord | null, rules: Rules): Outcome {
  const access = accessOf(request)
  if (access === 'open') return anybody
  if (word?.holder?.kind === 'owner') return owner
  if (access === 'peer')
    return word?.holder?.kind === 'peer' ? peer : fail('HTTP_UNAUTHORIZED', { reason: byPeer })
  const { authorization } = request.headers
  if (authorization !== undefined) return admitHolder(request, authorization, access, rules)
  if (access === 'own')
    return fail('HTTP_UNAUTHORIZED', { reason: 'this needs the bearer token of the running server' })
  const isSender = access === 'sink' && isNoPage(request) && isLoopback(word?.ip ?? request.ip)
  if (isSender) return anybody
  if (!(word?.isLocal ?? rules.isLocal)) return admitSession(request, access, word, rules)
  if (access === 'read') return anybody
  if (isOwnPage(request)) return page
  return fail('HTTP_UNAUTHORIZED', { reason: `this needs a page of this server, or ${byKey}` })
}

const byPeer = 'this is for the processes on the same log alone'
const byKey = 'the header "Authorization: Bearer <key>"; make a key with "detour key create"'

type Ruled = keyof typeof enough

async function admitSession(
  request: FastifyRequest,
  access: Ruled,
  word: PeerWord | null,
  { sessions, vault }: Rules,
): Promise<Caller | DetourError> {
  const isRead = request.method === 'GET' || request.method === 'HEAD'
  const isOurs = isRead ? !isForeignPage(request) : isOwnPage(request)
  const holder = isOurs ? await (word === null ? sessions.holder(request) : keyIn(word, vault)) : null
  if (holder !== null) return admitRole(request, access, holder)
  const reason = `away from loopback this needs a key: enter it in the dashboard, or send ${byKey}`
  return fail('HTTP_UNAUTHORIZED', { reason })
}

/** The holder of the key whose session the request has at the process that passed it on. */
async function keyIn({ holder }: PeerWord, vault: BaseParts['vault']): Promise<KeyIdentity | null> {
  return holder?.kind === 'key' ? vault.findKey(holder.keyId) : null
}

function admitRole(
  request: FastifyRequest,
  access: Ruled,
  { name, role }: KeyIdentity,
): Caller | DetourError {
  if (enough[access].includes(role)) return { kind: 'key', name }
  return fail('HTTP_FORBIDDEN', { name, role, method: request.method, path: request.url.split('?')[0] })
}

function admitHolder(
  request: FastifyRequest,
  authorization: string,
  access: Exclude<Access, 'open' | 'peer'>,
  { vault, isOwner }: Rules,
): Outcome {
  if (isOwner(authorization)) return owner
  if (access === 'own')
    return fail('HTTP_UNAUTHORIZED', { reason: 'this needs the bearer token of the running server' })
  return admitKey(request, keyOf(authorization), access, vault)
}

async function admitKey(
  request: FastifyRequest,
  key: string | undefined,
  access: Ruled,
  vault: BaseParts['vault'],
): Promise<Caller | DetourError> {
  const holder = key === undefined ? null : await vault.verifyKey(key)
  if (holder === null) {
    return fail('HTTP_UNAUTHORIZED', {
      reason: 'this key is unknown or was revoked; "detour key list" shows those that hold',
    })
  }
  return admitRole(request, access, holder)
}

function accessOf(request: FastifyRequest): Access {
  const access = request.routeOptions.config?.access
  if (access !== undefined) return access
  if (!request.url.startsWith('/api/')) return 'open'
  return request.method === 'GET' || request.method === 'HEAD' ? 'read' : 'act'
}

/** Who the request's asker is to this process, for another that it is passed on to. */
export async function wordFor(
  request: FastifyRequest,
  { sessions, token, host }: Pick<Guard, 'sessions' | 'token' | 'host'>,
): Promise<PeerWord> {
  const isOwner = ownerTest(token)(request.headers.authorization ?? '')
  const holder = await sessions.holder(request)
  return {
    ip: request.ip,
    isLocal: isLoopback(host),
    holder: isOwner ? { kind: 'owner' } : holder === null ? null : { kind: 'key', keyId: holder.keyId },
  }
}

/**
 * Whether a page of this very server sent it: browsers set these headers and no script can change them. The scheme does
 * not count: a proxy may speak TLS for us.
 */
function isOwnPage({ headers }: FastifyRequest): boolean {
  const site = headers['sec-fetch-site']
  return site === undefined ? headers.origin !== undefined && isOwnOrigin(headers) : site === 'same-origin'
}

/** Whether a page of another server sent it; a person who opens an address, and a program, do not count as one. */
export function isForeignPage({ headers }: FastifyRequest): boolean {
  const site = headers['sec-fetch-site']
  if (site === 'same-origin') return false
  return (site !== undefined && site !== 'none') || (headers.origin !== undefined && !isOwnOrigin(headers))
}

function isOwnOrigin({ origin, host }: FastifyRequest['headers']): boolean {
  const asked = URL.parse(origin ?? '')
  return asked !== null && asked.host !== '' && asked.host === URL.parse(`${asked.protocol}//${host}`)?.host
}

/** Whether no browser page sent it. */
function isNoPage({ headers }: FastifyRequest): boolean {
  return headers.origin === undefined && headers['sec-fetch-site'] === undefined
}

const loopbackNames = ['localhost', '127.0.0.1', '::1']

/** Whether an address to listen on is reached from this machine alone. */
export function isLoopback(host: string): boolean {
  return loopbackNames.includes(bare(host).replace(/^::ffff:/, ''))
}

function isAny(host: string): boolean {
  return ['0.0.0.0', '::', ''].includes(bare(host))
}

/** `[::1]` and `::1` are one address. */
function bare(host: string): string {
  return host.replace(/^\[|\]$/g, '').toLowerCase()
}

/** The name in a Host header without its port, '' where it is none. */
function hostOf(header: string | undefined): string {
  const match = /^(?:\[([0-9a-f:.]+)\]|([a-z0-9._-]+))(?::\d{1,5})?$/i.exec(header ?? '')
  return (match?.[1] ?? match?.[2] ?? '').toLowerCase()
}

function keyOf(authorization: string): string | undefined {
  return /^Bearer (\S{1,200})$/i.exec(authorization)?.[1]
}

/**
 * Tells whether a header carries the token. It takes as long for any header of the same length, so that nobody learns
 * the token bit by bit; the bytes to compare are written where the ones before were.
 */
function ownerTest(token: string): (authorization: string) => boolean {
  const expected = Buffer.from(`Bearer ${token}`, 'latin1')
  const given = Buffer.alloc(expected.length)
  const isSame = (header: string) => {
    given.write(header, 'latin1')
    return timingSafeEqual(given, expected)
  }
  return (authorization) => {
    if (authorization.length !== expected.length) return false
    // Schemes are told apart without their case, tokens are not.
    return isSame(authorization) || isSame(`Bearer ${keyOf(authorization) ?? ''}`.padEnd(expected.length))
  }
}
