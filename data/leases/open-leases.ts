// Opens the leases that go with the log of this process. Where the log lies in the home there are none: the home has
// one owner, who writes every stream.

import type { Effects } from '#data/kernel'
import type { Leases } from './lease.ts'
import { openPostgresLeases } from './postgres-leases.ts'

/**
 * The leases of the log, null where no other process can write it.
 * @throws LOG_UNSAFE, LOG_NEWER, LOG_UNAVAILABLE
 */
export async function openLeases(
  effects: Pick<Effects, 'clock' | 'random' | 'config'>,
): Promise<Leases | null> {
  const { logUrl, isLogSingleNode } = effects.config
  if (logUrl === null) return null
  return openPostgresLeases(logUrl, effects, { isSingleNode: isLogSingleNode })
}
