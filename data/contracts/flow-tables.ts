// Tables of flows: runs, their steps, and what they asked of providers.

import { instant, integer, json, optional, table, text, word } from './column.ts'

/** Runs of flows, as they stand. */
export const flowRuns = table('flow_runs', 'one row per run of a flow', ['market', 'run_id'], {
  market: text('market'),
  runId: text('id of the run'),
  flowId: text('name of the flow'),
  version: integer('version it goes by, or went by last'),
  orderId: optional(text('order it is about; null = it is about stock')),
  sku: optional(text('SKU it is about; null = it is about an order')),
  nodeId: optional(text('node of that')),
  status: word(
    ['waiting', 'running', 'undoing', 'done', 'failed', 'cancelled', 'shadow'] as const,
    'how it stands; waiting = for another run of its order; shadow = it was only looked at what it would do',
  ),
  reason: optional(text('why it failed, or ended')),
  startedAt: instant('when it began; while it waits, when it was asked for'),
  endedAt: optional(instant('when it ended')),
  steps: integer('steps it took'),
})

/** Steps of runs. */
export const flowSteps = table('flow_steps', 'one row per step of a run', ['market', 'run_id', 'step'], {
  market: text('market'),
  runId: text('run'),
  step: integer('its number in the run, from 1'),
  takenAt: instant('when it was taken'),
  tileId: text('tile of the flow; "" = none, the run itself'),
  outcome: word(
    ['done', 'skipped', 'waiting', 'retry', 'failed', 'undone', 'undo_failed', 'stopped'] as const,
    'what came of it',
  ),
  reason: optional(text('why')),
  attempt: integer('number of the try, from 1'),
})

/** What was asked of providers. */
export const providerActions = table(
  'provider_actions',
  'one row per idempotency key',
  ['market', 'action_key'],
  {
    market: text('market'),
    actionKey: text('idempotency key, the same in every try'),
    action: text('name of the action'),
    runId: optional(text('run that asked')),
    tileId: optional(text('tile of its flow')),
    orderId: optional(text('order it is about')),
    target: optional(text('host or file it goes to; null = the receivers of webhooks')),
    status: word(['requested', 'done', 'failed'] as const, 'how it stands'),
    reason: optional(text('why it failed, or what was said')),
    data: json('what was sent along'),
    requestedAt: instant('when it was asked for'),
    endedAt: optional(instant('when that ended')),
  },
)
