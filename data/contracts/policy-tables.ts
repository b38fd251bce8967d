// Tables of policies: versions as they stand, and what they said of orders.

import { instant, integer, json, optional, table, text, texts, truth, word } from './column.ts'

/** Versions of policies, as they stand. */
export const policies = table(
  'policies',
  'one row per version of a policy',
  ['market', 'policy_id', 'version'],
  {
    market: text('market'),
    policyId: text('id of the policy'),
    version: integer('version, from 1'),
    name: text('name'),
    status: word(['draft', 'published', 'retired'] as const, 'how it stands'),
    isEnabled: truth('whether it is asked while it is published'),
    kind: word(['filter', 'execution'] as const, 'whether it gates a step or acts'),
    severity: word(['information', 'critical'] as const, 'whether what fails is noted or holds'),
    scope: word(['order', 'line', 'fulfillment_order', 'node'] as const, 'what it is asked of'),
    points: texts('steps before which it is asked'),
    condition: text('CEL'),
    actions: json('what it does'),
    priority: integer('0 = asked first'),
    note: text('what it is for'),
    draftedAt: instant('when it was drafted'),
    draftedBy: text('by whom'),
    publishedAt: optional(instant('when it was published')),
    publishedBy: optional(text('by whom')),
    replayId: optional(text('replay that was looked at before')),
    retiredAt: optional(instant('when it went out of force')),
    retiredBy: optional(text('by whom')),
  },
)

/** What policies said of orders. */
export const policyResults = table(
  'policy_results',
  'one row per order, step, version and part that a policy said something of',
  ['market', 'order_id', 'point', 'policy_id', 'version', 'part'],
  {
    market: text('market'),
    orderId: text('order'),
    point: word(['validate', 'source', 'release', 'reroute'] as const, 'step before which it was asked'),
    policyId: text('policy'),
    version: integer('its version'),
    part: text('line, fulfillment order or node it was asked of; "" = the order'),
    outcome: word(['failed', 'acted', 'error'] as const, 'filter failed, actions done, or not all of them'),
    severity: word(['information', 'critical'] as const, 'of the policy'),
    text: text('one sentence'),
    actions: json('what was carried out'),
    toldAt: instant('when'),
  },
)
