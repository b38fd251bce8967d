// When what is said of an incident is another thing than before. Pure.

/** What of an incident is compared. */
export interface Said {
  severity: number
  ordersAtRisk: number
  /** `dimension=value` of the slice that explained most. */
  cause: string | null
}

interface Seen {
  severity: number
  ordersAtRisk: number
  causes: readonly { dimension: string; value: string; share: number }[]
}

/** Rise of severity worth telling, of 0 to 1. */
const severityStep = 0.1
/** Orders at risk that a doubling has at least to add. */
const ordersStep = 5
/** How much more another slice has to explain than the one that was told. */
const causeStep = 0.15

/** The slice that explains most, null where none does. */
export function causeOf({ causes }: Pick<Seen, 'causes'>): string | null {
  const [first] = causes
  return first === undefined ? null : nameOf(first)
}

/** Why it is worth telling again: severity_up, impact_doubled, cause_changed; empty where it is not. */
export function changesSince(said: Said, now: Seen): string[] {
  const reasons: string[] = []
  // Severities are decimal fractions: 0.4 - 0.3 falls short of 0.1 by rounding.
  if (now.severity - said.severity >= severityStep - 1e-9) reasons.push('severity_up')
  const more = now.ordersAtRisk - said.ordersAtRisk
  if (more >= Math.max(ordersStep, said.ordersAtRisk)) reasons.push('impact_doubled')
  const [first] = now.causes
  if (said.cause !== null && first !== undefined && nameOf(first) !== said.cause) {
    const share = now.causes.find((cause) => nameOf(cause) === said.cause)?.share ?? 0
    if (first.share - share >= causeStep) reasons.push('cause_changed')
  }
  return reasons
}

function nameOf({ dimension, value }: { dimension: string; value: string }): string {
  return `${dimension}=${value}`
}
