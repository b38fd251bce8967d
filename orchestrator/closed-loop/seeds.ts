// Several seeds one after the other, and what they have in common. What is done is kept in a folder, so that a run that
// was broken off goes on where it was.

import { createHash } from 'node:crypto'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Effects, fail, reasonOf } from '#data/kernel'
import { isLookedFor, type Moves, type SeedReport } from './judge.ts'
import { type KindName, kindOf } from './kinds.ts'
import type { Policy } from './play.ts'
import type { ScenarioFile } from './scenario.ts'
import { type OnStep, simulateSeed } from './seed.ts'

/** Mean and range over seeds; null where no seed has it. */
export interface Spread {
  mean: number
  least: number
  most: number
}

/** What seeds have in common. */
export interface Summary {
  seeds: number
  days: number
  faults: number
  /** Shares of all faults of all seeds in which somebody looked for them. */
  detectedShare: number | null
  causeRightShare: number | null
  /** The same seed by seed. */
  detectedShareBySeed: Spread | null
  causeRightShareBySeed: Spread | null
  medianDelayMinutes: number | null
  /** Of those that show at once, since they began. */
  medianSuddenDelayMinutes: number | null
  /** Of those that show at once, since they could be seen. */
  medianShownMinutes: number | null
  falseIncidentsPerWeek: Spread | null
  reroutes: Moves
  oracleReroutes: Moves
  /** Moves without need or to harm, of all moves, seed by seed; seeds without moves left out. */
  needlessShareBySeed: Spread | null
  lateOrders: Record<Policy, Spread | null>
  costCents: Record<Policy, Spread | null>
  /** Of all seeds together: late orders that Detour avoided, of those that the oracle did. */
  shareOfOracleGain: number | null
  /** The same seed by seed. */
  shareOfOracleGainBySeed: Spread | null
  /** Both again of what can be known, see `SeedReport`. */
  shareOfObserverGain: number | null
  shareOfObserverGainBySeed: Spread | null
  costPerLateOrderAvoided: number | null
  invariantsBroken: number
  /** By kind of fault, where somebody looked for them. */
  kinds: {
    kind: string
    faults: number
    detected: number
    causeRight: number
    medianDelayMinutes: number | null
  }[]
}

/** Reports of seeds with what they have in common. */
export interface SeedsReport {
  reports: SeedReport[]
  summary: Summary
}

/** What is simulated. */
export interface SeedsRequest {
  seeds: readonly string[]
  days: number
  file?: ScenarioFile
  policy?: Policy
  /** Whether the observer plays beside the others; default false. */
  observes?: boolean
  /** Folder of what is done; null = nothing is kept. */
  out: string | null
}

/**
 * @param onStep told how far it is
 * @throws SCENARIO_INVALID, SIMULATION_FAILED, SIMULATION_FOLDER_UNUSABLE
 */
export async function simulateSeveral(
  { seeds, out, ...rest }: SeedsRequest,
  real: Effects,
  onStep: OnStep,
): Promise<SeedsReport> {
  const reports: SeedReport[] = []
  if (out !== null) await mkdir(out, { recursive: true }).catch((error) => unusable(out, error))
  for (const [i, seed] of seeds.entries()) {
    const request = { ...rest, seed }
    const path = out === null ? null : join(out, keptAs(request))
    const step: OnStep = (what, share) => onStep(`seed ${seed} (${i + 1} of ${seeds.length}), ${what}`, share)
    const report =
      (path === null ? null : await kept(path, seed)) ?? (await simulateSeed(request, real, step))
    if (path !== null) await keep(path, report)
    reports.push(report)
  }
  return { reports, summary: summaryOf(reports) }
}

/**
 * Name of the file of a seed. Another seed, scenario, length or policy is another file, also where letters of a seed
 * cannot stand in a name, or are the same to the disk.
 */
export function keptAs({ seed, ...rest }: Omit<SeedsRequest, 'seeds' | 'out'> & { seed: string }): string {
  const plain = seed.replace(/[^A-Za-z0-9_-]/g, '-').slice(0, 60)
  const isPlain = plain === seed && plain === plain.toLowerCase()
  return `seed-${isPlain ? seed : `${plain}.${hashOf(seed)}`}-${hashOf(JSON.stringify(rest))}.json`
}

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 8)

async function kept(path: string, seed: string): Promise<SeedReport | null> {
  try {
    const report = JSON.parse(await readFile(path, 'utf8')) as SeedReport
    return report.seed === seed ? report : null
  } catch {
    return null
  }
}

async function keep(path: string, report: SeedReport): Promise<void> {
  try {
    await writeFile(`${path}.part`, `${JSON.stringify(report, null, 2)}\n`)
    await rename(`${path}.part`, path)
  } catch (error) {
    unusable(path, error)
  }
}

/** @throws SIMULATION_FOLDER_UNUSABLE always */
function unusable(path: string, error: unknown): never {
  throw fail('SIMULATION_FOLDER_UNUSABLE', { path, reason: reasonOf(error) }, { cause: error })
}

/** What reports have in common. */
export function summaryOf(reports: readonly SeedReport[]): Summary {
  const faults = reports.filter(isLookedFor).flatMap((report) => report.faults)
  const detected = faults.filter(({ detectedAt }) => detectedAt !== null)
  const byPolicy = (name: 'lateOrders' | 'costCents') => ({
    none: spreadOf(reports.map((report) => report[name].none)),
    detour: spreadOf(reports.map((report) => report[name].detour)),
    oracle: spreadOf(reports.map((report) => report[name].oracle)),
    observer: spreadOf(reports.map((report) => report[name].observer)),
  })
  const all = (name: 'lateOrders' | 'costCents', policy: Policy) =>
    reports.reduce((sum, report) => sum + (report[name][policy] ?? Number.NaN), 0)
  const avoided = all('lateOrders', 'none') - all('lateOrders', 'detour')
  const sudden = detected.filter(({ kind }) => kindOf(kind as KindName).isSudden)
  const bySeed = (of: (report: SeedReport) => [part: number, whole: number]) =>
    spreadOf(reports.map((report) => share(...of(report))))
  return {
    seeds: reports.length,
    days: reports[0]?.days ?? 0,
    faults: reports.reduce((sum, report) => sum + report.faults.length, 0),
    detectedShare: share(detected.length, faults.length),
    causeRightShare: share(faults.filter(({ causeRight }) => causeRight === true).length, faults.length),
    detectedShareBySeed: bySeed((report) => [noticedIn(report), soughtIn(report)]),
    causeRightShareBySeed: bySeed((report) => [rightIn(report), soughtIn(report)]),
    medianSuddenDelayMinutes: medianOf(sudden.flatMap(({ delayMinutes }) => delayMinutes ?? [])),
    medianDelayMinutes: medianOf(detected.flatMap(({ delayMinutes }) => delayMinutes ?? [])),
    medianShownMinutes: medianOf(detected.flatMap(({ shownMinutes }) => shownMinutes ?? [])),
    falseIncidentsPerWeek: spreadOf(reports.map((report) => report.falseIncidentsPerWeek)),
    reroutes: movesOf(reports.map(({ reroutes }) => reroutes)),
    oracleReroutes: movesOf(reports.map(({ oracleReroutes }) => oracleReroutes)),
    needlessShareBySeed: bySeed(({ reroutes }) => {
      const { total, useful } = movesOf([reroutes])
      return [total - useful, total]
    }),
    lateOrders: byPolicy('lateOrders'),
    costCents: byPolicy('costCents'),
    shareOfOracleGain: share(avoided, all('lateOrders', 'none') - all('lateOrders', 'oracle')),
    shareOfOracleGainBySeed: spreadOf(reports.map((report) => report.shareOfOracleGain)),
    shareOfObserverGain: share(avoided, all('lateOrders', 'none') - all('lateOrders', 'observer')),
    shareOfObserverGainBySeed: spreadOf(reports.map((report) => report.shareOfObserverGain)),
    costPerLateOrderAvoided: share(all('costCents', 'detour') - all('costCents', 'none'), avoided),
    invariantsBroken: reports.reduce((sum, report) => sum + report.invariantsBroken, 0),
    kinds: [...Map.groupBy(faults, ({ kind }) => kind)]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([kind, own]) => ({
        kind,
        faults: own.length,
        detected: own.filter(({ detectedAt }) => detectedAt !== null).length,
        causeRight: own.filter(({ causeRight }) => causeRight === true).length,
        medianDelayMinutes: medianOf(own.flatMap(({ delayMinutes }) => delayMinutes ?? [])),
      })),
  }
}

const soughtIn = (report: SeedReport) => (isLookedFor(report) ? report.faults.length : 0)
const noticedIn = ({ faults }: SeedReport) => faults.filter(({ detectedAt }) => detectedAt !== null).length
const rightIn = ({ faults }: SeedReport) => faults.filter(({ causeRight }) => causeRight === true).length

function movesOf(all: readonly (Moves | null)[]): Moves {
  const sum = (name: keyof Moves) => all.reduce((total, each) => total + (each?.[name] ?? 0), 0)
  const { total, useful, useless } = { total: sum('total'), useful: sum('useful'), useless: sum('useless') }
  return { total, useful, useless, harmful: sum('harmful'), unjudged: sum('unjudged') }
}

function share(part: number, whole: number): number | null {
  return whole > 0 && Number.isFinite(part) ? Math.round((part / whole) * 1000) / 1000 : null
}

function spreadOf(values: readonly (number | null)[]): Spread | null {
  const known = values.filter((value) => value !== null)
  if (known.length === 0) return null
  const mean = known.reduce((sum, value) => sum + value, 0) / known.length
  return { mean: Math.round(mean * 1000) / 1000, least: Math.min(...known), most: Math.max(...known) }
}

function medianOf(values: readonly number[]): number | null {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[sorted.length >> 1] ?? null
}
