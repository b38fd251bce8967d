// Routes of sourcing strategies: versions that never change, the rules that choose, and checks before either.

import { api } from '#data/contracts'
import type { CoreState } from '#orchestrator/core'
import type { Engine } from '#orchestrator/engine'
import {
  assertRules,
  assertStrategy,
  checkContextOf,
  checkStrategy,
  ruleFaults,
} from '#orchestrator/sourcing'
import { commandIdOf, execute, idempotencyHeaders, refusal } from '../command.ts'
import type { App, AppParts } from '../parts.ts'
import { problems } from '../problem.ts'

const tags = ['strategies']
const bodyLimit = 5_000_000

/** Adds the routes of strategies. */
export function addStrategies(app: App, { engine }: AppParts): void {
  app.get(
    '/strategies',
    {
      schema: {
        tags,
        summary: 'All strategies, their versions newest first, and the rules that choose',
        response: { 200: api.strategiesAnswer, ...problems },
      },
    },
    () => {
      const { strategies, rules } = engine.core.state().strategies
      return { strategies: [...strategies], rules: [...rules] }
    },
  )
  app.post(
    '/strategies',
    {
      bodyLimit,
      schema: {
        tags,
        summary: 'Publish the next version of a strategy; the same as its newest is no new one',
        headers: idempotencyHeaders,
        body: api.strategyDraft,
        response: { 200: api.strategyPublished, ...problems },
      },
    },
    (request) => publish(engine, request.body, commandIdOf(request, 'strategies'), request.caller.name),
  )
  app.post(
    '/strategies/check',
    {
      bodyLimit,
      schema: {
        tags,
        summary: 'What is wrong or odd about a draft and rules; nothing is published',
        body: api.strategyCheck,
        response: { 200: api.strategyCheckAnswer, ...problems },
      },
      config: { access: 'read' },
    },
    (request) => check(engine.core.state(), request.body),
  )
  addRules(app, engine)
}

function addRules(app: App, engine: Engine): void {
  app.put(
    '/strategies/rules',
    {
      schema: {
        tags,
        summary: 'Set the rules that choose a strategy; the whole list',
        headers: idempotencyHeaders,
        body: api.strategyRules,
        response: { 200: api.strategyRules, ...problems },
      },
    },
    async (request) => {
      const { rules } = request.body
      assertRules(rules, engine.core.state().strategies.strategies)
      const commandId = commandIdOf(request, 'strategies/rules')
      const data = { rules, by: request.caller.name }
      const result = await execute(engine, 'SetStrategyRules', data, { commandId })
      if (result.status === 'refused') throw refusal(result.reason, result.answer.details ?? {})
      engine.cycleSoon()
      return { rules }
    },
  )
}

/** @throws STRATEGY_INVALID, CORE_REFUSED */
async function publish(
  engine: Engine,
  draft: api.StrategyDraft,
  commandId: string,
  by: string,
): Promise<api.StrategyPublished> {
  const findings = assertStrategy(draft, checkContextOf(engine.core.state()))
  const result = await execute(engine, 'PublishStrategy', { draft, by }, { commandId })
  if (result.status === 'refused') throw refusal(result.reason, result.answer.details ?? {})
  engine.cycleSoon()
  const version = Number(result.answer.details?.version)
  const { strategies } = engine.core.state().strategies
  const found = strategies.find((each) => each.strategyId === draft.strategyId && each.version === version)
  // A version that was published under this key so long ago that newer ones have taken its place.
  const strategy = found ?? {
    ...draft,
    version,
    publishedAt: new Date(engine.now()).toISOString(),
    publishedBy: by,
  }
  return { strategy, isNew: result.status === 'done', findings }
}

function check(state: CoreState, { draft, rules = [] }: api.StrategyCheck): api.StrategyCheckAnswer {
  const findings = draft === undefined ? [] : checkStrategy(draft, checkContextOf(state))
  const faults = ruleFaults(rules, state.strategies.strategies)
  const isUsable = faults.length === 0 && findings.every(({ kind }) => kind !== 'error')
  return { isUsable, findings, rules: faults }
}
