// Policies and what they said as rows of the warehouse, from their events alone: the same event, the same rows.

import { type api, operations } from '#data/contracts'
import type { Queries } from '#data/warehouse'
import type { CoreEvent } from '#orchestrator/core'
import { insertRows } from './write.ts'

const instant = (ms: number) => new Date(ms).toISOString()

/** Writes what the events say of policies; events of other things are passed over. */
export async function landPolicyRows(
  queries: Queries,
  market: string,
  events: readonly CoreEvent[],
): Promise<void> {
  for (const event of events) {
    if (event.type === 'PolicyDrafted') await landDraft(queries, market, event.data.policy)
    if (event.type === 'PolicyPublished') {
      const { policyId, version, by, replayId, at } = event.data
      await retire(queries, { market, policyId, by, at })
      await queries.run(
        `UPDATE policies SET status = 'published', published_at = $4::TIMESTAMPTZ, published_by = $5, replay_id = $6
         WHERE market = $1 AND policy_id = $2 AND version = $3`,
        [market, policyId, version, instant(at), by, replayId],
      )
    }
    if (event.type === 'PolicyRetired') await retire(queries, { market, ...event.data })
  }
  await landResults(queries, market, events)
}

async function landDraft(queries: Queries, market: string, policy: api.OrderPolicy): Promise<void> {
  const { when: condition, actions, points, ...said } = policy
  const row = { ...said, market, condition, points: [...points], actions: JSON.stringify(actions) }
  await insertRows(queries, operations.policies, [row])
}

async function retire(
  queries: Queries,
  { market, policyId, by, at }: { market: string; policyId: string; by: string; at: number },
): Promise<void> {
  await queries.run(
    `UPDATE policies SET status = 'retired', retired_at = $3::TIMESTAMPTZ, retired_by = $4
     WHERE market = $1 AND policy_id = $2 AND status = 'published'`,
    [market, policyId, instant(at), by],
  )
}

async function landResults(queries: Queries, market: string, events: readonly CoreEvent[]): Promise<void> {
  const rows = events.flatMap((event) => {
    if (event.type !== 'PoliciesApplied') return []
    const { orderId, point, results, at } = event.data
    return results.map(({ policyId, version, part, outcome, severity, text, actions }) => ({
      ...{ market, orderId, point, policyId, version, outcome, severity, text },
      part: part ?? '',
      actions: JSON.stringify(actions),
      toldAt: instant(at),
    }))
  })
  await insertRows(queries, operations.policyResults, rows)
}
