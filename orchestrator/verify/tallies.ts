// How often each rule was looked at lately and whether it held: counts by the minute over an hour, and what is broken.
// It looks at nothing itself.

import type { Violation } from './shapes.ts'

/** A rule, as it stands. */
export interface RuleStanding {
  id: string
  says: string
  /** Since the start. */
  checksEver: number
  violationsEver: number
  /** In the window. */
  checks: number
  violations: number
  /** Epoch ms, null = not yet. */
  checkedAt: number | null
  /** Since when something that breaks it is known and not put right; null = nothing is. */
  brokenSince: number | null
  last: { subject: string; found: string; at: number } | null
}

/** Window of the counts, s. */
export const windowSeconds = 3_600

const minuteMs = 60_000
const minutes = windowSeconds / 60
/** Subjects remembered as broken, of each rule. */
const brokenMost = 100

/** The counts of one rule. */
class Tally {
  readonly id: string
  readonly says: string
  readonly #checks = new Float64Array(minutes)
  readonly #violations = new Float64Array(minutes)
  #minute = 0
  #checksEver = 0
  #violationsEver = 0
  #checkedAt: number | null = null
  #last: RuleStanding['last'] = null
  readonly broken = new Map<string, number>()

  constructor(id: string, says: string) {
    this.id = id
    this.says = says
  }

  note(at: number, checks: number, violations: number): void {
    this.#turn(at)
    const place = this.#minute % minutes
    this.#checks[place] = (this.#checks[place] ?? 0) + checks
    this.#violations[place] = (this.#violations[place] ?? 0) + violations
    this.#checksEver += checks
    this.#violationsEver += violations
    if (checks > 0) this.#checkedAt = at
  }

  break(at: number, { subject, found }: Violation): void {
    this.#last = { subject, found, at }
    if (this.broken.has(subject) || this.broken.size >= brokenMost) return
    this.broken.set(subject, at)
  }

  standing(at: number): RuleStanding {
    this.#turn(at)
    const sum = (counts: Float64Array) => counts.reduce((total, each) => total + each, 0)
    return {
      ...{ id: this.id, says: this.says, checksEver: this.#checksEver, violationsEver: this.#violationsEver },
      ...{ checks: sum(this.#checks), violations: sum(this.#violations), checkedAt: this.#checkedAt },
      brokenSince: this.broken.size === 0 ? null : Math.min(...this.broken.values()),
      last: this.#last,
    }
  }

  #turn(at: number): void {
    const minute = Math.floor(at / minuteMs)
    const gone = Math.min(minutes, minute - this.#minute)
    for (let i = 1; i <= gone; i++) {
      this.#checks[(this.#minute + i) % minutes] = 0
      this.#violations[(this.#minute + i) % minutes] = 0
    }
    if (gone === minutes) {
      this.#checks.fill(0)
      this.#violations.fill(0)
    }
    this.#minute = Math.max(this.#minute, minute)
  }
}

/** The counts of all rules. */
export class Tallies {
  readonly #tallies: Map<string, Tally>

  constructor(rules: Iterable<{ id: string; says: string }>) {
    this.#tallies = new Map([...rules].map(({ id, says }) => [id, new Tally(id, says)]))
  }

  /**
   * Notes that rules were looked at for some subjects.
   * @param ids rules that were looked at
   * @param subjects what they were looked at for; those that hold now are no longer broken
   */
  note(
    at: number,
    ids: Iterable<string>,
    subjects: readonly string[],
    violations: readonly Violation[],
  ): void {
    for (const id of ids) {
      const tally = this.#tallies.get(id)
      if (tally === undefined) continue
      const own = violations.filter(({ invariant }) => invariant === id)
      tally.note(at, subjects.length, own.length)
      const bad = new Set(own.map(({ subject }) => subject))
      for (const subject of subjects) if (!bad.has(subject)) tally.broken.delete(subject)
      for (const violation of own) tally.break(at, violation)
    }
  }

  /** Subjects that break a rule, as far as is known. */
  broken(): Set<string> {
    return new Set([...this.#tallies.values()].flatMap((tally) => [...tally.broken.keys()]))
  }

  standings(at: number): RuleStanding[] {
    return [...this.#tallies.values()].map((tally) => tally.standing(at))
  }
}
