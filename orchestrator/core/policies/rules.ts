// The rules of the commands on policies. Pure; conditions are judged where they are evaluated, not here.

import type { api } from '#data/contracts'
import type { CommandData } from '../commands.ts'
import { answered, event, refused, type Verdict } from '../decision.ts'
import { versionsInUse } from '../flows/flow-run.ts'
import type { RulesOf } from '../rules.ts'
import type { CoreState } from '../state.ts'
import type { PolicyCommands } from './commands.ts'
import { policiesInForce, policyIn } from './policy-book.ts'

/** Policies, and characters of JSON of all their versions. */
const most = { policies: 500, characters: 16_000_000 } as const

/** Rules of the commands on policies. */
export const policyRules: RulesOf<PolicyCommands> = {
  DraftPolicy: (state, { data, at }) => draftPolicy(state, data, at),
  PublishPolicy: (state, { data, at }) => publishPolicy(state, data, at),
  RetirePolicy: (state, { data, at }) => retirePolicy(state, data, at),
}

function draftPolicy(state: CoreState, { draft, by }: CommandData['DraftPolicy'], at: number): Verdict {
  const { policyId } = draft
  const { policies } = state.policyBook
  const newest = policyIn(state.policyBook, policyId)
  if (newest !== undefined && saidIn(newest) === saidIn(draft)) {
    return answered([], { policyId, version: newest.version })
  }
  const ids = new Set(policies.map((each) => each.policyId)).add(policyId)
  if (ids.size > most.policies) return refused('too_large', { what: 'policies', most: most.policies })
  if (JSON.stringify(policies).length + JSON.stringify(draft).length > most.characters)
    return refused('too_large', { what: 'all policies', most: most.characters })
  const version = (newest?.version ?? 0) + 1
  const unpublished = {
    publishedAt: null,
    publishedBy: null,
    replayId: null,
    retiredAt: null,
    retiredBy: null,
  }
  const drafted = { status: 'draft' as const, draftedAt: new Date(at).toISOString(), draftedBy: by }
  const policy = { ...draft, version, ...drafted, ...unpublished }
  return answered([event('PolicyDrafted', { policy, at })], { policyId, version })
}

/** What a version says, the same for the same. */
function saidIn({ ...said }: CommandData['DraftPolicy']['draft']): string {
  const { policyId, name, note, kind, severity, scope, points, when, actions, priority, isEnabled } = said
  const acts = actions.map((action) => [action.do, action.field, action.value])
  return JSON.stringify([
    ...[policyId, name, note, kind, severity, scope],
    ...[points, when, acts, priority, isEnabled],
  ])
}

function publishPolicy(state: CoreState, data: CommandData['PublishPolicy'], at: number): Verdict {
  const { policyId, version, replayId, accepted, by } = data
  const policy = policyIn(state.policyBook, policyId, version)
  if (policy === undefined) return refused('policy_unknown', { policyId, version })
  if (policy.status === 'published') return answered([], { policyId, version })
  const asked = policiesInForce(state.policyBook).find((each) => each.policyId === policyId)
  const isLost = asked !== undefined && !(policy.isEnabled && policy.kind === asked.kind)
  // A tile that names it would have nothing to ask any more.
  const flows = isLost ? flowsNaming(state, policyId) : []
  if (flows.length > 0) return refused('policy_in_use', { policyId, flows })
  const published = event('PolicyPublished', { policyId, version, replayId, accepted, by, at })
  return answered([published], { policyId, version })
}

function retirePolicy(
  state: CoreState,
  { policyId, by, reason }: CommandData['RetirePolicy'],
  at: number,
): Verdict {
  const own = state.policyBook.policies.filter((each) => each.policyId === policyId)
  if (own.length === 0) return refused('policy_unknown', { policyId })
  const inForce = own.find(({ status }) => status === 'published')
  if (inForce === undefined) return answered([], { policyId })
  const flows = flowsNaming(state, policyId)
  if (flows.length > 0) return refused('policy_in_use', { policyId, flows })
  return answered([event('PolicyRetired', { policyId, by, reason, at })], {
    policyId,
    version: inForce.version,
  })
}

/** Flows whose tiles name the policy: as they are published last, or as a run still goes. */
function flowsNaming({ flows }: CoreState, policyId: string): string[] {
  const running = new Set([...versionsInUse(flows)].map(({ flowId, version }) => `${flowId}/${version}`))
  const newest = new Map<string, number>()
  for (const { flowId, version } of flows.published)
    newest.set(flowId, Math.max(version, newest.get(flowId) ?? 0))
  const names = (tile: api.FlowTile) =>
    ('filter' in tile && tile.filter === policyId) ||
    ('policies' in tile && tile.policies?.includes(policyId) === true)
  const naming = flows.published.filter(
    ({ flowId, version, document }) =>
      (newest.get(flowId) === version || running.has(`${flowId}/${version}`)) && document.tiles.some(names),
  )
  return [...new Set(naming.map(({ flowId }) => flowId))]
}
