// What commands on strategies lead to: a new version, or a no with its reason. Pure; conditions are judged where
// they are evaluated, not here.

import type { api } from '#data/contracts'
import type { CommandData } from '../commands.ts'
import { answered, event, refused, type Verdict } from '../decision.ts'
import type { CoreState } from '../state.ts'
import { defaultStrategyId } from './default-strategy.ts'
import { oddNumber } from './numbers.ts'

/** Strategies, rules, and characters of JSON of one strategy and of all. */
const most = { strategies: 200, rules: 200, characters: 500_000, allCharacters: 16_000_000 } as const

/** The next version of a strategy. */
export function publishStrategy(
  state: CoreState,
  { draft, by }: CommandData['PublishStrategy'],
  at: number,
): Verdict {
  const { strategyId } = draft
  const { strategies } = state.strategies
  const newest = newestOf(strategies, strategyId)
  if (newest !== undefined && isSame(newest, draft)) {
    return answered([], { strategyId, version: newest.version })
  }
  const bad = badDraft(state, draft) ?? tooMany(strategies, draft)
  if (bad !== null) return bad
  const version = (newest?.version ?? 0) + 1
  const strategy = { ...draft, version, publishedAt: new Date(at).toISOString(), publishedBy: by }
  return answered([event('StrategyPublished', { strategy, at })], { strategyId, version })
}

function isSame(strategy: api.Strategy, draft: api.StrategyDraft): boolean {
  const { version: _, publishedAt: __, publishedBy: ___, ...said } = strategy
  return canonical(said) === canonical(draft)
}

/** JSON that does not depend on the order of fields. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  )
}

function badDraft(state: CoreState, draft: api.StrategyDraft): Verdict | null {
  const { strategyId, fallbackId, sourceLists } = draft
  const odd = oddNumber(draft)
  if (odd !== null) return refused('number_invalid', { strategyId, ...odd })
  const twice = firstTwice(sourceLists.map(({ name }) => name))
  if (twice !== null) return refused('duplicate_id', { strategyId, kind: 'source_list', id: twice })
  const groups = new Set(state.network.document.groups.map(({ groupId }) => groupId))
  const group = sourceLists.flatMap(({ groupIds }) => groupIds).find((id) => !groups.has(id))
  if (group !== undefined) return refused('reference_unknown', { strategyId, kind: 'groups', id: group })
  if (fallbackId === null) return null
  const cycle = fallbackCycle(state.strategies.strategies, draft)
  if (cycle !== null) return refused('fallback_cycle', { strategyId, cycle })
  return newestOf(state.strategies.strategies, fallbackId) === undefined
    ? refused('reference_unknown', { strategyId, kind: 'strategies', id: fallbackId })
    : null
}

/** Ids of the strategies that would fall back on each other in a ring, null = none do. */
export function fallbackCycle(
  strategies: readonly api.Strategy[],
  draft: Pick<api.StrategyDraft, 'strategyId' | 'fallbackId'>,
): string[] | null {
  const path = [draft.strategyId]
  let next = draft.fallbackId
  while (next !== null) {
    path.push(next)
    if (next === draft.strategyId) return path
    // A ring that the draft is not part of was there before; it cannot be by the rules, but must not hang here.
    if (path.length > most.strategies + 1) return path
    next = newestOf(strategies, next)?.fallbackId ?? null
  }
  return null
}

function tooMany(strategies: readonly api.Strategy[], draft: api.StrategyDraft): Verdict | null {
  const { strategyId } = draft
  const ids = new Set(strategies.map((each) => each.strategyId)).add(strategyId)
  if (ids.size > most.strategies) return refused('too_large', { what: 'strategies', most: most.strategies })
  const characters = JSON.stringify(draft).length
  if (characters > most.characters) return refused('too_large', { strategyId, most: most.characters })
  return characters + JSON.stringify(strategies).length > most.allCharacters
    ? refused('too_large', { what: 'all strategies', most: most.allCharacters })
    : null
}

/** The rules that choose strategies. */
export function setStrategyRules(
  state: CoreState,
  { rules, by }: CommandData['SetStrategyRules'],
  at: number,
): Verdict {
  if (canonical(state.strategies.rules) === canonical(rules)) return answered([], { rules: rules.length })
  if (rules.length > most.rules) return refused('too_large', { what: 'rules', most: most.rules })
  const odd = rules.find(({ strategyId }) => newestOf(state.strategies.strategies, strategyId) === undefined)
  if (odd !== undefined) return refused('reference_unknown', { kind: 'strategies', id: odd.strategyId })
  return answered([event('StrategyRulesSet', { rules, by, at })], { rules: rules.length })
}

/** Newest version of a strategy. */
export function newestOf(
  strategies: readonly api.Strategy[],
  strategyId: string = defaultStrategyId,
): api.Strategy | undefined {
  return strategies.find((each) => each.strategyId === strategyId)
}

/** The first that is there twice, null = none. */
export function firstTwice(ids: readonly string[]): string | null {
  const seen = new Set<string>()
  for (const id of ids) {
    if (seen.has(id)) return id
    seen.add(id)
  }
  return null
}
