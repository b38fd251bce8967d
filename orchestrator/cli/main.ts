// Entry file of the command line: settings, the chosen command, exit code. 0 success, 1 failure, 2 wrong usage.

import { pathToFileURL } from 'node:url'
import { type Command, CommanderError } from 'commander'
import { asDetourError, type Config, fail, readConfig, realEffects } from '#data/kernel'
import type { PageHandler } from '#orchestrator/http'
import { ensureDashboard } from './dashboard.ts'
import { printError, printOutcome } from './output.ts'
import { createProgram, type Perform } from './program.ts'
import { createProgressBar } from './progress.ts'
import type { Call } from './run.ts'
import { webhookWords } from './webhook-command.ts'

/** Runs the command line and gives its exit code. */
async function main(argv: string[]): Promise<number> {
  const wantsJson = argv.includes('--json')
  let exitCode = 0
  const run: Perform = async (work) => {
    exitCode = await perform(work, program.opts())
  }
  const program = createProgram(run, dashboardPages, await webhookWords(argv), wantsJson)
  program.configureOutput({ writeErr: (text) => wantsJson || process.stderr.write(text) })
  inherit(program)
  try {
    await program.parseAsync(argv, { from: 'user' })
    return exitCode
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    if (error.exitCode === 0) return 0
    if (wantsJson) printError(fail('CLI_USAGE', { reason: usageReason(error, argv) }), true)
    return 2
  }
}

async function perform(
  work: Parameters<Perform>[0],
  options: { home?: string; json?: boolean },
): Promise<number> {
  const isJson = options.json === true
  const bar = await createProgressBar(process.stderr.isTTY === true && !isJson)
  try {
    const config: Config = readConfig()
    const home = options.home ?? config.home
    const effects = realEffects(Object.freeze({ ...config, home }))
    const outcome = await work({ home, isJson, effects, onProgress: bar.show })
    bar.stop()
    if (outcome !== null) printOutcome(outcome, isJson)
    return outcome?.hasFailed ? 1 : 0
  } catch (error) {
    bar.stop()
    const known = asDetourError(error)
    printError(known, isJson)
    if (process.env.DETOUR_LOG_LEVEL === 'debug') console.error(error)
    return known.code === 'CLI_USAGE' ? 2 : 1
  }
}

/** The built dashboard's handler. @throws DASHBOARD_BUILD_FAILED */
async function dashboardPages(call: Call): Promise<PageHandler> {
  const path = await ensureDashboard(call.onProgress)
  // The adapter takes https for granted where nothing tells it otherwise.
  process.env.PROTOCOL_HEADER = 'x-forwarded-proto'
  const { handler } = (await import(pathToFileURL(path).href)) as { handler: PageHandler }
  return handler
}

/** Gives every command below the settings of its parent. */
function inherit(parent: Command): void {
  for (const command of parent.commands) {
    command.copyInheritedSettings(parent)
    inherit(command)
  }
}

/** Commander gives no words where help is the answer to nothing. */
function usageReason(error: CommanderError, argv: string[]): string {
  const words = error.message.replace(/^error: /, '')
  return words === '(outputHelp)' ? `no command in "detour ${argv.join(' ')}"` : words
}

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // Whoever read our output has gone, as in `detour sql ... | head`: nothing is left to say.
  process.exit(error.code === 'EPIPE' ? 0 : 1)
})
process.exitCode = await main(process.argv.slice(2))
