// Why work went where it went. Shapes only; what is marked as absent is absent in events of earlier versions.

/** A constraint as it stands for a node. */
export interface ConstraintRecord {
  /** e.g. max_distance, capacity, cut_off. */
  name: string
  kind: 'hard' | 'soft'
  isMet: boolean
  /** What was seen and what was asked, in `unit`; null where there is nothing to measure. */
  value: number | null
  limit: number | null
  /** How far it is from failing, or by how much it fails (below 0), in `unit`. */
  slack: number | null
  unit: string | null
}

/** A node that was weighed for work. */
export interface CandidateRecord {
  nodeId: string
  carrier: string | null
  isChosen: boolean
  isFeasible: boolean
  /** Constraints it does not meet, in words. */
  failed: readonly string[]
  /** Least available units over the lines, null = untracked. */
  available: number | null
  /** Expected hours until the customer has it. */
  hours: number
  terms: readonly { name: string; cents: number }[]
  totalCents: number
  /** Absent before sourcing by strategies, as all below. */
  serviceId?: string | null
  /** When it would leave and, as likely as not, arrive; epoch ms. */
  dispatchAt?: number | null
  arrivesAt?: number | null
  /** Probability of missing the promise, null without a promise. */
  lateRisk?: number | null
  distanceKm?: number | null
  co2Grams?: number | null
  constraints?: readonly ConstraintRecord[]
  /** Lines it was weighed for, where not for all. */
  lineIds?: readonly string[]
}

/** Where units of a line go, and why. */
export interface LineDecision {
  lineId: string
  quantity: number
  /** null = nowhere. */
  nodeId: string | null
  reason: string
}

/** What would have to be different for another node to win, found by solving again. */
export interface Counterfactual {
  nodeId: string
  /** cut_off (minutes later), stock (units more), cost (cents less), distance (km more) or capacity (orders more). */
  kind: string
  amount: number
  unit: string
  /** One sentence. */
  text: string
}

/** Why work went where it went. */
export interface DecisionRecord {
  decisionId: string
  kind: 'source' | 'reroute'
  incidentId: string | null
  fromNodeId: string | null
  toNodeId: string | null
  status: 'done' | 'refused' | 'held_out'
  reason: string
  /** Extra cost of a reroute, cost of a sourcing; null where nothing was done. */
  costCents: number | null
  /** Expected hours saved by a reroute. */
  hoursSaved: number | null
  candidates: readonly CandidateRecord[]
  /** Strategy and version; absent before sourcing by strategies, as all below. */
  strategyId?: string
  strategyVersion?: number
  /** Nodes that were weighed and are not among the candidates. */
  otherCount?: number
  lines?: readonly LineDecision[]
  runnerUpNodeId?: string | null
  counterfactuals?: readonly Counterfactual[]
  /** exact = best for this order alone, proven unless there is a gap; batch = best found together with others. */
  method?: 'exact' | 'batch'
  /** How far a batch, or an order too large to be proven, may be from its optimum, 0 to 1. */
  gap?: number | null
  /** Of a reroute: by how many cents the whole is better than to stay; absent before guardrails, as all below. */
  gainCents?: number | null
  /** Probability of missing the promise, and hours until the customer has it, where it is and where it went. */
  riskBefore?: number | null
  riskAfter?: number | null
  hoursBefore?: number | null
  hoursAfter?: number | null
  /** The customer would have it after the promise, and later than where it is. */
  isPromiseWorse?: boolean
  /** Why it stays, as a code. */
  refusedCode?: string
}
