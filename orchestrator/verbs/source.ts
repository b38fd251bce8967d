// `detour source`: a batch of orders assigned to nodes, from files alone. It needs no home and touches none.

import { type Effects, fail } from '#data/kernel'
import {
  fromBrunel,
  readProblem,
  readSheets,
  type SourceReport,
  type SourcingFiles,
  solveFiles,
  writeAssignments,
  writeProblem,
} from '#orchestrator/sourcing'
import { showNumber, showSeconds, showTable } from './table.ts'
import type { Progress } from './verb.ts'

/** Arguments of the verb. */
export interface SourceArgs {
  network?: string
  orders?: string
  strategy?: string
  /** `brunel` with the workbook or folder in `path`. */
  from?: string
  path?: string
  capacityFactor?: number
  out?: string
  /** Folder for the problem itself. */
  write?: string
  /** Seconds, default 60. */
  timeLimit?: number
  /** Share, default 0. */
  gap?: number
  seed?: number
  currency?: string
  /** Instant at which the orders are sourced, ISO 8601. */
  now?: string
}

/** What came of it, and what was written. */
export interface SourceResult extends SourceReport {
  files: string[]
}

/**
 * Solves a problem from files.
 * @param isCancelled asked now and then; true = give what there is
 * @throws CLI_USAGE, SOURCING_FILE_INVALID, SOURCING_PROBLEM_INVALID
 */
export async function sourceFiles(
  args: SourceArgs,
  { clock }: Pick<Effects, 'clock'>,
  onProgress: (progress: Progress) => void,
  isCancelled?: () => boolean,
): Promise<SourceResult> {
  const { timeLimit = 60, gap = 0, seed = 1, currency = 'USD', out, write } = args
  onProgress({ step: 'reading files', done: 0, total: 0 })
  const files = await filesOf(args)
  const setting = { currency, now: nowOf(args, files, clock.now()) }
  const began = clock.now()
  const { report, plans } = await solveFiles(files, setting, {
    timeLimitMs: timeLimit * 1_000,
    gap,
    seed,
    elapsedMs: () => clock.now() - began,
    ...(isCancelled === undefined ? {} : { isCancelled }),
    onProgress: ({ seconds }) =>
      onProgress({ step: 'solving', done: Math.min(seconds, timeLimit), total: timeLimit }),
  })
  const written: string[] = []
  if (write !== undefined)
    written.push(...(await writeProblem(write, files)).map((name) => `${write}/${name}`))
  if (out !== undefined) {
    await writeAssignments(out, plans)
    written.push(out)
  }
  return { ...report, files: written }
}

async function filesOf({
  from,
  path,
  capacityFactor = 1,
  network,
  orders,
  strategy,
}: SourceArgs): Promise<SourcingFiles> {
  if (from !== undefined) {
    if (path === undefined)
      throw fail('CLI_USAGE', { reason: `--from ${from} needs the workbook or folder after it` })
    return fromBrunel(await readSheets(path), capacityFactor)
  }
  if (network === undefined || orders === undefined)
    throw fail('CLI_USAGE', { reason: 'name the network and the orders: --network DIR --orders FILE' })
  return readProblem(network, orders, strategy ?? null)
}

function nowOf({ now }: SourceArgs, { orders }: SourcingFiles, wall: number): number {
  if (now !== undefined) {
    const at = Date.parse(now)
    if (Number.isNaN(at))
      throw fail('CLI_USAGE', { reason: `--now takes an instant such as 2026-03-01T08:00:00Z, not ${now}` })
    return at
  }
  const latest = orders.reduce((last, { placedAt }) => Math.max(last, placedAt ?? -Infinity), -Infinity)
  return Number.isFinite(latest) ? latest : wall
}

/** The first of each kind. */
function showFindings(findings: SourceReport['findings']): string[] {
  return [...Map.groupBy(findings, ({ code }) => code).values()].flatMap(([first, ...more]) => {
    if (first === undefined) return []
    return more.length === 0 ? [first.text] : [`${first.text} (${more.length} more such)`]
  })
}

/** The result for people. */
export function showSource(result: SourceResult): string {
  const { served, orders, partly, cost, currency, bound, gap, seconds, terms, nodes, refused } = result
  const { nearest, late, stopped } = result
  const amount = (value: number) =>
    `${value.toLocaleString('en-US', { minimumFractionDigits: 2 })} ${currency}`
  const proven =
    gap === 0
      ? 'proven to be the least'
      : bound === 0
        ? 'how far it is from the least is not known'
        : `at most ${(gap * 100).toFixed(2)} % above the least, ${amount(bound)}`
  const saving = nearest.cost - cost
  const count = (value: number) => value.toLocaleString('en-US')
  return [
    `${count(served)} of ${showNumber(orders, 'order')} served` +
      (partly > 0 ? `, ${count(partly)} more in part` : '') +
      `, for ${amount(cost)} (${proven}), in ${showSeconds(seconds)}.`,
    nearest.served === served && saving > 0
      ? `Each order at its nearest node would cost ${amount(nearest.cost)}: ${amount(saving)} more.`
      : `Each order at its nearest node would serve ${count(nearest.served)} for ${amount(nearest.cost)}.`,
    ...(late === null ? [] : [`Likely to come after their promise: ${showNumber(late, 'order')}.`]),
    ...(stopped === 'cancelled' ? ['Ended before it was done: this is the best found until then.'] : []),
    ...showFindings(result.findings),
    showTable(
      ['term', 'cost'],
      Object.entries(terms).map(([name, value]) => [name, amount(value)]),
    ),
    showTable(
      ['node', 'orders', 'units', 'cost'],
      nodes.map((node) => [node.nodeId, node.orders, node.units, amount(node.cost)]),
    ),
    ...(refused.length === 0
      ? []
      : [
          showTable(
            ['not served', 'orders', 'units', 'for example'],
            refused.map((each) => [each.code, each.orders, each.units, `${each.orderId}: ${each.reason}`]),
          ),
        ]),
    ...(result.files.length === 0 ? [] : [`Written: ${result.files.join(', ')}.`]),
  ].join('\n')
}
