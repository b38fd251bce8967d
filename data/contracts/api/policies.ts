// Shapes of policies: what is asked of orders on their way, and what follows. Not the limits of reroutes, which are
// `reroutePolicy`. A version never changes once it is drafted.

import { Type } from 'typebox'
import { instantText, type Of, oneOf, orNull, shape } from './shape.ts'

const id = () => Type.String({ minLength: 1, maxLength: 200 })

/**
 * filter: a step is taken only where the condition holds; execution: actions are carried out where the condition holds.
 */
export const policyKinds = ['filter', 'execution'] as const
/** What comes of a filter that fails, or an action that cannot be done: it is noted, or the order is held. */
export const policySeverities = ['information', 'critical'] as const
/** What a policy is asked of, once for each. */
export const policyScopes = ['order', 'line', 'fulfillment_order', 'node'] as const
export type PolicyScope = (typeof policyScopes)[number]
/** Steps before which policies are asked. */
export const policyPoints = ['validate', 'source', 'release', 'reroute'] as const
export type PolicyPoint = (typeof policyPoints)[number]
/** What policies can do: set a value, hold, choose the strategy, ask for a person's word, move work away, tag. */
export const policyActs = ['set', 'hold', 'route', 'approve', 'reroute', 'tag'] as const
/** What can be set: of an order, or of a line. */
export const policySetFields = [
  'method',
  'country',
  'region',
  'city',
  'postalCode',
  'promisedInHours',
  'unitPriceCents',
] as const

/** One thing that a policy does. */
export const policyAction = shape({
  do: oneOf(policyActs),
  field: orNull(oneOf(policySetFields)),
  value: Type.Union([Type.String({ maxLength: 500 }), Type.Number()], {
    description: 'of set the value, of route the strategy, of tag the tag, of the others the reason',
  }),
})
export type PolicyAction = Of<typeof policyAction>

const policyFields = {
  name: Type.String({ minLength: 1, maxLength: 200 }),
  note: Type.String({ maxLength: 2_000 }),
  kind: oneOf(policyKinds),
  severity: oneOf(policySeverities),
  scope: oneOf(policyScopes),
  points: Type.Array(oneOf(policyPoints), { minItems: 1, maxItems: 4 }),
  when: Type.String({ minLength: 1, maxLength: 2_000, description: 'CEL over the facts of its scope' }),
  actions: Type.Array(policyAction, { maxItems: 20 }),
  priority: Type.Integer({ minimum: 0, maximum: 1_000, description: '0 = asked first' }),
  isEnabled: Type.Boolean({ description: 'false = published, but not asked' }),
}

/** What is drafted: it becomes the next version of its id. */
export const orderPolicyDraft = shape({ policyId: id(), ...policyFields })
export type OrderPolicyDraft = Of<typeof orderPolicyDraft>

/** How a version stands. */
export const policyStatuses = ['draft', 'published', 'retired'] as const

/** A version of a policy. */
export const orderPolicy = shape({
  policyId: id(),
  version: Type.Integer({ minimum: 1 }),
  status: oneOf(policyStatuses),
  draftedAt: instantText,
  draftedBy: Type.String(),
  publishedAt: orNull(instantText),
  publishedBy: orNull(Type.String()),
  replayId: orNull(Type.String({ description: 'replay that was looked at before it was published' })),
  retiredAt: orNull(instantText),
  retiredBy: orNull(Type.String()),
  ...policyFields,
})
export type OrderPolicy = Of<typeof orderPolicy>

/** What is wrong or odd about a policy. */
export const policyFinding = shape({
  code: Type.String({ description: 'e.g. matches_everything' }),
  kind: oneOf(['error', 'warning'] as const),
  policyId: Type.String(),
  otherId: orNull(Type.String({ description: 'the policy that it is about beside it' })),
  position: orNull(Type.Integer({ description: 'character of the condition, the first is 0' })),
  needsWord: Type.Boolean({ description: 'whether it is published only where a person says so' }),
  text: Type.String({ description: 'one sentence' }),
})
export type PolicyFinding = Of<typeof policyFinding>

/** All versions, the newest of each policy first, and what is odd about those in force together. */
export const policiesAnswer = shape({
  policies: Type.Array(orderPolicy),
  findings: Type.Array(policyFinding),
})
export type PoliciesAnswer = Of<typeof policiesAnswer>

/** How a row of the form compares. */
export const formSigns = [
  'is',
  'is_not',
  'less',
  'at_most',
  'more',
  'at_least',
  'one_of',
  'none_of',
  'contains',
  'starts_with',
  'ends_with',
] as const
export type FormSign = (typeof formSigns)[number]

/** A row of the form: a fact compared with a value. Numbers are those of the type of the fact. */
export const formRow = shape({
  fact: Type.String({ maxLength: 200 }),
  sign: oneOf(formSigns),
  isNot: Type.Boolean(),
  value: Type.Union([
    Type.String({ maxLength: 500 }),
    Type.Number(),
    Type.Boolean(),
    Type.Array(Type.String({ maxLength: 500 }), { maxItems: 200 }),
    Type.Array(Type.Number(), { maxItems: 200 }),
  ]),
})
export type FormRow = Of<typeof formRow>

/** Rows and groups that all hold, or of which one holds. */
export interface FormGroup {
  join: 'and' | 'or'
  items: (FormRow | FormGroup)[]
}

/** Groups within groups at most. */
export const formDepth = 4

function groupSchema(depth: number): ReturnType<typeof Type.Unsafe<FormGroup>> {
  const item = depth > 1 ? Type.Union([formRow, groupSchema(depth - 1)]) : formRow
  return Type.Unsafe<FormGroup>(
    shape({ join: oneOf(['and', 'or'] as const), items: Type.Array(item, { minItems: 1, maxItems: 100 }) }),
  )
}

/** A condition as rows. */
export const formGroup = groupSchema(formDepth)

/** A condition as one of the two views. */
export const formAsked = Type.Object(
  {
    scope: oneOf(policyScopes),
    text: Type.Optional(Type.String({ maxLength: 2_000 })),
    form: Type.Optional(formGroup),
  },
  { additionalProperties: false },
)
export type FormAsked = Of<typeof formAsked>

/** A condition as both views; where it is more than rows can say, as text alone. */
export const formAnswer = shape({
  text: Type.String(),
  form: orNull(formGroup),
  onlyText: orNull(Type.String({ description: 'why it cannot be shown as rows' })),
  fault: orNull(shape({ position: orNull(Type.Integer()), reason: Type.String() })),
})
export type FormAnswer = Of<typeof formAnswer>

/** What conditions may ask for. */
export const policyFact = shape({
  path: Type.String({ description: 'e.g. incident.node.severity' }),
  type: oneOf(['string', 'int', 'double', 'bool', 'list<string>'] as const),
  means: Type.String(),
  words: Type.Array(Type.String(), { description: 'what it can be, where that is one of few words' }),
  scopes: Type.Array(oneOf(policyScopes), { description: 'scopes of policies that know it' }),
})
export type PolicyFact = Of<typeof policyFact>
export const policyFactsAnswer = shape({ facts: Type.Array(policyFact) })
export type PolicyFactsAnswer = Of<typeof policyFactsAnswer>

/** What a check found; nothing was drafted. */
export const policyCheckAnswer = shape({
  isUsable: Type.Boolean(),
  findings: Type.Array(policyFinding),
  condition: formAnswer,
})
export type PolicyCheckAnswer = Of<typeof policyCheckAnswer>

/** A version that was drafted, or the newest where the draft says the same. */
export const policyDrafted = shape({
  policy: orderPolicy,
  isNew: Type.Boolean(),
  findings: Type.Array(policyFinding),
})
export type PolicyDrafted = Of<typeof policyDrafted>

/** How a version is published. */
export const policyPublish = shape({
  version: Type.Integer({ minimum: 1 }),
  replayId: orNull(Type.String({ maxLength: 100, description: 'replay of this version that was looked at' })),
  accepted: Type.Array(Type.String({ maxLength: 60 }), {
    maxItems: 20,
    description: 'codes that a person takes on: no_replay, and findings that need a word',
  }),
})
export type PolicyPublish = Of<typeof policyPublish>

/** A policy after it was published or retired. */
export const policyChanged = shape({ policy: orderPolicy, findings: Type.Array(policyFinding) })
export type PolicyChanged = Of<typeof policyChanged>
