// Routes of policies: versions that never change, what may be asked, checks, both views of a condition, and the way
// into force and out of it. Limits of reroutes are routes of incidents.

import { Type } from 'typebox'
import { api } from '#data/contracts'
import { fail } from '#data/kernel'
import { type CoreState, policyIn } from '#orchestrator/core'
import type { Engine } from '#orchestrator/engine'
import {
  assertPolicy,
  checkInForce,
  checkPolicy,
  factsIn,
  viewsOfForm,
  viewsOfText,
} from '#orchestrator/policies'
import { assertPublishable } from '#orchestrator/replay'
import { commandIdOf, execute, idempotencyHeaders, refusal } from '../command.ts'
import type { App, AppParts } from '../parts.ts'
import { problems } from '../problem.ts'
import { closed, word } from './fields.ts'

const tags = ['policies']
const byId = Type.Object({ policyId: word() })

/** Adds the routes of policies. */
export function addPolicies(app: App, { engine }: AppParts): void {
  addReading(app, engine)
  addChecks(app, engine)
  app.post(
    '/policies',
    {
      schema: {
        tags,
        summary:
          'Draft the next version of a policy; the same as its newest is no new one. Nothing is in force yet',
        headers: idempotencyHeaders,
        body: api.orderPolicyDraft,
        response: { 200: api.policyDrafted, ...problems },
      },
    },
    (request) => draft(engine, request.body, commandIdOf(request, 'policies'), request.caller.name),
  )
  app.post(
    '/policies/:policyId/publish',
    {
      schema: {
        tags,
        summary: 'Put a version in force; asks for a replay that was looked at, or for the word no_replay',
        headers: idempotencyHeaders,
        params: byId,
        body: api.policyPublish,
        response: { 200: api.policyChanged, ...problems },
      },
    },
    async (request) => {
      const { policyId } = request.params
      const { version, replayId, accepted } = request.body
      const commandId = commandIdOf(request, `policies/${policyId}/publish`)
      const place = { state: engine.core.state(), replays: engine.replays }
      const findings = assertPublishable(policyId, request.body, place)
      const data = { policyId, version, replayId, accepted, by: request.caller.name }
      const result = await execute(engine, 'PublishPolicy', data, { commandId })
      if (result.status === 'refused') throw refusal(result.reason, result.answer.details ?? {})
      engine.cycleSoon()
      return { policy: found(engine.core.state(), policyId, version), findings }
    },
  )
  app.post(
    '/policies/:policyId/retire',
    {
      schema: {
        tags,
        summary: 'Take a policy out of force; its versions stay',
        headers: idempotencyHeaders,
        params: byId,
        body: Type.Object({ reason: Type.String({ minLength: 1, maxLength: 500 }) }, closed),
        response: { 200: api.policyChanged, ...problems },
      },
    },
    async (request) => {
      const { policyId } = request.params
      found(engine.core.state(), policyId)
      const commandId = commandIdOf(request, `policies/${policyId}/retire`)
      const data = { policyId, by: request.caller.name, reason: request.body.reason }
      const result = await execute(engine, 'RetirePolicy', data, { commandId })
      if (result.status === 'refused') throw refusal(result.reason, result.answer.details ?? {})
      const version = Number(result.answer.details?.version)
      const isKnown = Number.isInteger(version)
      const policy = found(engine.core.state(), policyId, isKnown ? version : undefined)
      return { policy, findings: [] }
    },
  )
}

function addReading(app: App, engine: Engine): void {
  app.get(
    '/policies',
    {
      schema: {
        tags,
        summary: 'All policies, their versions newest first, and what is odd about those in force together',
        response: { 200: api.policiesAnswer, ...problems },
      },
    },
    () => {
      const state = engine.core.state()
      return { policies: [...state.policyBook.policies], findings: checkInForce(state) }
    },
  )
  app.get(
    '/policies/facts',
    {
      schema: {
        tags,
        summary: 'What conditions of policies may ask for',
        response: { 200: api.policyFactsAnswer, ...problems },
      },
    },
    () => ({ facts: allFacts }),
  )
  app.get(
    '/policies/:policyId',
    {
      schema: {
        tags,
        summary: 'The versions of a policy, newest first',
        params: byId,
        response: { 200: api.policiesAnswer, ...problems },
      },
    },
    (request) => {
      const { policyId } = request.params
      const state = engine.core.state()
      const policies = state.policyBook.policies.filter((each) => each.policyId === policyId)
      const [newest] = policies
      if (newest === undefined) throw fail('POLICY_UNKNOWN', { policyId, version: '' })
      return { policies, findings: checkPolicy(newest, state) }
    },
  )
}

function addChecks(app: App, engine: Engine): void {
  app.post(
    '/policies/check',
    {
      schema: {
        tags,
        summary: 'What is wrong or odd about a draft, by itself and beside those in force; nothing is kept',
        body: api.orderPolicyDraft,
        response: { 200: api.policyCheckAnswer, ...problems },
      },
      config: { access: 'read' },
    },
    (request) => {
      const findings = checkPolicy(request.body, engine.core.state())
      const isUsable = findings.every(({ kind }) => kind !== 'error')
      return { isUsable, findings, condition: viewsOfText(request.body.scope, request.body.when) }
    },
  )
  app.post(
    '/policies/form',
    {
      schema: {
        tags,
        summary: 'A condition as text and as rows, from either of them',
        body: api.formAsked,
        response: { 200: api.formAnswer, ...problems },
      },
      config: { access: 'read' },
    },
    (request) => {
      const { scope, text, form } = request.body
      if (form !== undefined && text === undefined) return viewsOfForm(scope, form)
      if (text !== undefined && form === undefined) return viewsOfText(scope, text)
      throw fail('HTTP_BODY_INVALID', { reason: 'send text or form, one of them' })
    },
  )
}

const allFacts = factsOfScopes()

function factsOfScopes(): api.PolicyFact[] {
  const facts = new Map<string, api.PolicyFact>()
  for (const scope of api.policyScopes) {
    for (const { path, type, means, words = [] } of factsIn(scope).values()) {
      const known = facts.get(path)
      if (known === undefined) facts.set(path, { path, type, means, words: [...words], scopes: [scope] })
      else known.scopes.push(scope)
    }
  }
  return [...facts.values()]
}

/** @throws POLICY_UNKNOWN */
function found({ policyBook }: CoreState, policyId: string, version?: number): api.OrderPolicy {
  const policy = policyIn(policyBook, policyId, version)
  if (policy === undefined) throw fail('POLICY_UNKNOWN', { policyId, version: version ?? '' })
  return policy
}

/** @throws POLICY_INVALID, CORE_REFUSED */
async function draft(
  engine: Engine,
  asked: api.OrderPolicyDraft,
  commandId: string,
  by: string,
): Promise<api.PolicyDrafted> {
  const findings = assertPolicy(asked, engine.core.state())
  const result = await execute(engine, 'DraftPolicy', { draft: asked, by }, { commandId })
  if (result.status === 'refused') throw refusal(result.reason, result.answer.details ?? {})
  const version = Number(result.answer.details?.version)
  const isNew = result.status === 'done'
  return { policy: found(engine.core.state(), asked.policyId, version), isNew, findings }
}
