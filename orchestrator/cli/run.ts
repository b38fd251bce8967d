// Where a verb runs: in this process, or in the one that serves the home. The caller sees no difference.

import { existsSync } from 'node:fs'
import { homePaths } from '#data/home'
import { DetourError, type Effects, fail } from '#data/kernel'
import { findServer, forward } from '#orchestrator/remote'
import { besideHomes, loadVerb, type Progress, type RestoreSummary, type VerbName } from '#orchestrator/verbs'
import type { RebuildSummary } from '#orchestrator/workspace'
import type { Outcome } from './output.ts'

/** One call of the command line. */
export interface Call {
  home: string
  isJson: boolean
  effects: Effects
  onProgress(progress: Progress): void
}

/**
 * Runs a verb on the call's home.
 * @throws HOME_BUSY, whatever the verb throws, SERVE_LOST
 */
export async function runVerb(name: VerbName, args: unknown, call: Call): Promise<Outcome> {
  const result = await onHome(name, args, call)
  const verb = await loadVerb(name)
  return { result, text: verb.show(result), hasFailed: verb.hasFailed(result) }
}

async function onHome(name: VerbName, args: unknown, call: Call): Promise<unknown> {
  const server = await findServer(call.home)
  if (server !== null) return forward(server, name, args, call.onProgress)
  if (name === 'sql') refuseNothing(call)
  try {
    return await here(name, args, call)
  } catch (error) {
    // A server may have started since the first look.
    const isBusy = error instanceof DetourError && error.code === 'HOME_BUSY'
    const late = isBusy ? await findServer(call.home) : null
    if (late === null) throw error
    return forward(late, name, args, call.onProgress)
  }
}

async function here(name: VerbName, args: unknown, call: Call): Promise<unknown> {
  const verb = await loadVerb(name)
  const { openWorkspace } = await import('#orchestrator/workspace')
  const workspace = await openWorkspace(call.home, name, call.effects)
  try {
    return await verb.run(args, { ...workspace, engine: null, onProgress: call.onProgress })
  } finally {
    await workspace.close()
  }
}

/** A question must not make a home where there is none. */
function refuseNothing({ home, effects }: Call): void {
  if (effects.config.logUrl !== null) return
  const paths = homePaths(home)
  if (!existsSync(paths.log) && !existsSync(paths.warehouse)) throw fail('SQL_NO_DATA', { home: paths.root })
}

/**
 * Rebuilds the warehouse of a home that nobody serves.
 * @throws HOME_SERVED, HOME_BUSY, LOG_DAMAGED, REBUILD_LOG_BEHIND
 */
export async function runRebuild(call: Call): Promise<RebuildSummary> {
  const server = await findServer(call.home)
  if (server !== null)
    throw fail('HOME_SERVED', { home: call.home, pid: server.pid, verb: '"detour rebuild"' })
  const { rebuild } = await import('#orchestrator/workspace')
  return rebuild(call.home, call.effects, (step, done, total) => call.onProgress({ step, done, total }))
}

/**
 * Restores a backup into a home that nobody serves.
 * @throws HOME_SERVED, HOME_BUSY, BACKUP_UNUSABLE, RESTORE_HOME_NOT_EMPTY
 */
export async function runRestore(folder: string, isForced: boolean, call: Call): Promise<RestoreSummary> {
  const { home, effects, onProgress } = call
  const server = await findServer(home)
  if (server !== null) throw fail('HOME_SERVED', { home, pid: server.pid, verb: '"detour restore"' })
  const { restore } = await besideHomes.restore()
  return restore({ folder, home, isForced }, effects, onProgress)
}
