// The command `detect` with its options. It only turns words into arguments.

import type { Command } from 'commander'
import { besideHomes, type DetectArgs } from '#orchestrator/verbs'
import { absolute, list, present } from './options.ts'
import type { Outcome } from './output.ts'
import type { Call } from './run.ts'

/** Adds it. */
export function addDetect(
  program: Command,
  perform: (work: (call: Call) => Promise<Outcome | null>) => Promise<void>,
): void {
  program
    .command('detect')
    .description('how odd each row of a time series is, judged by the rows before it alone')
    .argument('<path...>', 'CSV files and folders; each file is judged by itself')
    .requiredOption('--time <column>', 'when a row was: a time, or seconds or milliseconds since 1970')
    .requiredOption('--value <columns>', 'what was measured; several with commas', list)
    .option('--id <column>', 'which series a row belongs to, where there are several in a file')
    .option(
      '--out <path>',
      'write the same rows with expected,lower,upper,score,p_value,anomaly: a file, or a folder for several files',
      absolute,
    )
    .action((paths: string[], options: Omit<DetectArgs, 'paths'>) =>
      perform(async (call) => {
        const args = present({ ...options, paths: paths.map(absolute) })
        const { detectFiles, hasUndetected, showDetect } = await besideHomes.detect()
        const result = await detectFiles(args, call.onProgress)
        return { result, text: showDetect(result), hasFailed: hasUndetected(result) }
      }),
    )
}
