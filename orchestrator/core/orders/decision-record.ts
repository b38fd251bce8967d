// Why work went where it went. Shapes only.

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
}
