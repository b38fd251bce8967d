// `detour policy`: policies from the command line: listed, checked, drafted, replayed on past orders, put in force and
// taken out of it.

import { Type } from 'typebox'
import { api } from '#data/contracts'
import { fail } from '#data/kernel'
import { policyIn } from '#orchestrator/core'
import type { Engine } from '#orchestrator/engine'
import { assertPolicy, checkInForce, checkPolicy } from '#orchestrator/policies'
import { assertPublishable, startReplay } from '#orchestrator/replay'
import { showNumber, showTable } from './table.ts'
import { defineVerb, type VerbContext } from './verb.ts'
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
  run: (request, context) =>
    withEngine(context, async (engine) => {
      const { replayId } = startReplay(request, engine, by)
      const replay = await ended(replayId, engine, context)
      return { ...replay, changes: engine.replays.changes(replayId).slice(0, 20) }
    }),
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

/** How often it is looked how far a replay is, ms. */
const lookMs = 200

async function ended(replayId: string, { replays }: Engine, { effects, onProgress }: VerbContext) {
  let replay = replays.get(replayId)
  while (replay.status === 'running') {
    onProgress({ step: replay.step, done: Math.round(replay.share * 100), total: 100 })
    await effects.clock.sleep(lookMs)
    replay = replays.get(replayId)
  }
  return replay
}

function showFindings(findings: readonly api.PolicyFinding[]): string {
  return findings
    .map(
      ({ kind, code, text, needsWord }) => `${kind}: ${text} (${code}${needsWord ? ', needs a word' : ''})`,
    )
    .join('\n')
}

function showReplay({ replayId, status, error, summary, changes }: ReplayShown): string {
  if (summary === null) return `The replay is ${status}${error === null ? '' : `: ${error}`}.`
  const { before, after, currency, matched, changedOrders, findings } = summary
  const names: (keyof api.ReplaySide)[] = [
    ...(['orders', 'validated', 'held', 'noted', 'tagged', 'sourced', 'unserved'] as const),
    ...(['rerouted', 'costCents', 'lateOrders'] as const),
  ]
  const cost = (name: string, value: number | null) =>
    name === 'costCents' && value !== null ? `${(value / 100).toFixed(2)} ${currency}` : value
  return [
    `Replay ${replayId}: ${showNumber(before.orders, 'order')} from ${summary.from.slice(0, 10)}, ` +
      `${showNumber(matched, 'order')} touched, ${changedOrders} would go otherwise.`,
    showTable(
      ['', 'in force', 'with the draft'],
      names.map((name) => [name, cost(name, before[name]), cost(name, after[name])]),
    ),
    ...changes.map(({ externalId, reason }) => `${externalId}: ${reason}`),
    showFindings(findings),
  ]
    .filter((line) => line !== '')
    .join('\n')
}

type ReplayShown = api.Replay & { changes: readonly api.ReplayChange[] }
