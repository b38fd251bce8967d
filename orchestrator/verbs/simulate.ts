// `detour simulate --core`: the core under faults, from seeds. It needs no home and touches none.

import { fail } from '#data/kernel'
import { type Failure, type Report, simulateSeeds } from '#orchestrator/simulation'
import { showNumber } from './table.ts'
import type { Progress } from './verb.ts'

/**
 * What comes of the seeds from `seed` on.
 * @param args seeds: how many, default 1; ticks: instants until the failures end, default as many as 300 commands take
 * @throws CLI_USAGE where several seeds should follow on one that is no number
 */
export async function simulate(
  args: { seed?: string; seeds?: number; ticks?: number },
  onProgress: (progress: Progress) => void,
): Promise<Report> {
  const { seed = '1', seeds = 1, ticks } = args
  const first = Number(seed)
  if (seeds > 1 && !Number.isSafeInteger(first)) {
    throw fail('CLI_USAGE', { reason: `--seeds counts on from a number; "${seed}" is none` })
  }
  const all = seeds === 1 ? [seed] : Array.from({ length: seeds }, (_, i) => String(first + i))
  return simulateSeeds(all, ticks === undefined ? {} : { ticks }, (done) =>
    onProgress({ step: 'simulating', done, total: seeds }),
  )
}

/** The report for people. */
export function showSimulation(report: Report): string {
  const { seeds, commands, acknowledged, ticks, failures } = report
  const what =
    `${showNumber(seeds, 'seed')}: ${showNumber(commands, 'command')}, ${showNumber(acknowledged, 'answer')}, ` +
    `everything checked ${showNumber(ticks, 'time')}.`
  if (failures.length === 0) return `${what}\nEvery promise was kept.`
  return [what, ...failures.map(showFailure)].join('\n\n')
}

function showFailure({ seed, promise, says, subject, found, tick, last, shortest }: Failure): string {
  return [
    `Seed ${seed} broke "${promise}" after ${tick} ms: ${says}`,
    `${subject}: ${found}`,
    'The last commands before:',
    ...last,
    `The shortest history found (${showNumber(shortest.length, 'step')}):`,
    ...shortest,
    `Again: detour simulate --core --seed ${seed}`,
  ].join('\n')
}
