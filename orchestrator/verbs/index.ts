// Door of the verbs: what can be done with a home, and how results read. What a verb needs is loaded when it is asked
// for, so that a short command starts fast.

import type { Verb } from './verb.ts'

export type { LoopArgs, LoopResult } from './closed-loop.ts'
export type { DetectArgs } from './detect.ts'
export type { ExplainArgs } from './explain.ts'
export type { RestoreSummary } from './restore.ts'
export type { OddRow, ScoreArgs, ScoredFile, ScoreResult, UnscoredFile } from './score.ts'
export type { SourceArgs } from './source.ts'
export type { Progress, Verb, VerbContext } from './verb.ts'
export type { WorldSummary } from './world.ts'

/** What works on files alone or on a home that nobody serves: each with what it does and how its result reads. */
export const besideHomes = {
  bench: () => import('./bench.ts'),
  detect: () => import('./detect.ts'),
  explain: () => import('./explain.ts'),
  loop: () => import('./closed-loop.ts'),
  rebuild: () => import('./rebuild.ts'),
  restore: () => import('./restore.ts'),
  score: () => import('./score.ts'),
  simulate: () => import('./simulate.ts'),
  source: () => import('./source.ts'),
  world: () => import('./world.ts'),
}

const verbs = {
  ingest: async () => (await import('./ingest.ts')).ingestVerb,
  'quarantine-list': async () => (await import('./quarantine.ts')).quarantineListVerb,
  'quarantine-export': async () => (await import('./quarantine.ts')).quarantineExportVerb,
  'quarantine-replay': async () => (await import('./quarantine.ts')).quarantineReplayVerb,
  cycle: async () => (await import('./cycle.ts')).cycleVerb,
  sql: async () => (await import('./sql.ts')).sqlVerb,
  verify: async () => (await import('./verify.ts')).verifyVerb,
  backup: async () => (await import('./backup.ts')).backupVerb,
  demo: async () => (await import('./demo.ts')).demoVerb,
  'network-export': async () => (await import('./network.ts')).networkExportVerb,
  'network-import': async () => (await import('./network.ts')).networkImportVerb,
  'network-check': async () => (await import('./network.ts')).networkCheckVerb,
  'policy-list': async () => (await import('./policy.ts')).policyListVerb,
  'policy-check': async () => (await import('./policy.ts')).policyCheckVerb,
  'policy-draft': async () => (await import('./policy.ts')).policyDraftVerb,
  'policy-replay': async () => (await import('./policy.ts')).policyReplayVerb,
  'policy-publish': async () => (await import('./policy.ts')).policyPublishVerb,
  'policy-retire': async () => (await import('./policy.ts')).policyRetireVerb,
  'flow-list': async () => (await import('./flow.ts')).flowListVerb,
  'flow-show': async () => (await import('./flow.ts')).flowShowVerb,
  'flow-check': async () => (await import('./flow.ts')).flowCheckVerb,
  'flow-replay': async () => (await import('./flow.ts')).flowReplayVerb,
  'flow-publish': async () => (await import('./flow.ts')).flowPublishVerb,
  'flow-mode': async () => (await import('./flow.ts')).flowModeVerb,
  'flow-runs': async () => (await import('./flow.ts')).flowRunsVerb,
  'flow-reprocess': async () => (await import('./flow.ts')).flowReprocessVerb,
  'model-list': async () => (await import('./model.ts')).modelListVerb,
  'model-show': async () => (await import('./model.ts')).modelShowVerb,
  'model-create': async () => (await import('./model.ts')).modelCreateVerb,
  'model-train': async () => (await import('./model.ts')).modelTrainVerb,
  'model-cancel': async () => (await import('./model.ts')).modelCancelVerb,
  'model-promote': async () => (await import('./model.ts')).modelPromoteVerb,
  'model-rollback': async () => (await import('./model.ts')).modelRollbackVerb,
  'model-delete': async () => (await import('./model.ts')).modelDeleteVerb,
  'webhook-list': async () => (await import('./webhook.ts')).webhookListVerb,
  'webhook-add': async () => (await import('./webhook.ts')).webhookAddVerb,
  'webhook-test': async () => (await import('./webhook.ts')).webhookTestVerb,
  'webhook-replay': async () => (await import('./webhook.ts')).webhookReplayVerb,
  'webhook-rotate': async () => (await import('./webhook.ts')).webhookRotateVerb,
  'webhook-remove': async () => (await import('./webhook.ts')).webhookRemoveVerb,
  'incident-list': async () => (await import('./incident.ts')).incidentListVerb,
  'incident-ack': async () => (await import('./incident.ts')).incidentAckVerb,
  'incident-resolve': async () => (await import('./incident.ts')).incidentResolveVerb,
  'incident-snooze': async () => (await import('./incident.ts')).incidentSnoozeVerb,
  'silence-list': async () => (await import('./silence.ts')).silenceListVerb,
  'silence-add': async () => (await import('./silence.ts')).silenceAddVerb,
  'silence-end': async () => (await import('./silence.ts')).silenceEndVerb,
  'key-create': async () => (await import('./key.ts')).keyCreateVerb,
  'key-list': async () => (await import('./key.ts')).keyListVerb,
  'key-revoke': async () => (await import('./key.ts')).keyRevokeVerb,
} satisfies Record<string, () => Promise<Verb>>

/** Name of a verb that works on an open home. */
export type VerbName = keyof typeof verbs

/** The verb of that name, which works on an open home. */
export function loadVerb(name: VerbName): Promise<Verb> {
  return verbs[name]()
}

/** All verbs that work on an open home. */
export function loadVerbs(): Promise<Verb[]> {
  return Promise.all(Object.values(verbs).map((load) => load()))
}
