// The command `simulate` with its options. It only turns words into arguments.

import type { Command } from 'commander'
import { InvalidArgumentError, Option } from 'commander'
import { besideHomes, type LoopArgs } from '#orchestrator/verbs'
import { absolute, present, whole } from './options.ts'
import type { Outcome } from './output.ts'
import type { Call } from './run.ts'

interface Choices extends Omit<LoopArgs, 'seeds'> {
  core?: boolean
  seeds?: number | { from: number; to: number }
  ticks?: number
}

/** Options of the whole product, which mean nothing to the core alone. */
const loopOnly = ['days', 'scenario', 'policy', 'observer', 'out'] as const

/** Adds it. */
export function addSimulate(
  program: Command,
  perform: (work: (call: Call) => Promise<Outcome | null>) => Promise<void>,
): void {
  program
    .command('simulate')
    .description(
      'the whole product on a made-up world with faults at known times, beside doing nothing and an oracle',
    )
    .option('--seed <text>', 'the seed (default 1); the same one gives the same result')
    .option('--seeds <range>', 'several seeds, 1..20; with --core that many, counted on from --seed', range)
    .option('--days <days>', 'days to simulate (default 30)', whole(1, 366))
    .option('--scenario <file>', 'another world and other faults than the standard ones', absolute)
    .addOption(
      new Option('--policy <name>', 'only this one').choices(['none', 'detour', 'oracle', 'observer']),
    )
    .addOption(
      new Option('--observer', 'play also one who knows each fault once it can be known').conflicts('policy'),
    )
    .option('--out <dir>', 'keep what is done here; a run of several seeds goes on from there', absolute)
    .option('--core', 'instead: the core alone under faults, every promise checked after every step')
    .option('--ticks <count>', 'with --core: instants until the failures end', whole(1, 10_000_000))
    .action((choices: Choices, command: Command) => {
      const { core = false, seeds, ticks, ...rest } = choices
      const isCount = typeof seeds === 'number'
      const wrong = core ? loopOnly.find((name) => rest[name] !== undefined) : undefined
      if (wrong !== undefined) command.error(`error: --${wrong} goes without --core`)
      if (core) {
        if (seeds !== undefined && !isCount) command.error('error: with --core, --seeds is a number of seeds')
        return perform(async (call) => {
          const args = present({ seed: rest.seed, seeds: isCount ? seeds : undefined, ticks })
          const { showSimulation, simulate } = await besideHomes.simulate()
          const result = await simulate(args as Parameters<typeof simulate>[0], call.onProgress)
          return { result, text: showSimulation(result), hasFailed: result.failures.length > 0 }
        })
      }
      if (isCount) command.error('error: --seeds is a range such as 1..20')
      if (ticks !== undefined) command.error('error: --ticks goes with --core')
      if (seeds !== undefined && rest.seed !== undefined) {
        command.error('error: --seed is one seed, --seeds are several: give one of them')
      }
      return perform(async (call) => {
        const args = present({ ...rest, seeds: isCount ? undefined : seeds }) as LoopArgs
        const { runLoop, showLoop, toldOfLoop } = await besideHomes.loop()
        const result = await runLoop(args, call.effects, call.onProgress)
        return {
          result: toldOfLoop(result),
          text: showLoop(result),
          hasFailed: result.summary.invariantsBroken > 0,
        }
      })
    })
}

/** `3` or `1..20`. */
function range(text: string): number | { from: number; to: number } {
  const found = /^(\d{1,9})(?:\.\.(\d{1,9}))?$/.exec(text.trim())
  const [, first = '', last] = found ?? []
  const [from, to] = [Number(first), Number(last ?? first)]
  const isUsable = found !== null && (last === undefined ? from >= 1 && from <= 1_000_000 : to >= from)
  if (!isUsable || to - from >= 1_000) {
    throw new InvalidArgumentError('It must be a range such as 1..20, of at most 1,000 seeds, or a count.')
  }
  return last === undefined ? from : { from, to }
}
