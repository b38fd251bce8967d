// The command `explain` with its options. It only turns words into arguments.

import { type Command, Option } from 'commander'
import { besideHomes, type ExplainArgs } from '#orchestrator/verbs'
import { absolute, list, present } from './options.ts'
import type { Outcome } from './output.ts'
import type { Call } from './run.ts'

/** Adds it. */
export function addExplain(
  program: Command,
  perform: (work: (call: Call) => Promise<Outcome | null>) => Promise<void>,
): void {
  program
    .command('explain')
    .description('root causes of a deviation: the slices of leaf rows that explain it, with shares')
    .argument('<path...>', 'CSV files and folders; each file is a case of its own')
    .requiredOption('--actual <column>', 'what was')
    .requiredOption('--expected <column>', 'what was expected')
    .requiredOption('--dimensions <columns>', 'the dimensions, with commas', list)
    .option('--weight <column>', 'what each ratio is among; actual and expected are ratios then')
    .addOption(
      new Option(
        '--measure <kind>',
        'amounts that add up, or ratios (default: ratios where all lie from 0 to 1)',
      ).choices(['additive', 'ratio']),
    )
    .action((paths: string[], options: Omit<ExplainArgs, 'paths'>) =>
      perform(async (call) => {
        const args = present({ ...options, paths: paths.map(absolute) })
        const { explainFiles, hasUnexplained, showExplain } = await besideHomes.explain()
        const result = await explainFiles(args, call.onProgress)
        return { result, text: showExplain(result), hasFailed: hasUnexplained(result) }
      }),
    )
}
