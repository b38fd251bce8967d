// The commands on policies. Each only turns words into arguments and calls its verb.

import { readFile } from 'node:fs/promises'
import type { Command } from 'commander'
import { fail, reasonOf } from '#data/kernel'
import type { VerbName } from '#orchestrator/verbs'
import { absolute, list, whole } from './options.ts'

/** Adds `policy list|check|draft|replay|publish|retire`. */
export function addPolicy(program: Command, verb: (name: VerbName, args: object) => Promise<void>): void {
  const policy = program
    .command('policy')
    .description('what is asked of orders on their way, and what follows')
  const file = 'JSON or YAML file of a draft'
  policy
    .command('list')
    .description('all policies, and what is odd about those in force together')
    .action(() => verb('policy-list', {}))
  policy
    .command('check')
    .description('what is wrong or odd about a draft, or about those in force together')
    .argument('[file]', file, absolute)
    .action(async (path?: string) =>
      verb('policy-check', path === undefined ? {} : { draft: await readDraft(path) }),
    )
  policy
    .command('draft')
    .description('draft the next version; nothing is in force yet')
    .argument('<file>', file, absolute)
    .action(async (path: string) => verb('policy-draft', { draft: await readDraft(path) }))
  policy
    .command('replay')
    .description('what a version would have made of the orders of the last days; nothing is changed')
    .argument('<policy>', 'its id')
    .option('--version-number <n>', 'default: the newest', whole(1))
    .option('--days <n>', 'days back, default 7', whole(1, 90))
    .option('--limit <n>', 'orders at most, default 5000', whole(1, 20_000))
    .action((policyId: string, { versionNumber, ...options }: Numbered) =>
      verb('policy-replay', { policyId, version: versionNumber, ...options }),
    )
  policy
    .command('publish')
    .description('put a version in force')
    .argument('<policy>', 'its id')
    .option('--version-number <n>', 'default: the newest', whole(1))
    .option('--replay-id <id>', 'a replay of it that was looked at, of the running server')
    .option('--accept <codes>', 'what you take on, e.g. no_replay,matches_everything', list)
    .action((policyId: string, { versionNumber, ...options }: Numbered) =>
      verb('policy-publish', { policyId, version: versionNumber, ...options }),
    )
  policy
    .command('retire')
    .description('take it out of force; its versions stay')
    .argument('<policy>', 'its id')
    .requiredOption('--reason <text>', 'why')
    .action((policyId: string, options: object) => verb('policy-retire', { policyId, ...options }))
}

interface Numbered {
  versionNumber?: number
}

/** @throws CLI_USAGE where it cannot be read */
async function readDraft(path: string): Promise<unknown> {
  const { parse } = await import('yaml')
  try {
    return parse(await readFile(path, 'utf8'))
  } catch (error) {
    throw fail('CLI_USAGE', { reason: `${path} cannot be read: ${reasonOf(error)}` })
  }
}
