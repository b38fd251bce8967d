// Signed links by which a person decides a plan without signing in: good for one plan, one answer, and until the plan
// ends. Using one twice does nothing the second time, since a plan is decided once.

import { createHmac, timingSafeEqual } from 'node:crypto'
import { fail } from '#data/kernel'
import type { Vault } from '#data/vault'
import type { Core } from '#orchestrator/core'

/** What a link says. */
export interface LinkClaim {
  market: string
  planId: string
  answer: 'approve' | 'reject'
  /** Epoch ms of the market. */
  expiresAt: number
  /** For whom it was made. */
  by: string
}

/** Name of the secret that signs links. */
export const linkSecret = 'links'

/** Longest token that is read. */
const tokenMost = 2_000

/** The token of a link. */
export function linkToken(secret: string, { market, planId, answer, expiresAt, by }: LinkClaim): string {
  const body = Buffer.from(JSON.stringify([market, planId, answer, expiresAt, by])).toString('base64url')
  return `${body}.${signature(secret, body)}`
}

/** Makes the paths of the pages that decide a plan, for `by`; null where it does not wait. */
export function planLinks({ market, state }: Pick<Core, 'market' | 'state'>, vault: Pick<Vault, 'secretOf'>) {
  return async (planId: string, by: string): Promise<Record<LinkClaim['answer'], string> | null> => {
    const plan = state().reroutes.plans.get(planId)
    if (plan?.status !== 'proposed') return null
    const secret = await vault.secretOf(linkSecret)
    const { expiresAt } = plan
    const link = (answer: LinkClaim['answer']) => {
      const token = linkToken(secret, { market, planId, answer, expiresAt, by })
      return `/decide?answer=${answer}&market=${encodeURIComponent(market)}&token=${token}`
    }
    return { approve: link('approve'), reject: link('reject') }
  }
}

/**
 * What a token says.
 * @throws REROUTE_LINK_INVALID where it was not made with this secret
 */
export function readLink(secret: string, token: string): LinkClaim {
  const [body = '', given = '', ...more] = token.slice(0, tokenMost).split('.')
  const expected = Buffer.from(signature(secret, body))
  const signed = Buffer.from(given)
  const isOurs = more.length === 0 && signed.length === expected.length && timingSafeEqual(signed, expected)
  if (!isOurs) throw fail('REROUTE_LINK_INVALID')
  const [market, planId, answer, expiresAt, by] = JSON.parse(Buffer.from(body, 'base64url').toString()) as [
    string,
    string,
    LinkClaim['answer'],
    number,
    string,
  ]
  return { market, planId, answer, expiresAt, by }
}

function signature(secret: string, body: string): string {
  return createHmac('sha256', secret).update(`reroute link/${body}`).digest('base64url')
}
