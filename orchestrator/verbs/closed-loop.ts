// `detour simulate`: the whole product on a made-up world with faults at known times. It needs no home
// and touches none.

import type { Effects } from '#data/kernel'
import {
  costPerLateOrderAvoided,
  isLookedFor,
  type Moves,
  type Policy,
  policies,
  readScenario,
  type SeedReport,
  type SeedsReport,
  type Spread,
  type Summary,
  simulateSeveral,
} from '#orchestrator/closed-loop'
import { showInstant, showNumber, showTable } from './table.ts'
import type { Progress } from './verb.ts'

/** What is simulated; default seed 1, 30 days, none, Detour and the oracle. */
export interface LoopArgs {
  seed?: string
  /** Instead of one seed. */
  seeds?: { from: number; to: number }
  days?: number
  scenario?: string
  policy?: Policy
  /** Also one who knows each fault once it can be known. */
  observer?: boolean
  out?: string
}

/** What came of it; `isOne` where one seed was asked for. */
export interface LoopResult extends SeedsReport {
  isOne: boolean
}

/** @throws SCENARIO_UNREADABLE, SCENARIO_INVALID, SIMULATION_FAILED, SIMULATION_FOLDER_UNUSABLE */
export async function runLoop(
  { seed = '1', seeds, days = 30, scenario, policy, observer, out = undefined }: LoopArgs,
  effects: Effects,
  onProgress: (progress: Progress) => void,
): Promise<LoopResult> {
  const file = scenario === undefined ? {} : await readScenario(scenario)
  const all =
    seeds === undefined
      ? [seed]
      : Array.from({ length: seeds.to - seeds.from + 1 }, (_, i) => String(seeds.from + i))
  const who = {
    ...(policy === undefined ? {} : { policy }),
    ...(observer === true ? { observes: true } : {}),
  }
  const request = { seeds: all, days, file, out: out ?? null, ...who }
  const report = await simulateSeveral(request, effects, (step, share) =>
    onProgress({ step, done: Math.round(share * 100), total: share === 0 ? 0 : 100 }),
  )
  return { ...report, isOne: seeds === undefined }
}

/** What is printed as JSON: of one seed its report, of several all of them with what they have in common. */
export function toldOfLoop({ isOne, reports, summary }: LoopResult) {
  const seeds = reports.map((report) => {
    const {
      scenario: _,
      orders: __,
      falseIncidents: ___,
      moved: ____,
      incidents: _____,
      faults,
      ...told
    } = report
    const { detour, oracle } = costsPerAvoided(report)
    return {
      ...told,
      faults: faults.map((fault) => {
        return { ...fault, detected: isLookedFor(report) ? fault.detectedAt !== null : null }
      }),
      costPerLateOrderAvoided: { detour, oracle },
    }
  })
  return isOne ? seeds[0] : { seeds, summary }
}

function costsPerAvoided(report: SeedReport) {
  const of = (policy: 'detour' | 'oracle') => costPerLateOrderAvoided(report, policy)
  return { detour: of('detour'), oracle: of('oracle') }
}

/** The result for people. */
export function showLoop({ isOne, reports, summary }: LoopResult): string {
  const [first] = reports
  return isOne && first !== undefined ? showSeed(first) : showSeeds(reports, summary)
}

function showSeed(report: SeedReport): string {
  const { seed, days, orders, faults, falseIncidents, reroutes, oracleReroutes, lateOrders, costCents } =
    report
  const found = faults.map(({ kind, dimension, startAt, delayMinutes, causeRight }) => [
    kind.replaceAll('_', ' '),
    dimension,
    showInstant(startAt),
    ...(!isLookedFor(report)
      ? ['']
      : [delayMinutes === null ? 'not noticed' : `after ${showMinutes(delayMinutes)}`]),
    causeRight === null ? '' : causeRight ? 'right' : 'wrong',
  ])
  const outcome = policies
    .filter((policy) => lateOrders[policy] !== null)
    .map((policy) => [policy, lateOrders[policy], showCents(costCents[policy])])
  return [
    `Seed ${seed}, ${showNumber(days, 'day')}, ${showNumber(orders, 'order')}.`,
    ...(faults.length === 0 ? [] : [showTable(['fault', 'at', 'began', 'noticed', 'cause'], found)]),
    ...falseIncidents.map(({ title, openedAt }) => `False: ${title} (${showInstant(openedAt)})`),
    showTable(['policy', 'late orders', 'cost'], outcome),
    ...showMoves('Detour', reroutes),
    ...showMoves('The oracle', oracleReroutes),
    ...showGain(report),
    report.invariantsBroken === 0 ? 'No rule was broken.' : `${report.invariantsBroken} rules were broken.`,
  ].join('\n')
}

function showMoves(who: string, moves: Moves | null): string[] {
  if (moves === null) return []
  const { total, useful, useless, harmful, unjudged = 0 } = moves
  const orders = showNumber(total, 'order')
  const others = `${unjudged} more placed before the start or due after the end are not judged.`
  return [
    `${who} moved ${orders}: ${useful} usefully, ${useless} without need, ${harmful} to their harm.`,
    ...(unjudged === 0 ? [] : [others]),
  ]
}

function showGain(report: SeedReport): string[] {
  const { shareOfOracleGain: gain, shareOfObserverGain: known } = report
  const { detour, oracle } = costsPerAvoided(report)
  const other = oracle === null ? '' : `, to the oracle ${showCents(oracle)}`
  return [
    ...(gain === null ? [] : [`${Math.round(gain * 100)} % of the late orders that could be avoided were.`]),
    ...(known === null
      ? []
      : [`Of those of faults once they can be known, ${Math.round(known * 100)} % were.`]),
    ...(detour === null ? [] : [`A late order that was avoided cost ${showCents(detour)} more${other}.`]),
  ]
}

function showSeeds(reports: readonly SeedReport[], summary: Summary): string {
  const rows = reports.map((report) => {
    const { seed, faults, falseIncidentsPerWeek, reroutes, lateOrders, shareOfOracleGain } = report
    const found = faults.filter(({ detectedAt }) => detectedAt !== null).length
    const right = faults.filter(({ causeRight }) => causeRight === true).length
    const { none, detour, oracle, observer } = lateOrders
    return [
      ...[
        seed,
        faults.length,
        ...(isLookedFor(report) ? [found, right] : [null, null]),
        falseIncidentsPerWeek,
      ],
      ...[reroutes?.total, reroutes?.useful, none, detour, oracle, observer, shareOfOracleGain],
    ]
  })
  const head = ['seed', 'faults', 'noticed', 'cause right', 'false a week', 'moved', 'useful']
  const { kinds } = summary
  return [
    showTable([...head, 'late: none', 'detour', 'oracle', 'observer', 'share of gain'], rows),
    showTable(['of all seeds', 'mean', 'range'], commonRows(summary)),
    showTable(
      ['kind of fault', 'faults', 'noticed', 'cause right', 'median minutes'],
      kinds.map((each) => [
        each.kind.replaceAll('_', ' '),
        each.faults,
        each.detected,
        each.causeRight,
        each.medianDelayMinutes,
      ]),
    ),
  ].join('\n')
}

function commonRows(summary: Summary): (string | null)[][] {
  const percent = (share: number | null) => (share === null ? null : `${(share * 100).toFixed(1)} %`)
  const range = (value: Spread | null) =>
    value === null ? null : `${percent(value.least)} to ${percent(value.most)}`
  const { reroutes, oracleReroutes, lateOrders, costCents } = summary
  const spread = (name: string, value: Spread | null, show: (value: number) => string = String) =>
    value === null ? [] : [[name, show(value.mean), `${show(value.least)} to ${show(value.most)}`]]
  const harm = ({ total, useful }: Moves) => percent(total === 0 ? null : (total - useful) / total)
  return [
    ['faults noticed', percent(summary.detectedShare), range(summary.detectedShareBySeed)],
    ['cause named right', percent(summary.causeRightShare), range(summary.causeRightShareBySeed)],
    ['median time until noticed', showMinutes(summary.medianDelayMinutes), null],
    ['of sudden faults', showMinutes(summary.medianSuddenDelayMinutes), null],
    ['of sudden faults, since they show', showMinutes(summary.medianShownMinutes), null],
    ...spread('false incidents a week', summary.falseIncidentsPerWeek),
    ['moves without need or to harm', harm(reroutes), range(summary.needlessShareBySeed)],
    ['the same, oracle', harm(oracleReroutes), null],
    ...policies.flatMap((policy) => spread(`late orders, ${policy}`, lateOrders[policy])),
    ...policies.flatMap((policy) => spread(`cost, ${policy}`, costCents[policy], showCents)),
    ['share of what the oracle avoids', percent(summary.shareOfOracleGain), null],
    ...spread('the same, seed by seed', summary.shareOfOracleGainBySeed),
    ['share of what can be known and avoided', percent(summary.shareOfObserverGain), null],
    ...spread('the same, seed by seed', summary.shareOfObserverGainBySeed),
    ['cost of an avoided late order', showCents(summary.costPerLateOrderAvoided), null],
    ['rules broken', String(summary.invariantsBroken), null],
  ]
}

function showMinutes(minutes: number | null): string {
  if (minutes === null) return 'never'
  return minutes < 120 ? `${minutes} min` : `${(minutes / 60).toFixed(1)} h`
}

function showCents(cents: number | null): string {
  if (cents === null) return ''
  return `$${(cents / 100).toLocaleString('en', { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`
}
