// The thread in which policies without detection are played. It decides nothing itself.

import { parentPort, workerData } from 'node:worker_threads'
import { asDetourError, type Config, realEffects } from '#data/kernel'
import { playWithout } from './play.ts'
import type { PlayAnswer, PlayRequest } from './threads.ts'

const { request, config } = workerData as { request: PlayRequest; config: Config }

async function answer(): Promise<PlayAnswer> {
  try {
    const effects = realEffects(config)
    const played = []
    for (const policy of request.policies) {
      played.push(await playWithout(policy, request.base, effects, () => undefined))
    }
    return { played }
  } catch (error) {
    const { code, message } = asDetourError(error)
    return { failed: { code, message } }
  }
}

parentPort?.postMessage(await answer())
