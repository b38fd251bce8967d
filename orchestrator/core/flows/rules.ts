// The rules of the commands on flows, their runs, and what they ask of others.

import { answered, done, event } from '../decision.ts'
import { onOrder, type RulesOf } from '../rules.ts'
import type { FlowCommands } from './commands.ts'
import { publishFlow, removeDraft, saveDraft, setMode } from './decide-flow.ts'
import { migrateRun, queueRun, startRun, startStockRun, takeStep } from './decide-run.ts'

/** Rules of the commands on flows. */
export const flowRules: RulesOf<FlowCommands> = {
  SaveFlowDraft: (state, { data, at }) => saveDraft(state, data, at),
  RemoveFlowDraft: (state, { data, at }) => removeDraft(state, data, at),
  PublishFlow: (state, { data, at }) => publishFlow(state, data, at),
  SetFlowMode: (state, { data, at }) => setMode(state, data, at),
  StartFlowRun: onOrder<'StartFlowRun'>(startRun),
  QueueFlowRun: onOrder<'QueueFlowRun'>(queueRun),
  StartStockRun: (state, { data, at }) => startStockRun(state, data, at),
  TakeFlowStep: (state, { data, at }) => takeStep(state, data, at),
  RaiseFlowEvent: onOrder<'RaiseFlowEvent'>((order, data, at) =>
    done([event('FlowEventRaised', { ...data, reason: data.name, at })], order),
  ),
  SignalFlowRun: (state, { data: { runId, name }, at }) => {
    const isAboutStock = state.flows.runs.get(runId)?.position != null
    return answered(isAboutStock ? [event('FlowRunSignalled', { runId, name, at })] : [], { runId })
  },
  MigrateFlowRun: (state, { data, at }) => migrateRun(state, data, at),
  RequestAction: (_, { data, at }) => answered([event('ProviderActionRequested', { ...data, at })], null),
  EndAction: (_, { data, at }) => {
    const { isDone, ...end } = data
    const { reason, said = '', isUnknown = false } = end
    return answered([event(isDone ? 'ProviderActionDone' : 'ProviderActionFailed', { ...end, at })], {
      ...{ isDone, reason, said, isUnknown },
    })
  },
  ShadowFlow: onOrder<'ShadowFlow'>((order, data, at) =>
    done([event('FlowShadowed', { ...data, at })], order),
  ),
  ReadFlowTriggers: (state, { data: { seq }, at }) =>
    answered(seq > state.flows.triggersTo ? [event('FlowTriggersRead', { seq, at })] : [], null),
}
