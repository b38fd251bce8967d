// How processes of one log know each other: what one says of a request it passes on is signed with the secret they
// share. It passes nothing on by itself.

import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Clock } from '#data/kernel'

/** Header of the signed word of another process. */
export const peerHeader = 'detour-peer'
/** Header that names the market a passed request is for. */
export const marketHeader = 'detour-market'

/** Who asked, as the process found that the request came to. */
export interface PeerWord {
  /** Address of the asker. */
  ip: string
  /** Whether that process listens on loopback alone. */
  isLocal: boolean
  /** `owner`: holder of that server's token; `peer`: the process itself; else the key of its session, null = none. */
  holder: { kind: 'owner' | 'peer' } | { kind: 'key'; keyId: string } | null
}

/** Longest time that a word holds, ms: clocks of machines differ, requests wait. */
const holdsMs = 300_000

/** Signs and reads words of processes. */
export class Peers {
  readonly #secret: string
  readonly #clock: Clock

  constructor(secret: string, clock: Clock) {
    this.#secret = secret
    this.#clock = clock
  }

  /** The header's value for a request with this method and address. */
  seal(word: PeerWord, method: string, url: string): string {
    const text = Buffer.from(JSON.stringify({ ...word, at: this.#clock.now() })).toString('base64url')
    return `${text}.${this.#sign(text, method, url).toString('base64url')}`
  }

  /** What the header says, null where it was not made for this request by one of us, or long ago. */
  read(header: string, method: string, url: string): PeerWord | null {
    const [text = '', signature = ''] = header.split('.')
    const expected = this.#sign(text, method, url)
    const given = Buffer.from(signature, 'base64url')
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) return null
    const { at, ...word } = JSON.parse(Buffer.from(text, 'base64url').toString()) as PeerWord & { at: number }
    return Math.abs(this.#clock.now() - at) > holdsMs ? null : word
  }

  #sign(text: string, method: string, url: string): Buffer {
    return createHmac('sha256', this.#secret).update(`${method} ${url}\n${text}`).digest()
  }
}
