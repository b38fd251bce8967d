// `detour restore`: a backup put into a home, its warehouse made anew, and all of it verified.

import { type Effects, showCount } from '#data/kernel'
import { putBack } from '#orchestrator/backup'
import type { VerifyReport } from '#orchestrator/verify'
import { openWorkspace, rebuild } from '#orchestrator/workspace'
import { showNumber, showSeconds } from './table.ts'
import type { Progress } from './verb.ts'
import { showVerify, verifyHome } from './verify.ts'

/** What is restored. */
export interface RestoreChoices {
  /** Folder of the backup. */
  folder: string
  home: string
  /** Whether a home that is not empty is moved aside. */
  isForced: boolean
}

/** What a restore did. */
export interface RestoreSummary {
  home: string
  takenAt: string
  /** Where the home of before is now, null where there was none. */
  movedTo: string | null
  files: number
  events: number
  /** Streams that do not end where the backup says. */
  differing: string[]
  verified: VerifyReport
  seconds: number
}

/**
 * Restores a backup.
 * @throws BACKUP_UNUSABLE, RESTORE_HOME_NOT_EMPTY, HOME_BUSY, and what rebuilding and verifying throw
 */
export async function restore(
  choices: RestoreChoices,
  effects: Effects,
  onProgress: (progress: Progress) => void,
): Promise<RestoreSummary> {
  const started = effects.clock.now()
  const told = (step: string, done: number, total: number) => onProgress({ step, done, total })
  const { home, manifest, movedTo } = await putBack({ ...choices, effects, onProgress: told })
  await rebuild(home, effects, told)
  const workspace = await openWorkspace(home, 'restore', effects)
  try {
    const differing: string[] = []
    const streams = manifest.streams ?? {}
    for (const [stream, seq] of Object.entries(streams)) {
      if ((await workspace.log.tail(stream)) !== seq) differing.push(stream)
    }
    const verified = await verifyHome({ ...workspace, engine: null, onProgress }, false)
    return {
      ...{ home, takenAt: manifest.takenAt, movedTo, files: manifest.files.length },
      ...{ events: Object.values(streams).reduce((sum, seq) => sum + seq, 0), differing, verified },
      seconds: (effects.clock.now() - started) / 1000,
    }
  } finally {
    await workspace.close()
  }
}

/** Whether anything is not as it was backed up, or not as it must be. */
export function isRestoreFaulty({ differing, verified }: RestoreSummary): boolean {
  return differing.length > 0 || verified.drift.length > 0
}

/** The summary for people. */
export function showRestore(summary: RestoreSummary): string {
  const { home, takenAt, movedTo, files, events, differing, verified, seconds } = summary
  return [
    `Restored the backup of ${takenAt} into ${home}: ${showNumber(events, 'event')}, ${showCount(files)} files, ` +
      `in ${showSeconds(seconds)}.`,
    ...(movedTo === null ? [] : [`What was there before is now ${movedTo}.`]),
    ...(differing.length === 0 ? [] : [`Streams that do not end as they did: ${differing.join(', ')}.`]),
    showVerify(verified),
  ].join('\n')
}
