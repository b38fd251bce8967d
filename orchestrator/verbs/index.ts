// Door of the verbs: what can be done with a home, and how results read.

import { backupVerb } from './backup.ts'
import { cycleVerb } from './cycle.ts'
import { demoVerb } from './demo.ts'
import {
  flowCheckVerb,
  flowListVerb,
  flowModeVerb,
  flowPublishVerb,
  flowReprocessVerb,
  flowRunsVerb,
  flowShowVerb,
} from './flow.ts'
import { ingestVerb } from './ingest.ts'
import { keyCreateVerb, keyListVerb, keyRevokeVerb } from './key.ts'
import {
  modelCancelVerb,
  modelCreateVerb,
  modelDeleteVerb,
  modelListVerb,
  modelPromoteVerb,
  modelRollbackVerb,
  modelShowVerb,
  modelTrainVerb,
} from './model.ts'
import { networkCheckVerb, networkExportVerb, networkImportVerb } from './network.ts'
import {
  policyCheckVerb,
  policyDraftVerb,
  policyListVerb,
  policyPublishVerb,
  policyReplayVerb,
  policyRetireVerb,
} from './policy.ts'
import { quarantineExportVerb, quarantineListVerb, quarantineReplayVerb } from './quarantine.ts'
import { sqlVerb } from './sql.ts'
import type { Verb } from './verb.ts'
import { verifyVerb } from './verify.ts'
import {
  webhookAddVerb,
  webhookListVerb,
  webhookRemoveVerb,
  webhookReplayVerb,
  webhookRotateVerb,
  webhookTestVerb,
} from './webhook.ts'

export { showBench } from './bench.ts'
export { type LoopArgs, type LoopResult, runLoop, showLoop, toldOfLoop } from './closed-loop.ts'
export { type DetectArgs, detectFiles, hasUndetected, showDetect } from './detect.ts'
export { type ExplainArgs, explainFiles, hasUnexplained, showExplain } from './explain.ts'
export { showRebuild } from './rebuild.ts'
export { isRestoreFaulty, type RestoreSummary, restore, showRestore } from './restore.ts'
export {
  hasUnscored,
  type OddRow,
  type ScoreArgs,
  type ScoredFile,
  type ScoreResult,
  scoreFiles,
  showScore,
  type UnscoredFile,
} from './score.ts'
export { showSimulation, simulate } from './simulate.ts'
export { type SourceArgs, showSource, sourceFiles } from './source.ts'
export type { Progress, Verb, VerbContext } from './verb.ts'
export { showWorld, type WorldSummary, writeWorld } from './world.ts'

/** The verbs that work on an open home, by name. */
export const verbs = {
  ingest: ingestVerb,
  'quarantine-list': quarantineListVerb,
  'quarantine-export': quarantineExportVerb,
  'quarantine-replay': quarantineReplayVerb,
  cycle: cycleVerb,
  sql: sqlVerb,
  verify: verifyVerb,
  backup: backupVerb,
  demo: demoVerb,
  'network-export': networkExportVerb,
  'network-import': networkImportVerb,
  'network-check': networkCheckVerb,
  'policy-list': policyListVerb,
  'policy-check': policyCheckVerb,
  'policy-draft': policyDraftVerb,
  'policy-replay': policyReplayVerb,
  'policy-publish': policyPublishVerb,
  'policy-retire': policyRetireVerb,
  'flow-list': flowListVerb,
  'flow-show': flowShowVerb,
  'flow-check': flowCheckVerb,
  'flow-publish': flowPublishVerb,
  'flow-mode': flowModeVerb,
  'flow-runs': flowRunsVerb,
  'flow-reprocess': flowReprocessVerb,
  'model-list': modelListVerb,
  'model-show': modelShowVerb,
  'model-create': modelCreateVerb,
  'model-train': modelTrainVerb,
  'model-cancel': modelCancelVerb,
  'model-promote': modelPromoteVerb,
  'model-rollback': modelRollbackVerb,
  'model-delete': modelDeleteVerb,
  'webhook-list': webhookListVerb,
  'webhook-add': webhookAddVerb,
  'webhook-test': webhookTestVerb,
  'webhook-replay': webhookReplayVerb,
  'webhook-rotate': webhookRotateVerb,
  'webhook-remove': webhookRemoveVerb,
  'key-create': keyCreateVerb,
  'key-list': keyListVerb,
  'key-revoke': keyRevokeVerb,
} satisfies Record<string, Verb>

/** Name of a verb that works on an open home. */
export type VerbName = keyof typeof verbs
