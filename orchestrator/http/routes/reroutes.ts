// Routes of reroutes: plans that wait for a person, signed links, the kill switch, roll-back, and effects.

import { Type } from 'typebox'
import { api } from '#data/contracts'
import { fail } from '#data/kernel'
import { decideByLink, decidePlan, linkSecret, planLinks, rollBack } from '#orchestrator/reroute'
import { getPlan, limitsView, listAhead, listPlans, planView } from '#orchestrator/views'
import { commandIdOf, execute, idempotencyHeaders, refusal } from '../command.ts'
import type { App, AppParts } from '../parts.ts'
import { problems } from '../problem.ts'
import type { Repeats } from '../repeats.ts'
import { closed, oneOf, word } from './fields.ts'

const tags = ['reroutes']
const planParams = Type.Object({ planId: word() })
const note = Type.Optional(Type.String({ minLength: 1, maxLength: 500 }))
const noteGiven = Type.Object({ note }, closed)
const linkGiven = Type.Object({ by: Type.Optional(word('for whom the links are')) }, closed)
const tokenGiven = Type.Object({ token: Type.String({ minLength: 1, maxLength: 2_000 }) }, closed)
const reasonGiven = Type.Object({ reason: Type.String({ minLength: 1, maxLength: 500 }) }, closed)
const planQuery = Type.Object(
  { status: Type.Optional(oneOf([...api.planStatuses])), incident: Type.Optional(word('incident id')) },
  closed,
)
const links = Type.Object({
  approve: Type.String({ description: 'address of the page that asks once more, then approves' }),
  reject: Type.String(),
  expiresAt: Type.String({ format: 'date-time' }),
})
const rolledBack = Type.Object({ returned: Type.Integer(), stayed: Type.Integer() })

/** Adds the routes of reroutes. */
export function addReroutes(app: App, parts: AppParts, repeats: Repeats): void {
  addPlans(app, parts)
  addAhead(app, parts)
  addLinks(app, parts)
  addSwitch(app, parts)
  const { engine } = parts
  app.post(
    '/incidents/:incidentId/roll-back',
    {
      schema: {
        tags,
        summary: 'Take the moves of an incident back where nobody began and the goods have not left',
        params: Type.Object({ incidentId: word() }),
        headers: idempotencyHeaders,
        body: reasonGiven,
        response: { 200: rolledBack, ...problems },
      },
    },
    (request) => {
      const { incidentId } = request.params
      return repeats.once(request, `roll-back/${incidentId}`, request.body, async () => {
        if (!engine.core.state().incidents.has(incidentId)) throw fail('INCIDENT_UNKNOWN', { incidentId })
        const { reason } = request.body
        return rollBack(engine.core, incidentId, { reason, by: request.caller.name, at: engine.now() })
      })
    },
  )
}

function addAhead(app: App, { engine }: AppParts): void {
  app.get(
    '/reroutes/ahead',
    {
      schema: {
        tags,
        summary: 'Nodes that will probably not do their work until their cut-off, and what can be done',
        response: { 200: api.aheadPage, ...problems },
      },
    },
    async () => {
      const items = listAhead(engine)
      return { items, nextCursor: null, total: items.length }
    },
  )
}

function addPlans(app: App, { engine }: AppParts): void {
  app.get(
    '/reroutes/plans',
    {
      schema: {
        tags,
        summary: 'Plans of reroutes: those that wait for a person, and the last that were decided',
        querystring: planQuery,
        response: { 200: api.reroutePlanPage, ...problems },
      },
    },
    async (request) => {
      const items = listPlans(engine, request.query)
      return { items, nextCursor: null, total: items.length }
    },
  )
  app.get(
    '/reroutes/plans/:planId',
    {
      schema: {
        tags,
        summary: 'One plan with its moves',
        params: planParams,
        response: { 200: api.reroutePlanDetail, ...problems },
      },
    },
    async ({ params: { planId } }) => {
      const plan = getPlan(engine, planId)
      if (plan === null) throw fail('REROUTE_PLAN_UNKNOWN', { planId })
      return plan
    },
  )
  for (const answer of ['approve', 'reject'] as const) {
    const schema = {
      tags,
      summary: answer === 'approve' ? 'Approve a plan: its moves are made' : 'Reject a plan: nothing moves',
      params: planParams,
      headers: idempotencyHeaders,
      body: noteGiven,
      response: { 200: api.reroutePlan, ...problems },
    }
    app.post(`/reroutes/plans/:planId/${answer}`, { schema }, async (request) => {
      const { planId } = request.params
      const plan = await decidePlan(engine.core, {
        ...{ planId, answer },
        by: request.caller.name,
        note: request.body.note ?? null,
        at: engine.now(),
        commandId: commandIdOf(request, `plans/${planId}/${answer}`),
      })
      engine.cycleSoon()
      return planView(engine, plan)
    })
  }
}

function addLinks(app: App, { engine, vault, basePath = '/api/v1' }: AppParts): void {
  app.post(
    '/reroutes/plans/:planId/links',
    {
      schema: {
        tags,
        summary:
          'Links by which somebody decides a plan without signing in, each good once until the plan ends',
        params: planParams,
        headers: idempotencyHeaders,
        body: linkGiven,
        response: { 200: links, ...problems },
      },
    },
    async (request) => {
      const { planId } = request.params
      const plan = engine.core.state().reroutes.plans.get(planId)
      if (plan === undefined) throw fail('REROUTE_PLAN_UNKNOWN', { planId })
      const { status, expiresAt } = plan
      const link = `a link of ${request.caller.name}`
      const by = request.body.by === undefined ? link : `${request.body.by}, by ${link}`
      const made = await planLinks(engine.core, vault)(planId, by)
      if (made === null) throw fail('REROUTE_PLAN_DECIDED', { planId, status })
      return { ...made, expiresAt: new Date(expiresAt).toISOString() }
    },
  )
  app.post(
    '/reroutes/links',
    {
      // The signature is the right to ask.
      config: { access: 'open' as const },
      schema: {
        tags,
        summary: 'Decide a plan by the token of a link',
        headers: idempotencyHeaders,
        body: tokenGiven,
        response: { 200: api.reroutePlan, ...problems },
      },
    },
    async (request) => {
      const plan = await decideByLink(engine.core, {
        secret: await vault.secretOf(linkSecret),
        token: request.body.token,
        at: engine.now(),
        commandId: commandIdOf(request, `links/${basePath}`),
      })
      engine.cycleSoon()
      return planView(engine, plan)
    },
  )
}

function addSwitch(app: App, { engine }: AppParts): void {
  for (const name of ['stop', 'resume'] as const) {
    const schema = {
      tags,
      summary: name === 'stop' ? 'Stop all automatic reroutes at once' : 'Let automatic reroutes go on',
      headers: idempotencyHeaders,
      response: { 200: api.keptReroutePolicy, ...problems },
    }
    app.post(`/reroutes/${name}`, { schema }, async (request) => {
      const data = { isStopped: name === 'stop', by: request.caller.name }
      const commandId = commandIdOf(request, `reroutes/${name}`)
      const result = await execute(engine, 'HaltReroutes', data, { commandId })
      if (result.status === 'refused') throw refusal(result.reason, {})
      return limitsView(engine.core.state())
    })
  }
}
