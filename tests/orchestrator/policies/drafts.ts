// Policies of tests: a draft with ordinary values, and the way of one into force.

import type { api } from '#data/contracts'
import { type Core, defaultStrategy } from '#orchestrator/core'

/** A draft with some of its fields said. */
export function draftOf(said: Partial<api.OrderPolicyDraft> & { when: string }): api.OrderPolicyDraft {
  return {
    policyId: 'p1',
    name: said.policyId ?? 'p1',
    note: '',
    kind: 'execution',
    severity: 'information',
    scope: 'order',
    points: ['validate'],
    actions: [],
    priority: 100,
    isEnabled: true,
    ...said,
  }
}

/** An action. */
export function act(
  what: api.PolicyAction['do'],
  value: string | number,
  field: api.PolicyAction['field'] = null,
): api.PolicyAction {
  return { do: what, field, value }
}

/** Drafts and publishes it. @returns its version */
export async function publishPolicy(core: Core, draft: api.OrderPolicyDraft, at: number): Promise<number> {
  const drafted = await core.execute('DraftPolicy', { draft, by: 'test' }, { at })
  const version = Number(drafted.answer.details?.version)
  const data = { policyId: draft.policyId, version, replayId: null, accepted: ['no_replay'], by: 'test' }
  await core.execute('PublishPolicy', data, { at })
  return version
}

/** Publishes a critical filter before reroutes that keeps orders where they are. */
export function keepInPlace(core: Core, orderIds: readonly string[], at: number): Promise<number> {
  const when = orderIds.map((id) => `order.id != "${id}"`).join(' && ')
  const draft = draftOf({ policyId: 'kept', kind: 'filter', severity: 'critical', points: ['reroute'], when })
  return publishPolicy(core, draft, at)
}

/** Publishes strategies that are like the default. @param at epoch ms of the market */
export async function publishStrategies(core: Core, at: number, ...strategyIds: string[]): Promise<void> {
  const { version: _, publishedAt: __, publishedBy: ___, ...draft } = defaultStrategy
  for (const strategyId of strategyIds)
    await core.execute('PublishStrategy', { draft: { ...draft, strategyId }, by: 'test' }, { at })
}
