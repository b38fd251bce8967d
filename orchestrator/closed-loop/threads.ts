// Plays policies in a thread of their own, so that two cores are used. What is played there is the same.

import { Worker } from 'node:worker_threads'
import { DetourError, type Effects, fail } from '#data/kernel'
import type { Beginning, Played } from './play.ts'

/** What the thread is told. */
export interface PlayRequest {
  policies: readonly Exclude<Played['policy'], 'detour'>[]
  base: Beginning
}

/** What it answers. */
export type PlayAnswer = { played: Played[] } | { failed: { code: string; message: string } }

/** What becomes of the policies, one after the other in one thread. @throws SIMULATION_FAILED */
export async function playBeside(
  policies: PlayRequest['policies'],
  base: Beginning,
  { config }: Pick<Effects, 'config'>,
): Promise<Played[]> {
  if (policies.length === 0) return []
  const request: PlayRequest = { policies, base }
  const worker = new Worker(new URL('./play-worker.ts', import.meta.url), {
    workerData: { request, config },
    stdout: false,
  })
  try {
    const answer = await new Promise<PlayAnswer>((resolve, reject) => {
      worker.once('message', resolve)
      worker.once('error', reject)
      worker.once('exit', () => reject(fail('SIMULATION_FAILED', { reason: 'its thread ended' })))
    })
    if ('played' in answer) return answer.played
    throw fail('SIMULATION_FAILED', { reason: answer.failed.message })
  } catch (error) {
    if (error instanceof DetourError) throw error
    throw fail('SIMULATION_FAILED', { reason: String(error) }, { cause: error })
  } finally {
    await worker.terminate()
  }
}
