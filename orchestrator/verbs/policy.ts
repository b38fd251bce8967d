// `detour policy`: policies from the command line: listed, checked, drafted, replayed on past orders, put in force and
// taken out of it.

import { Type } from 'typebox'
import { api } from '#data/contracts'
import { fail } from '#data/kernel'
import { policyIn } from '#orchestrator/core'
import { assertPolicy, checkInForce, checkPolicy } from '#orchestrator/policies'
import { assertPublishable } from '#orchestrator/replay'
import { replayToEnd, showFindings, showReplay } from './replay.ts'
import { showTable } from './table.ts'
import { defineVerb } from './verb.ts'
import { withEngine } from './with-engine.ts'

const closed = { additionalProperties: false }
const by = 'command line'
const policyId = Type.String({ minLength: 1, maxLength: 200 })
const version = Type.Optional(Type.Integer({ minimum: 1 }))
const base = { isExclusive: false, needsEngine: true }

/** Shows all policies, and what is odd about those in force together. */
export const policyListVerb = defineVerb({
  ...base,
  name: 'policy-list',
  schema: Type.Object({}, closed),
  run: (_, context) =>
    withEngine(context, async ({ core }): Promise<api.PoliciesAnswer> => {
      const state = core.state()
      return { policies: [...state.policyBook.policies], findings: checkInForce(state) }
    }),
  show: ({ policies, findings }) =>
    [
      showTable(
        ['policy', 'version', 'status', 'kind', 'severity', 'scope', 'before', 'when'],
        policies.map((one) => [
          ...[one.policyId, one.version, one.isEnabled ? one.status : `${one.status}, off`],
          ...[one.kind, one.severity, one.scope, one.points.join(', '), one.when],
        ]),
      ),
      showFindings(findings),
    ].join('\n'),
})

/** Checks a draft, or every policy in force beside the others. */
export const policyCheckVerb = defineVerb({
  ...base,
  name: 'policy-check',
  schema: Type.Object({ draft: Type.Optional(api.orderPolicyDraft) }, closed),
  run: ({ draft }, context) =>
    withEngine(context, async ({ core }) => {
      const state = core.state()
      return { findings: draft === undefined ? checkInForce(state) : checkPolicy(draft, state) }
    }),
  hasFailed: ({ findings }) => findings.some(({ kind }) => kind === 'error'),
  show: ({ findings }) => showFindings(findings) || 'Nothing is wrong or odd.',
})

/** Drafts the next version of a policy. */
export const policyDraftVerb = defineVerb({
  ...base,
  name: 'policy-draft',
  schema: Type.Object({ draft: api.orderPolicyDraft }, closed),
  run: ({ draft }, context) =>
    withEngine(context, async ({ core, now }) => {
      const findings = assertPolicy(draft, core.state())
      const result = await core.execute('DraftPolicy', { draft, by }, { at: now() })
      if (result.status === 'refused') throw refusal(result)
      return { policyId: draft.policyId, version: Number(result.answer.details?.version), findings }
    }),
  show: ({ policyId: id, version: made, findings }) =>
    [`Version ${made} of ${id} is drafted; replay and publish it next.`, showFindings(findings)].join('\n'),
})

/** Replays a version on past orders and waits for its end. */
export const policyReplayVerb = defineVerb({
  ...base,
  name: 'policy-replay',
  schema: Type.Object(
    {
      policyId,
      version,
      days: Type.Optional(Type.Integer({ minimum: 1, maximum: 90 })),
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 20_000 })),
    },
    closed,
  ),
  run: (request, context) => withEngine(context, (engine) => replayToEnd(request, engine, context)),
  hasFailed: ({ status }) => status !== 'done',
  show: showReplay,
})

/** Puts a version in force. */
export const policyPublishVerb = defineVerb({
  ...base,
  name: 'policy-publish',
  schema: Type.Object(
    {
      policyId,
      version,
      replayId: Type.Optional(Type.String({ maxLength: 100 })),
      accept: Type.Optional(Type.Array(Type.String({ maxLength: 60 }), { maxItems: 20 })),
    },
    closed,
  ),
  run: (args, context) =>
    withEngine(context, async ({ core, replays, now, cycleSoon }) => {
      const state = core.state()
      const asked = policyIn(state.policyBook, args.policyId, args.version)
      if (asked === undefined)
        throw fail('POLICY_UNKNOWN', { policyId: args.policyId, version: args.version ?? '' })
      const { replayId = null, accept: accepted = [] } = args
      const said = { version: asked.version, replayId, accepted }
      const findings = assertPublishable(args.policyId, said, { state, replays })
      const data = { policyId: args.policyId, ...said, by }
      const result = await core.execute('PublishPolicy', data, { at: now() })
      if (result.status === 'refused') throw refusal(result)
      cycleSoon()
      return { policyId: args.policyId, version: asked.version, findings }
    }),
  show: ({ policyId: id, version: made, findings }) =>
    [`Version ${made} of ${id} is in force.`, showFindings(findings)].join('\n'),
})

/** Takes a policy out of force. */
export const policyRetireVerb = defineVerb({
  ...base,
  name: 'policy-retire',
  schema: Type.Object({ policyId, reason: Type.String({ minLength: 1, maxLength: 500 }) }, closed),
  run: (args, context) =>
    withEngine(context, async ({ core, now }) => {
      const result = await core.execute('RetirePolicy', { ...args, by }, { at: now() })
      if (result.status === 'refused') throw refusal(result)
      return { policyId: args.policyId }
    }),
  show: ({ policyId: id }) => `${id} is out of force; its versions stay.`,
})

function refusal({
  reason,
  answer,
}: {
  reason: string | null
  answer: { details?: Record<string, unknown> }
}) {
  if (reason === 'policy_unknown') return fail('POLICY_UNKNOWN', { version: '', ...answer.details })
  return fail('CORE_REFUSED', { ...answer.details, reason })
}
