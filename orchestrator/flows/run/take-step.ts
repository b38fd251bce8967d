// Writes a step of a run, where the run still stands as it did when the step was decided.

import { fail } from '#data/kernel'
import type { FlowMessage, FlowToken, StepTaken } from '#orchestrator/core'
import type { Scene } from './result.ts'

/** What goes along with a step. */
export interface WithStep {
  messages?: readonly FlowMessage[]
  /** Events that are raised with it. */
  raise?: readonly string[]
}

/**
 * Writes the step; true also where somebody else was faster, so that the run is looked at again.
 * @throws CORE_REFUSED, LOG_UNAVAILABLE, LOG_FENCED
 */
export async function takeStep(
  scene: Pick<Scene, 'run' | 'parts'>,
  step: StepTaken,
  more?: WithStep,
): Promise<boolean> {
  await writeStep(scene, step, more)
  return true
}

/**
 * Writes the step; false where somebody else was faster.
 * @throws CORE_REFUSED, LOG_UNAVAILABLE, LOG_FENCED
 */
export async function writeStep(
  { run, parts }: Pick<Scene, 'run' | 'parts'>,
  step: StepTaken,
  { messages = [], raise = [] }: WithStep = {},
): Promise<boolean> {
  const { runId, steps: after, version } = run
  const data = {
    ...{ runId, after, version, step },
    ...(messages.length === 0 ? {} : { messages }),
    ...(raise.length === 0 ? {} : { raise }),
  }
  const result = await parts.core.execute('TakeFlowStep', data, { at: parts.now() })
  const isPassed = result.reason === 'run_moved' || result.reason === 'run_unknown'
  if (result.status === 'refused' && !isPassed)
    throw fail('CORE_REFUSED', { runId, reason: result.reason, ...result.answer.details })
  return !isPassed
}

/** A step at a place, before anything moves with it. */
export function stepOf(
  token: FlowToken | undefined,
  outcome: StepTaken['outcome'],
  reason: string | null,
  attempt: number,
): StepTaken {
  return { tileId: token?.tileId ?? '', outcome, reason, attempt, gone: [], tokens: [] }
}
