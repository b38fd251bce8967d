// Policies of a market and what they leave on an order. Shapes, and how the book changes; conditions are unknown here.

import type { api } from '#data/contracts'

/** All policies that are known, by id, newest version first. */
export interface PolicyBook {
  policies: readonly api.OrderPolicy[]
}

/** The book before anything was drafted. */
export const emptyPolicyBook: PolicyBook = { policies: [] }

/** What a policy said of an order, or of a part of it. */
export interface PolicyResult {
  policyId: string
  version: number
  /** Line, fulfillment order or node that it was asked of; null = the order. */
  part: string | null
  /** failed: a filter did not hold; acted: its actions were carried out; error: they could not all be. */
  outcome: 'failed' | 'acted' | 'error'
  severity: 'information' | 'critical'
  /** One sentence. */
  text: string
  /** What was carried out. */
  actions: readonly api.PolicyAction[]
}

/** What policies left on an order. */
export interface PolicyMarks {
  /** Keys of results that count once, see `resultKey`; the newest 20,000. */
  told: readonly string[]
  tags: readonly string[]
  /** Strategy it is sourced by, null = by the rules. */
  strategyId: string | null
  /** What was set or chosen and by which policy, which no other one sets or chooses otherwise; absent = nothing. */
  choices?: readonly PolicyChoice[]
}

/** Something that a policy set or chose. */
export interface PolicyChoice {
  /** See `choiceOf`. */
  what: string
  policyId: string
}

/** Marks of an order that no policy was about. */
export const noMarks: PolicyMarks = { told: [], tags: [], strategyId: null }

/** Versions of one policy that stay at hand; events keep the others. */
const versionsMost = 50

/** What makes two results the same: the version, the step and the part that it was asked of. */
export function resultKey(
  point: string,
  { policyId, version, part }: Pick<PolicyResult, 'policyId' | 'version' | 'part'>,
): string {
  return `${point}/${policyId}/${version}${part === null ? '' : `/${part}`}`
}

/**
 * What an action sets or chooses, null = nothing that two could want otherwise.
 * @param part that the policy was asked of, null = the order
 */
export function choiceOf({ do: act, field }: api.PolicyAction, part: string | null): string | null {
  if (act === 'route') return act
  if (act !== 'set') return null
  // A price is that of its line; everything else is of the order, whatever part was asked about.
  return field === 'unitPriceCents' ? `${act}/${field}/${part ?? ''}` : `${act}/${field ?? ''}`
}

/** Policies that are asked, by priority, then by id; the same list as long as the book is the same. */
export function policiesInForce(book: PolicyBook): readonly api.OrderPolicy[] {
  const known = inForce.get(book)
  if (known !== undefined) return known
  const made = book.policies
    .filter(({ status, isEnabled }) => status === 'published' && isEnabled)
    .sort((a, b) => a.priority - b.priority || compare(a.policyId, b.policyId))
  inForce.set(book, made)
  return made
}

const inForce = new WeakMap<PolicyBook, readonly api.OrderPolicy[]>()

/** The newest version, or the one that is asked for. */
export function policyIn(
  { policies }: PolicyBook,
  policyId: string,
  version?: number,
): api.OrderPolicy | undefined {
  return policies.find(
    (each) => each.policyId === policyId && (version === undefined || each.version === version),
  )
}

/** The book with a new version. */
export function withDraft({ policies }: PolicyBook, policy: api.OrderPolicy): PolicyBook {
  const { policyId } = policy
  const own = [policy, ...policies.filter((each) => each.policyId === policyId)]
  const kept = own.filter(({ status }, i) => i < versionsMost || status === 'published')
  const others = policies.filter((each) => each.policyId !== policyId)
  return { policies: [...others, ...kept].sort(byIdAndVersion) }
}

/** The book with other words on versions of a policy. */
export function withVersions(
  { policies }: PolicyBook,
  policyId: string,
  change: (policy: api.OrderPolicy) => api.OrderPolicy,
): PolicyBook {
  return { policies: policies.map((each) => (each.policyId === policyId ? change(each) : each)) }
}

function byIdAndVersion(a: api.OrderPolicy, b: api.OrderPolicy): number {
  return compare(a.policyId, b.policyId) || b.version - a.version
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b)
}
