// The commands, their options and their help. Each only turns words into arguments and calls its verb.

import { readFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Command, Option } from 'commander'
import { besideHomes, type VerbName } from '#orchestrator/verbs'
import { addDetect } from './detect-command.ts'
import { addExplain } from './explain-command.ts'
import { addFlow } from './flow-command.ts'
import { addIncidents, addSilences } from './incident-command.ts'
import { addModel } from './model-command.ts'
import { addNetwork } from './network-command.ts'
import { absolute, list, mapping, present, whole } from './options.ts'
import { type Outcome, printFile } from './output.ts'
import { addPolicy } from './policy-command.ts'
import { type Call, runRebuild, runRestore, runVerb } from './run.ts'
import { addScore } from './score-command.ts'
import type { ServeChoices, serveUntilStopped } from './serve.ts'
import { addSimulate } from './simulate-command.ts'
import { addSource } from './source-command.ts'
import { addWebhook, type WebhookWords } from './webhook-command.ts'

/** Runs a command's work and prints what it gave; null where the command printed by itself. */
export type Perform = (work: (call: Call) => Promise<Outcome | null>) => Promise<void>

/** Gives the dashboard, built where it has to be. */
export type Pages = Parameters<typeof serveUntilStopped>[2]

/**
 * The program; `perform` is called by whichever command was chosen.
 * @param isJson whether the version is told as a document
 */
export function createProgram(perform: Perform, pages: Pages, words: WebhookWords, isJson: boolean): Command {
  const program = new Command('detour')
  program
    .description('Notices fulfillment constraints, reroutes the affected orders, and proves what that saved.')
    .option('--home <dir>', 'folder of all run-time files (default ./var, or DETOUR_HOME)')
    .option('--json', 'print exactly one JSON document')
    .version(versionText(isJson), '--version', 'print the version')
    .configureHelp({ showGlobalOptions: true })
    .showHelpAfterError('(add --help for the options)')
    .exitOverride()
  const verb = (name: VerbName, args: object) => perform((call) => runVerb(name, present(args), call))
  addData(program, verb)
  addQuarantine(program, verb)
  addNetwork(program, verb)
  addFlow(program, verb)
  addModel(program, verb)
  addPolicy(program, verb)
  addSql(program, perform)
  addServing(program, perform, verb, pages)
  addKeys(program, verb)
  addWebhook(program, verb, words)
  addIncidents(program, verb)
  addSilences(program, verb)
  addCare(program, perform, verb)
  addSource(program, perform)
  addScore(program, perform)
  addDetect(program, perform)
  addExplain(program, perform)
  addSimulate(program, perform)
  addTools(program, perform)
  return program
}

/** The version that package.json states, as text or as a document. */
function versionText(isJson: boolean): string {
  const text = readFileSync(join(import.meta.dirname, '..', '..', 'package.json'), 'utf8')
  const { version } = JSON.parse(text) as { version: string }
  return isJson ? JSON.stringify({ version }, null, 2) : version
}

type RunVerb = (name: VerbName, args: object) => Promise<void>

function addData(program: Command, verb: RunVerb): void {
  program
    .command('ingest')
    .description('load files of a provider')
    .argument('<path...>', 'files and folders')
    .requiredOption('--provider <name|file>', 'a shipped mapping (detour, olist) or a mapping file', mapping)
    .option('--market <name>', 'market of the provider')
    .option('--as <provider>', 'provider id, if other than the mapping says')
    .action((paths: string[], options: object) => verb('ingest', { ...options, paths: paths.map(absolute) }))
  program
    .command('cycle')
    .description('one turn of the loop: tables, metrics, live orders, detection, reroutes')
    .option('--full', 'rebuild all of them')
    .action((options: object) => verb('cycle', options))
}

function addQuarantine(program: Command, verb: RunVerb): void {
  const quarantine = program.command('quarantine').description('records that could not be used')
  const filtered = (name: string, description: string) =>
    quarantine
      .command(name)
      .description(description)
      .option('--provider <id>', 'only of this provider')
      .option('--code <code>', 'only this reason')
      .option('--role <role>', 'only this part of the mapping')
      .option('--ids <ids>', 'only these, with commas', list)
  filtered('list', 'show them')
    .addOption(new Option('--status <status>', 'only these').choices(['open', 'replayed']))
    .option('--limit <rows>', 'rows shown', whole(1, 100_000))
    .action((options: object) => verb('quarantine-list', options))
  filtered('export', 'write them to a file to mend them')
    .requiredOption('--file <file>', 'file to write', absolute)
    .action((options: object) => verb('quarantine-export', options))
  filtered('replay', 'try them again, as they are or as mended in a file')
    .option('--file <file>', 'the mended file', absolute)
    .option('--mapping <name|file>', 'another mapping than that of the last load', mapping)
    .action((options: object) => verb('quarantine-replay', options))
}

function addSql(program: Command, perform: Perform): void {
  program
    .command('sql')
    .description('ask a read-only question over the tables')
    .argument('<query>', 'one SELECT or EXPLAIN')
    .option('--limit <rows>', 'rows at most (default 10,000)', whole(1, 1_000_000))
    .option('--csv', 'print all rows as CSV')
    .option('--parquet <file>', 'write all rows to a Parquet file', absolute)
    .action(async (query: string, options: { limit?: number; csv?: boolean; parquet?: string }, command) => {
      const { csv, parquet, limit } = options
      const isJson = command.optsWithGlobals().json === true
      if (csv && (isJson || parquet)) command.error('error: --csv stands alone, without --json or --parquet')
      const format = csv ? 'csv' : parquet ? 'parquet' : undefined
      await perform(async (call) => {
        const outcome = await runVerb('sql', present({ query, limit, format, file: parquet }), call)
        if (!csv) return outcome
        const { file } = outcome.result as { file: string }
        await printFile(file)
        await rm(file, { force: true })
        return null
      })
    })
}

function addServing(program: Command, perform: Perform, verb: RunVerb, pages: Pages): void {
  program
    .command('serve')
    .description('serve the home: dashboard, API, webhooks, and the loop that watches and reroutes')
    .option('--port <port>', 'port, 0 = any free one (default 4380, or DETOUR_PORT)', whole(0, 65_535))
    .option(
      '--host <host>',
      'address to listen on (default 127.0.0.1, or DETOUR_HOST); others need an admin key',
    )
    .option('--markets <names>', 'markets to write where they are free, with commas (default: all alike)')
    .option('--no-demo', 'leave an empty home empty')
    .option('--no-dashboard', 'serve the API alone')
    .option('--seed <text>', 'another seed gives another demo')
    .action((choices: ServeChoices) =>
      perform(async (call) => {
        const { serveUntilStopped } = await import('./serve.ts')
        await serveUntilStopped(choices, call, pages)
        return null
      }),
    )
  program
    .command('demo')
    .description('fill an empty home with a made-up retailer and show its key figures')
    .option('--seed <text>', 'another seed gives another history')
    .option('--days <days>', 'days of history', whole(1, 3660))
    .option('--orders <orders>', 'orders, about', whole(1, 100_000_000))
    .action((options: object) => verb('demo', options))
}

function addKeys(program: Command, verb: RunVerb): void {
  const key = program.command('key').description('keys for programs and people that ask from elsewhere')
  key
    .command('create')
    .description('make a key; it is shown this once')
    .addOption(
      new Option('--role <role>', 'a reader looks, an operator also acts, an admin also changes receivers')
        .choices(['admin', 'operator', 'reader'])
        .makeOptionMandatory(),
    )
    .option('--name <name>', 'whose key it is (default: its role)')
    .action((options: object) => verb('key-create', options))
  key
    .command('list')
    .description('show them, without the keys themselves')
    .action(() => verb('key-list', {}))
  key
    .command('revoke')
    .description('take a key back')
    .argument('<id>', 'id of the key, as "detour key list" shows it')
    .action((keyId: string) => verb('key-revoke', { keyId }))
}

function addCare(program: Command, perform: Perform, verb: RunVerb): void {
  program
    .command('backup')
    .description('copy log, lake, mappings and models to a folder, also while the home is served')
    .requiredOption('--out <dir>', 'folder to write to; empty or new', absolute)
    .option('--without-log', 'only what is beside a log in PostgreSQL')
    .action((options: object) => verb('backup', options))
  program
    .command('restore')
    .description('put a backup into a home, make its warehouse anew, and verify all of it')
    .argument('<backup>', 'folder of the backup', absolute)
    .option('--force', 'move a home that is not empty aside')
    .action((folder: string, { force = false }: { force?: boolean }) =>
      perform(async (call) => {
        const { isRestoreFaulty, showRestore } = await besideHomes.restore()
        const result = await runRestore(folder, force, call)
        return { result, text: showRestore(result), hasFailed: isRestoreFaulty(result) }
      }),
    )
  program
    .command('verify')
    .description('replay every event and compare state, snapshots and tables with it')
    .option('--repair', 'make anew what follows from events: snapshots and tables')
    .action((options: object) => verb('verify', options))
}

function addTools(program: Command, perform: Perform): void {
  program
    .command('rebuild')
    .description('make the warehouse anew from log and lake, and compare')
    .action(() =>
      perform(async (call) => {
        const { showRebuild } = await besideHomes.rebuild()
        const result = await runRebuild(call)
        return { result, text: showRebuild(result), hasFailed: false }
      }),
    )
  program
    .command('world')
    .description('write the made-up retailer as CSV files')
    .requiredOption('--out <dir>', 'folder to write to', absolute)
    .option('--seed <text>', 'another seed gives another history')
    .option('--days <days>', 'days of history', whole(1, 3660))
    .option('--orders <orders>', 'orders, about', whole(1, 100_000_000))
    .action((options: { out: string }) =>
      perform(async (call) => {
        const { showWorld, writeWorld } = await besideHomes.world()
        const result = await writeWorld(present(options), call.onProgress)
        return { result, text: showWorld(result), hasFailed: false }
      }),
    )
  program
    .command('bench')
    .description(
      'measure: log, ingest, pipeline, flow, core, overview, sourcing, loop, quality, models, webhooks, demo',
    )
    .argument('[group...]', 'groups (default all)')
    .option('--data <dir>', 'for quality: folder with labelled tables and series', absolute)
    .action((groups: string[], { data = null }: { data?: string | null }) =>
      perform(async (call) => {
        const { runBench } = await import('#orchestrator/bench')
        const { showBench } = await besideHomes.bench()
        const result = await runBench(groups, { data }, call.onProgress)
        return { result, text: showBench(result), hasFailed: false }
      }),
    )
}
