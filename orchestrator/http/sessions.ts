// Sessions of the dashboard away from loopback: a browser that showed a key once holds a cookie in its place. They live
// in memory alone and never outlive the key.

import { randomBytes } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import type { Clock } from '#data/kernel'
import type { KeyIdentity, Vault } from '#data/vault'

/** Name of the cookie. */
export const sessionCookie = 'detour_session'
/** How long a session lasts, ms. */
const lastsMs = 12 * 3_600_000
/** Sessions at the same time; the oldest gives way. */
const sessionsMost = 1_000

const shape = new RegExp(`(?:^|;\\s*)${sessionCookie}=([\\w-]{43})(?:;|$)`)

/** The sessions of a running server. */
export class Sessions {
  readonly #vault: Pick<Vault, 'findKey'>
  readonly #clock: Clock
  readonly #open = new Map<string, { keyId: string; endsAt: number }>()

  constructor(vault: Pick<Vault, 'findKey'>, clock: Clock) {
    this.#vault = vault
    this.#clock = clock
  }

  /** A new session for the holder of a key: its id, and its end in epoch ms of the wall. */
  start({ keyId }: KeyIdentity): { id: string; endsAt: number } {
    const now = this.#clock.now()
    for (const [id, { endsAt }] of this.#open) {
      if (endsAt <= now || this.#open.size >= sessionsMost) this.#open.delete(id)
    }
    const id = randomBytes(32).toString('base64url')
    const endsAt = now + lastsMs
    this.#open.set(id, { keyId, endsAt })
    return { id, endsAt }
  }

  /** Who holds the key of the session that the request names; null where it names none that is open. */
  async holder(request: FastifyRequest): Promise<KeyIdentity | null> {
    const session = this.#open.get(idIn(request))
    if (session === undefined || session.endsAt <= this.#clock.now()) return null
    return this.#vault.findKey(session.keyId)
  }

  /** Ends the session that the request names. */
  end(request: FastifyRequest): void {
    this.#open.delete(idIn(request))
  }
}

/**
 * The header that gives a browser its session, or takes it away.
 * @param id '' takes it away
 */
export function cookieFor(request: FastifyRequest, id: string): string {
  const { origin } = request.headers
  const isSecure = request.headers['x-forwarded-proto'] === 'https' || origin?.startsWith('https:') === true
  const age = id === '' ? 0 : lastsMs / 1_000
  const secure = isSecure ? '; Secure' : ''
  return `${sessionCookie}=${id}; Path=/; Max-Age=${age}; HttpOnly; SameSite=Strict${secure}`
}

function idIn({ headers }: FastifyRequest): string {
  return shape.exec(headers.cookie ?? '')?.[1] ?? ''
}
