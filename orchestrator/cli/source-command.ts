// The command `source` with its options. It only turns words into arguments.

import { type Command, Option } from 'commander'
import { besideHomes, type SourceArgs } from '#orchestrator/verbs'
import { absolute, numberBetween, present, whole } from './options.ts'
import type { Outcome } from './output.ts'
import type { Call } from './run.ts'

/** Adds it. */
export function addSource(
  program: Command,
  perform: (work: (call: Call) => Promise<Outcome | null>) => Promise<void>,
): void {
  program
    .command('source')
    .description('assign a batch of orders to nodes, from files alone')
    .argument('[path]', 'with --from: the workbook, or the folder of its tables as CSV', absolute)
    .option('--network <dir>', 'folder with the network, its stock and products', absolute)
    .option('--orders <file>', 'orders, CSV or JSON', absolute)
    .option('--strategy <file>', 'what counts and what must hold, YAML or JSON', absolute)
    .addOption(new Option('--from <format>', 'convert another format').choices(['brunel']))
    .option(
      '--capacity-factor <factor>',
      'with --from: on the daily capacity of each plant',
      numberBetween(0, 1e6),
    )
    .option('--write <dir>', 'write the problem itself as files too', absolute)
    .option('--out <file>', 'write the assignments, CSV or JSON', absolute)
    .option('--time-limit <seconds>', 'give the best found by then (default 60)', numberBetween(0.1, 86_400))
    .option('--gap <share>', 'good enough, e.g. 0.005 (default 0: proven)', numberBetween(0, 1))
    .option('--seed <number>', 'the same one gives the same result', whole(0, 4_294_967_295))
    .option('--currency <code>', 'of the data (default USD)')
    .option('--now <instant>', 'when the orders are sourced (default: when the last was placed)')
    .action((path: string | undefined, options: SourceArgs) =>
      perform(async (call) => {
        const args = path === undefined ? options : { ...options, path }
        let isCancelled = false
        // The first Ctrl-C gives the best found so far, a second one ends at once.
        process.once('SIGINT', () => {
          isCancelled = true
        })
        const { showSource, sourceFiles } = await besideHomes.source()
        const result = await sourceFiles(present(args), call.effects, call.onProgress, () => isCancelled)
        return { result, text: showSource(result), hasFailed: false }
      }),
    )
}
