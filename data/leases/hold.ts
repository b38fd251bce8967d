// One lease held while a piece of work runs: for programs that write a stream for a moment and serve nobody.

import { randomBytes } from 'node:crypto'
import type { Effects } from '#data/kernel'
import { openLeases } from './open-leases.ts'

/** How long the lease outlasts a program that ends without giving it back, ms. */
const ttlMs = 30_000
const renewMs = 10_000

/** A lease that is held, or who has it. */
export type Hold = { release(): Promise<void> } | { heldBy: string }

/**
 * Holds the lease of a stream until it is released; at once where the log has one owner.
 * @throws LOG_UNAVAILABLE, LOG_UNSAFE
 */
export async function holdLease(
  stream: string,
  effects: Pick<Effects, 'clock' | 'random' | 'config'>,
): Promise<Hold> {
  const leases = await openLeases(effects)
  if (leases === null) return { release: async () => undefined }
  const candidate = { owner: randomBytes(9).toString('base64url'), url: '' }
  const [held] = await leases.take(candidate, [stream], ttlMs)
  if (held === undefined) {
    const other = (await leases.list()).find((lease) => lease.stream === stream)
    await leases.close()
    return { heldBy: other?.url || 'another program' }
  }
  let cancel = () => {}
  let isOver = false
  const renew = () => {
    if (isOver) return
    cancel = effects.clock.after(renewMs, () => {
      // Where that fails, the fence of the log still keeps two writers apart.
      void leases.take(candidate, [stream], ttlMs).then(renew, renew)
    })
  }
  renew()
  return {
    release: async () => {
      isOver = true
      cancel()
      await leases.release(candidate.owner, [stream]).catch(() => undefined)
      await leases.close()
    },
  }
}
