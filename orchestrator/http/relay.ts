// Passes a request on to the process that writes its market, and the answer back, as they come. It changes neither, and
// sends nothing twice but questions.

import {
  Agent,
  request as ask,
  type ClientRequest,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { type Clock, fail } from '#data/kernel'
import { marketHeader, type Peers, type PeerWord, peerHeader } from '#orchestrator/cluster'
import { sendProblem } from './problem.ts'

/** Where a request goes. */
export interface Destination {
  market: string
  /** Base address of the writer. */
  url: string
  /** Path and query as the writer knows them. */
  path: string
}

/** What passing on needs. */
export interface RelayParts {
  peers: Peers
  clock: Clock
  /** Whether the destination is still the one to ask. */
  isCurrent(destination: Destination): boolean
}

/** Headers of one connection, and those that only this process may set. */
const own = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'expect',
  peerHeader,
  marketHeader,
])
/** Time between two looks whether somebody else writes the market by now, ms. */
const lookMs = 250
const connections = 256

/** Passes requests on over connections that are kept. */
export class Relay {
  readonly #parts: RelayParts
  readonly #agent = new Agent({ keepAlive: true, maxSockets: connections, scheduling: 'lifo' })

  constructor(parts: RelayParts) {
    this.#parts = parts
  }

  /**
   * Passes the request on; false where its writer did not answer and it may be asked of another: a question without a
   * body. In every other case the reply is sent.
   */
  async pass(
    request: FastifyRequest,
    reply: FastifyReply,
    { word, to }: { word: PeerWord; to: Destination },
  ): Promise<boolean> {
    const { method = 'GET' } = request.raw
    const headers = headersFor(request.raw, word.holder?.kind === 'owner')
    headers[marketHeader] = to.market
    headers[peerHeader] = this.#parts.peers.seal(word, method, to.path)
    const outgoing = ask(`${to.url}${to.path}`, { method, headers, agent: this.#agent })
    const answer = await this.#answered(request.raw, outgoing, to)
    if (answer === null) {
      if (method === 'GET' || method === 'HEAD') return false
      unreachable(reply, to)
      return true
    }
    reply.hijack()
    handBack(answer, reply.raw)
    return true
  }

  close(): void {
    this.#agent.destroy()
  }

  /** Sends the body; the answer once it begins, null where none will come. */
  #answered(
    incoming: IncomingMessage,
    outgoing: ClientRequest,
    to: Destination,
  ): Promise<IncomingMessage | null> {
    const { promise, resolve } = Promise.withResolvers<IncomingMessage | null>()
    let cancel = () => {}
    const watch = () => {
      cancel = this.#parts.clock.after(lookMs, () => {
        if (this.#parts.isCurrent(to)) watch()
        else outgoing.destroy(new Error('another process writes the market by now'))
      })
    }
    watch()
    outgoing.once('response', resolve)
    outgoing.on('error', () => resolve(null))
    outgoing.once('close', () => resolve(null))
    incoming.once('error', () => outgoing.destroy())
    incoming.once('aborted', () => outgoing.destroy())
    incoming.pipe(outgoing)
    return promise.finally(() => cancel())
  }
}

/** Says that the writer did not answer, and when and where to ask again. */
export function unreachable(
  reply: FastifyReply,
  { market, url }: { market: string; url: string | null },
): void {
  sendProblem(reply, fail('MARKET_UNREACHABLE', { market, url }))
}

function headersFor(incoming: IncomingMessage, isOwner: boolean): Record<string, string | string[]> {
  const named = String(incoming.headers.connection ?? '')
    .toLowerCase()
    .split(/,\s*/)
  const headers: Record<string, string | string[]> = {}
  for (const [name, value] of Object.entries(incoming.headers)) {
    if (value !== undefined && !own.has(name) && !named.includes(name)) headers[name] = value
  }
  // The token is this server's; the other would not know it.
  if (isOwner) delete headers.authorization
  return headers
}

function handBack(answer: IncomingMessage, response: ServerResponse): void {
  const headers = Object.entries(answer.headers).filter(([name]) => !own.has(name))
  response.writeHead(answer.statusCode ?? 502, Object.fromEntries(headers))
  response.flushHeaders()
  answer.pipe(response)
  answer.once('error', () => response.destroy())
  answer.once('aborted', () => response.destroy())
  response.once('close', () => answer.destroy())
}
