// What is told of a seed that broke a promise: what was broken, what came last, and the shortest way there. It prints
// nothing.

import { invariants } from '#orchestrator/verify'
import { promises } from './promises.ts'
import type { Script } from './script.ts'
import { shrunk } from './shrink.ts'
import { type Outcome, type SimulationOptions, simulateCore } from './simulate.ts'
import { realParts } from './system.ts'

/** What is told of a seed that broke a promise. */
export interface Failure {
  seed: string
  promise: string
  /** The promise in words. */
  says: string
  subject: string
  found: string
  /** ms from the start of the simulation. */
  tick: number
  /** The last commands before, oldest first. */
  last: string[]
  /** Everything that happens in the shortest history found, in its order. */
  shortest: string[]
}

/** What came of some seeds. */
export interface Report {
  seeds: number
  /** Commands sent, repeats included. */
  commands: number
  acknowledged: number
  /** Of these, refused by a rule. */
  refused: number
  /** Sent without an answer: the outcome was unknown, or another writer had the stream. */
  doubtful: number
  events: number
  /** Instants after each of which everything was checked. */
  ticks: number
  /** SHA-256 over the logs of the last seed. */
  history: string
  failures: Failure[]
}

/** Failures that are looked into; more of them say little. */
const failuresAtMost = 3

/**
 * What comes of the seeds; stops after the third that breaks a promise.
 * @param onSeed called after each
 */
export async function simulateSeeds(
  seeds: readonly string[],
  options: SimulationOptions = {},
  onSeed: (done: number) => void = () => {},
): Promise<Report> {
  const report: Report = {
    seeds: 0,
    commands: 0,
    acknowledged: 0,
    refused: 0,
    doubtful: 0,
    events: 0,
    ticks: 0,
    history: '',
    failures: [],
  }
  for (const seed of seeds) {
    const outcome = await simulateCore(seed, options)
    const { counts } = outcome
    report.seeds++
    report.commands += counts.submitted
    report.acknowledged += counts.acknowledged
    report.refused += counts.refused
    report.doubtful += counts.doubtful
    report.events += counts.events
    report.ticks += outcome.ticks
    report.history = outcome.history
    if (outcome.breaches.length > 0) report.failures.push(await failureOf(outcome, options))
    if (report.failures.length >= failuresAtMost) break
    onSeed(report.seeds)
  }
  return report
}

async function failureOf(outcome: Outcome, { parts = realParts }: SimulationOptions): Promise<Failure> {
  const shortest = await shrunk(outcome, parts)
  const [breach] = shortest.breaches
  const { promise = '', subject = '', found = '' } = breach ?? {}
  return {
    seed: outcome.seed,
    promise,
    says: wordsOf(promise),
    subject,
    found,
    tick: outcome.breaches[0]?.tick ?? 0,
    last: told(outcome.script).slice(-8),
    shortest: told(shortest.script),
  }
}

function wordsOf(promise: string): string {
  const own = (promises as Record<string, string>)[promise]
  return own ?? invariants.find(({ id }) => id === promise)?.says ?? ''
}

/** What a script does, in words, with the faults that its processes meet. */
function told({ steps, fates }: Script): string[] {
  const lines = steps.map(({ at, ...act }) => {
    const time = `${String(at).padStart(7)} ms`
    if (act.do === 'lose-primary') return `${time}  the primary of the log is lost`
    if (act.do !== 'submit') return `${time}  process ${act.process}: ${act.do}`
    const { commandId, type, data } = act.command
    return `${time}  process ${act.to} gets ${commandId} ${type} ${JSON.stringify(data)}`
  })
  const faults = Object.entries(fates).flatMap(([process, calls]) =>
    calls.flatMap(({ how }, i) => (how === 'fine' ? [] : [`process ${process}, call ${i + 1}: ${how}`])),
  )
  return faults.length === 0 ? lines : [...lines, `faults of the log: ${faults.join('; ')}`]
}
