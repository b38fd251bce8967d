// The command `score` with its options. It only turns words into arguments.

import type { Command } from 'commander'
import { besideHomes, type ScoreArgs } from '#orchestrator/verbs'
import { absolute, list, present } from './options.ts'
import type { Outcome } from './output.ts'
import type { Call } from './run.ts'

/** Adds it. */
export function addScore(
  program: Command,
  perform: (work: (call: Call) => Promise<Outcome | null>) => Promise<void>,
): void {
  program
    .command('score')
    .description('how odd each row of a table is, and why: the same rows with score, p_value and reasons')
    .argument('<path...>', 'CSV files and folders; each file is a table of its own')
    .option('--ignore <columns>', 'columns to leave out, with commas, such as labels', list)
    .option(
      '--fit <file>',
      'CSV file of clean rows to learn from (default: each file is held against itself)',
      absolute,
    )
    .option('--out <path>', 'file to write, or folder for several', absolute)
    .option('--seed <text>', 'the same one gives the same scores')
    .action((paths: string[], options: Omit<ScoreArgs, 'paths'>) =>
      perform(async (call) => {
        const args = present({ ...options, paths: paths.map(absolute) })
        const { hasUnscored, scoreFiles, showScore } = await besideHomes.score()
        const result = await scoreFiles(args, call.effects, call.onProgress)
        return { result, text: showScore(result), hasFailed: hasUnscored(result) }
      }),
    )
}
