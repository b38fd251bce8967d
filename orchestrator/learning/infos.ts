// Models in the words of the API. It asks nothing and changes nothing.

import type { api } from '#data/contracts'
import type { ModelCard, ModelDecision, ModelVersionState } from '#models'
import type { ModelScored } from './events.ts'
import type { Job, Outcome } from './jobs.ts'

const instant = (ms: number) => new Date(ms).toISOString()

/** What a model looks like from outside. */
export interface InfoParts extends Pick<api.ModelInfo, 'model' | 'title' | 'does' | 'definition' | 'drifts'> {
  current: ModelCard | null
  job: Job | null
  last: Outcome | null
  /** Epoch ms, wall time; null where it has no schedule. */
  nextAt: number | null
  scored: ModelScored | null
}

/** A model as it stands. */
export function infoOf({ job, last, current, nextAt, scored, ...parts }: InfoParts): api.ModelInfo {
  const isFailed = last?.error != null && last.error.code !== 'MODELS_CANCELED'
  const state = job !== null ? 'training' : isFailed ? 'failed' : current === null ? 'none' : 'ready'
  return {
    ...parts,
    isOwn: parts.definition !== null,
    state,
    note: last?.note ?? '',
    current: current === null ? null : cardOf(current),
    training: job === null ? null : { share: job.share, step: job.step, startedAt: instant(job.startedAt) },
    nextTrainingAt: nextAt === null ? null : instant(nextAt),
    scores:
      scored === null ? null : { version: scored.version, rows: scored.rows, scoredAt: instant(scored.at) },
  }
}

/** A card without what only the registry needs. */
export function cardOf(card: ModelCard): api.ModelCard {
  const { version, kind, trainedAt, from, to, rows, fingerprint, features, backend } = card
  const { metrics, thresholds, backTest, isSmall, verdict } = card
  const what = { version, kind, trainedAt, from, to, rows, fingerprint, features, backend }
  return { ...what, metrics, thresholds, backTest, isSmall, verdict }
}

/** A version with where it stands. */
export function versionOf({ card, status, note }: ModelVersionState): api.ModelVersion {
  return { ...cardOf(card), status, note }
}

/** A decision. */
export function decisionOf({ action, version, before, reason, by, at }: ModelDecision): api.ModelDecision {
  return { action, version, before, reason, by, at: instant(at) }
}
