// The commands on models. Each only turns words into arguments and calls its verb.

import { readFile } from 'node:fs/promises'
import type { Command } from 'commander'
import { fail, reasonOf } from '#data/kernel'
import type { VerbName } from '#orchestrator/verbs'
import { absolute, list, whole } from './options.ts'

interface Making {
  query?: string
  queryFile?: string
  target?: string
  key: string
  time: string
  ignore?: string[]
  outcomeDays?: number
  schedule?: string
  scoreSchedule?: string
  name?: string
  replace?: boolean
}

/** Adds `model list|show|create|train|cancel|promote|rollback|delete`. */
export function addModel(program: Command, verb: (name: VerbName, args: object) => Promise<void>): void {
  const model = program
    .command('model')
    .description('models: versions and their tests, and models of your own')
  model
    .command('list')
    .description('show them')
    .action(() => verb('model-list', {}))
  const about = (name: 'show' | 'train' | 'cancel' | 'rollback' | 'delete', description: string) =>
    model
      .command(name)
      .description(description)
      .argument('<model>', 'id of the model')
      .action((id: string) => verb(`model-${name}`, { model: id }))
  about('show', 'a model with its versions')
  about('train', 'train a model now, and wait for it')
  about('cancel', 'end the training of a model')
  about('rollback', 'put the version before back in use')
  about('delete', 'delete a model of your own, with its scores')
  model
    .command('promote')
    .description('put a version in use')
    .argument('<model>', 'id of the model')
    .argument('<version>', 'as "detour model show" names it')
    .action((id: string, version: string) => verb('model-promote', { model: id, version }))
  model
    .command('create')
    .description(
      'make a model of a query, train it and score with it: a target is foretold, or what is odd found',
    )
    .argument('<model>', 'its id: lower case letters, digits, - and _')
    .option('--query <sql>', 'one SELECT over the tables')
    .option('--query-file <file>', 'file that holds it', absolute)
    .requiredOption('--key <column>', 'column that tells rows apart')
    .requiredOption('--time <column>', 'column that says when')
    .option('--target <column>', 'column to foretell; without it, what is odd is found')
    .option('--ignore <columns>', 'columns it must not learn from, with commas', list)
    .option('--outcome-days <days>', 'days until an outcome is known (default 0)', whole(0, 3_660))
    .option('--schedule <cron>', 'when it is trained anew, UTC, as "0 3 * * 1"')
    .option('--score-schedule <cron>', 'when it scores beside that')
    .option('--name <name>', 'name for people (default: its id)')
    .option('--replace', 'change it where there is one')
    .action(async (id: string, making: Making) => {
      const definition = {
        model: id,
        name: making.name ?? id,
        query: await queryOf(making),
        target: making.target ?? null,
        keyColumn: making.key,
        timeColumn: making.time,
        ignored: making.ignore ?? [],
        outcomeDays: making.outcomeDays ?? 0,
        schedule: making.schedule ?? null,
        scoreSchedule: making.scoreSchedule ?? null,
      }
      await verb('model-create', { definition, replace: making.replace })
    })
}

async function queryOf({ query, queryFile }: Making): Promise<string> {
  if (query !== undefined) return query
  if (queryFile === undefined) throw fail('CLI_USAGE', { reason: 'give --query or --query-file' })
  try {
    return await readFile(queryFile, 'utf8')
  } catch (error) {
    throw fail('CLI_USAGE', { reason: `${queryFile} cannot be read: ${reasonOf(error)}` })
  }
}
