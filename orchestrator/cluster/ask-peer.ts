// One question to another process on the same log, and its answer, both JSON. It asks once and never again by itself.

import { request } from 'node:http'
import { type Clock, type ErrorCode, type ErrorDetails, errorTable, fail, reasonOf } from '#data/kernel'
import { marketHeader, type Peers, peerHeader } from './peers.ts'

/** Whom to ask about which market. */
export interface Peer {
  market: string
  /** Base address. */
  url: string
}

/** What asking needs. */
export interface PeerAsking {
  peers: Peers
  clock: Clock
}

/** Longest time until the answer is there, ms. */
const patienceMs = 10_000

/**
 * What the process answers.
 * @param path of the route, with `/api/v1`
 * @throws the error that it answered, MARKET_UNREACHABLE where no answer came: the work may or may not be done
 */
export async function askPeer(
  { market, url }: Peer,
  path: string,
  body: unknown,
  { peers, clock }: PeerAsking,
): Promise<unknown> {
  const text = JSON.stringify(body)
  const headers = {
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(text)),
    [marketHeader]: market,
    [peerHeader]: peers.seal({ ip: '', isLocal: false, holder: { kind: 'peer' } }, 'POST', path),
  }
  let status: number
  let answer: unknown
  try {
    ;[status, answer] = await post(`${url}${path}`, headers, text, clock)
  } catch (error) {
    throw fail('MARKET_UNREACHABLE', { market, url, reason: reasonOf(error) }, { cause: error })
  }
  if (status === 200) return answer
  const { code = '', details = {} } = answer as { code?: string; details?: ErrorDetails }
  if (Object.hasOwn(errorTable, code)) throw fail(code as ErrorCode, details)
  throw fail('MARKET_UNREACHABLE', { market, url, reason: `it answered ${status}` })
}

function post(
  url: string,
  headers: Record<string, string>,
  body: string,
  clock: Clock,
): Promise<[status: number, answer: unknown]> {
  return new Promise((answered, broken) => {
    const asked = request(url, { method: 'POST', headers, agent: false })
    const cancel = clock.after(patienceMs, () => asked.destroy(new Error('no answer came in time')))
    asked.once('error', (error) => {
      cancel()
      broken(error)
    })
    asked.once('response', async (response) => {
      try {
        let text = ''
        for await (const part of response.setEncoding('utf8')) text += part
        answered([response.statusCode ?? 0, JSON.parse(text)])
      } catch (error) {
        broken(error)
      } finally {
        cancel()
      }
    })
    asked.end(body)
  })
}
