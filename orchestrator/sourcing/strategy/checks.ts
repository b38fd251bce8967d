// Says what is wrong or odd about a strategy before it is published: constraints that cannot hold together are named as
// a set. It publishes nothing.

import type { api } from '#data/contracts'
import { nodeTypes } from '#data/contracts'
import { fail } from '#data/kernel'
import { fallbackCycle, newestStrategy } from '#orchestrator/core'

/** A node as far as constraints look at it. */
export interface CheckedNode {
  nodeId: string
  type: string
  groupIds: readonly string[]
  isActive: boolean
}

/** What a strategy is checked against. */
export interface CheckContext {
  strategies: readonly api.Strategy[]
  groupIds: ReadonlySet<string>
  /** Nodes of the market; none = nothing is said of nodes. */
  nodes: readonly CheckedNode[]
}

/** Constraints that mean nothing without a number. */
const withLimit: ReadonlySet<string> = new Set([
  'max_distance',
  'max_nodes_per_order',
  'max_nodes_per_line',
  'value_threshold',
  'reject_count',
])
/** Those that say which nodes may be chosen at all. */
const ofNodes = ['node_type', 'excluded_node', 'source_list'] as const

class Report {
  readonly findings: api.StrategyFinding[] = []

  error(code: string, constraints: readonly string[], text: string): void {
    this.findings.push({ code, kind: 'error', constraints: [...constraints], text })
  }

  warning(code: string, constraints: readonly string[], text: string): void {
    this.findings.push({ code, kind: 'warning', constraints: [...constraints], text })
  }
}

/** What is wrong and what is odd about a draft, errors first. */
export function checkStrategy(draft: api.StrategyDraft, context: CheckContext): api.StrategyFinding[] {
  const report = new Report()
  for (const constraint of draft.constraints) checkConstraint(constraint, report)
  checkPairs(draft, report)
  checkNodeSets(draft, context, report)
  checkReferences(draft, context, report)
  checkPrices(draft, report)
  return report.findings.sort((a, b) => Number(b.kind === 'error') - Number(a.kind === 'error'))
}

/** What is odd about a draft. @throws STRATEGY_INVALID with the first error, and all findings */
export function assertStrategy(draft: api.StrategyDraft, context: CheckContext): api.StrategyFinding[] {
  const findings = checkStrategy(draft, context)
  const [first] = findings
  if (first?.kind !== 'error') return findings
  const { code, constraints, text } = first
  throw fail('STRATEGY_INVALID', { reason: text, code, constraints, findings })
}

function checkConstraint(constraint: api.StrategyConstraint, report: Report): void {
  const { name, kind, limit, priceCents, values } = constraint
  if (withLimit.has(name) && limit === null) {
    report.error('limit_missing', [name], `${name} needs a limit.`)
  }
  if (name.startsWith('max_nodes') && limit !== null && (limit < 1 || !Number.isInteger(limit))) {
    report.error('limit_invalid', [name], `${name} must be a whole number of at least 1, not ${limit}.`)
  }
  if (name === 'max_distance' && kind === 'hard' && limit === 0) {
    report.warning('limit_zero', [name], 'max_distance 0 leaves only nodes that are where the order goes.')
  }
  if (name === 'node_type' && kind === 'hard' && values.length === 0) {
    report.error(
      'constraints_contradict',
      [name],
      'node_type is hard and names no type: no node may be chosen.',
    )
  }
  const odd = name === 'node_type' ? values.filter((value) => !nodeTypes.some((type) => type === value)) : []
  if (odd.length > 0) {
    report.error(
      'node_type_unknown',
      [name],
      `${odd.join(', ')} is no type of node; they are ${nodeTypes.join(', ')}.`,
    )
  }
  if (kind === 'soft' && priceCents === 0) {
    report.warning(
      'soft_without_price',
      [name],
      `${name} is soft and costs nothing when it is missed: it has no effect.`,
    )
  }
  if (kind === 'hard' && priceCents > 0) {
    report.warning('hard_with_price', [name], `${name} is hard: its price has no effect.`)
  }
}

/** Constraints of which one makes the other void or impossible. */
function checkPairs({ constraints, sourceLists }: api.StrategyDraft, report: Report): void {
  const hard = (name: string) => constraints.filter((each) => each.name === name && each.kind === 'hard')
  const least = (name: string) =>
    Math.min(...hard(name).map(({ limit }) => limit ?? Number.POSITIVE_INFINITY))
  for (const { name, kind, limit } of constraints) {
    if (kind !== 'soft' || limit === null || !withLimit.has(name) || hard(name).length === 0) continue
    const isVoid = name === 'value_threshold' ? false : limit >= least(name)
    if (isVoid) {
      const text = `${name} is hard at ${least(name)}, so the soft limit of ${limit} is never missed.`
      report.warning('soft_never_missed', [name], text)
    }
  }
  if (least('max_nodes_per_line') >= least('max_nodes_per_order') && hard('max_nodes_per_line').length > 0) {
    if (hard('max_nodes_per_order').length > 0) {
      const names = ['max_nodes_per_order', 'max_nodes_per_line']
      report.warning(
        'limit_void',
        names,
        'max_nodes_per_line allows as many nodes as the whole order may have.',
      )
    }
  }
  const softPartial = constraints.some(({ name, kind }) => name === 'no_partial' && kind === 'soft')
  if (softPartial && hard('no_partial').length > 0) {
    report.error('constraints_contradict', ['no_partial', 'no_partial'], 'no_partial is both hard and soft.')
  }
  if (softPartial && least('max_nodes_per_order') === 1) {
    const text =
      'With one node for each order, no_partial decides alone whether orders go in part: a soft one lets them.'
    report.warning('partial_by_one_node', ['no_partial', 'max_nodes_per_order'], text)
  }
  if (hard('source_list').length > 0 && sourceLists.length === 0) {
    const text = 'source_list is hard and there are no source lists: no node may be chosen.'
    report.error('constraints_contradict', ['source_list'], text)
  }
}

/** The least set of hard constraints that leaves no node of the market, if any. */
function checkNodeSets(draft: api.StrategyDraft, { nodes }: CheckContext, report: Report): void {
  const active = nodes.filter(({ isActive }) => isActive)
  if (active.length === 0 || report.findings.some(({ code }) => code === 'constraints_contradict')) return
  const rules = ofNodes.flatMap((name) => {
    const own = draft.constraints.filter((each) => each.name === name && each.kind === 'hard')
    return own.length === 0
      ? []
      : [{ name, allows: (node: CheckedNode) => own.every((rule) => allows(draft, rule, node)) }]
  })
  const sets = [...Array(1 << rules.length).keys()]
    .map((bits) => rules.filter((_, i) => bits & (1 << i)))
    .sort((a, b) => a.length - b.length)
  const empty = sets.find(
    (set) => set.length > 0 && !active.some((node) => set.every(({ allows: fits }) => fits(node))),
  )
  if (empty === undefined) return
  const names = empty.map(({ name }) => name)
  const text = `${names.join(' and ')} cannot hold together: no active node is left.`
  report.error('constraints_contradict', names, text)
}

function allows(
  draft: api.StrategyDraft,
  { name, values }: api.StrategyConstraint,
  node: CheckedNode,
): boolean {
  if (name === 'node_type') return values.includes(node.type)
  if (name === 'excluded_node') return !values.includes(node.nodeId)
  // A constraint that names lists means these only.
  const lists = draft.sourceLists.filter((list) => values.length === 0 || values.includes(list.name))
  return lists.some(
    (list) =>
      list.nodeIds.includes(node.nodeId) ||
      list.nodeTypes.some((type) => type === node.type) ||
      list.groupIds.some((groupId) => node.groupIds.includes(groupId)),
  )
}

function checkReferences(draft: api.StrategyDraft, context: CheckContext, report: Report): void {
  const { strategyId, fallbackId, sourceLists, constraints } = draft
  const { strategies, groupIds, nodes } = context
  const cycle = fallbackCycle(strategies, draft)
  if (cycle !== null) {
    report.error('fallback_cycle', [], `The strategies fall back on each other: ${cycle.join(', ')}.`)
  } else if (fallbackId !== null && newestStrategy(strategies, fallbackId) === undefined) {
    report.error('fallback_unknown', [], `${strategyId} falls back on ${fallbackId}, which is not published.`)
  }
  const known = new Set(nodes.map(({ nodeId }) => nodeId))
  for (const list of sourceLists) {
    for (const groupId of list.groupIds) {
      if (groupIds.has(groupId)) continue
      report.error(
        'group_unknown',
        [],
        `Source list ${list.name} names group ${groupId}, which is not there.`,
      )
    }
    if (list.groupIds.length + list.nodeIds.length + list.nodeTypes.length === 0) {
      report.warning('source_list_empty', [], `Source list ${list.name} names no nodes.`)
    }
  }
  const excluded = constraints.flatMap(({ name, values }) => (name === 'excluded_node' ? values : []))
  const named = [...sourceLists.flatMap(({ nodeIds }) => nodeIds), ...excluded]
  const strange = [...new Set(named)].filter((nodeId) => !known.has(nodeId))
  if (nodes.length > 0 && strange.length > 0) {
    const more = strange.length > 5 ? ` and ${strange.length - 5} more` : ''
    report.warning('node_unknown', [], `${strange.slice(0, 5).join(', ')}${more}: no such node yet.`)
  }
}

function checkPrices({ weights, prices }: api.StrategyDraft, report: Report): void {
  if (Object.values(weights).every((weight) => weight === 0)) {
    report.warning('weights_zero', [], 'Every weight is 0: all nodes cost the same.')
  }
  if (prices.unservedCents === 0 && prices.unservedOrderCents === 0) {
    report.warning(
      'unserved_free',
      [],
      'An order that finds no node costs nothing: leaving it is always cheapest.',
    )
  }
}
