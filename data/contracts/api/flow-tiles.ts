// Shapes of the tiles that flows are drawn with. A tile says what is done, where the way goes on, and what happens
// where it fails; it runs nothing.

import { type TProperties, Type } from 'typebox'
import { type Of, oneOf, shape } from './shape.ts'

const closed = { additionalProperties: false } as const

/** Name of a tile within its flow. */
export const tileName = Type.String({ pattern: '^[a-z0-9][a-z0-9_-]{0,62}$', description: 'name of a tile' })
const to = (description: string) => ({ ...tileName, description })
const cel = (description: string) => Type.String({ minLength: 1, maxLength: 2_000, description })
const policyName = Type.String({ minLength: 1, maxLength: 200, description: 'name of a policy' })
/** An event of an order as the core names it, or one that is raised by a tile or over the API. */
const eventName = (description: string) =>
  Type.String({ pattern: '^[A-Za-z][A-Za-z0-9_.-]{0,99}$', description })
/** An event that is raised: its name begins small, so that it is none of the core's. */
export const raisedName = Type.String({
  pattern: '^[a-z][A-Za-z0-9_.-]{0,99}$',
  description: 'name of an event that is raised, such as payment.captured',
})
const reason = Type.String({ minLength: 1, maxLength: 500 })
const minutes = (description: string) => Type.Number({ minimum: 0, maximum: 1_000_000, description })
const url = Type.String({
  minLength: 1,
  maxLength: 2_000,
  description: 'public https address, or one of this machine',
})

/** How often something is tried again, and after how long. */
export const tileRetries = Type.Object(
  {
    times: Type.Integer({ minimum: 1, maximum: 20, description: 'tries after the first' }),
    firstSeconds: Type.Optional(
      Type.Number({ minimum: 0, maximum: 86_400, description: 'wait before the first of them, default 5' }),
    ),
    factor: Type.Optional(
      Type.Number({
        minimum: 1,
        maximum: 10,
        description: 'each wait is so many times the one before, default 2',
      }),
    ),
    mostSeconds: Type.Optional(
      Type.Number({ minimum: 0, maximum: 604_800, description: 'longest wait, default 3600' }),
    ),
  },
  closed,
)
export type TileRetries = Of<typeof tileRetries>

const named = {
  id: tileName,
  title: Type.Optional(Type.String({ maxLength: 200 })),
}

const ofAction = {
  ...named,
  next: to('tile that follows'),
  inputEvents: Type.Optional(
    Type.Array(eventName('event of the order'), {
      maxItems: 20,
      description: 'it begins once one of these has happened that no tile before it took; none = at once',
    }),
  ),
  filter: Type.Optional({
    ...policyName,
    description: 'policy that has to hold, else the tile is passed over',
  }),
  policies: Type.Optional(
    Type.Array(policyName, { maxItems: 20, description: 'policies that are carried out before its work' }),
  ),
  retries: Type.Optional(tileRetries),
  timeoutSeconds: Type.Optional(
    Type.Number({ minimum: 0.1, maximum: 600, description: 'longest time of one try, default 30' }),
  ),
  onSuccess: Type.Optional({ ...raisedName, description: 'event that is raised where it went well' }),
  onFailure: Type.Optional({ ...raisedName, description: 'event that is raised where it failed for good' }),
  resumeOn: Type.Optional(eventName('after its work it waits for this event')),
  resumeMinutes: Type.Optional(
    minutes('how long it waits for that at most, minutes of the market; none = for ever'),
  ),
  failed: Type.Optional(to('tile that follows where it failed; none = the run ends and is undone')),
  undo: Type.Optional(
    Type.Boolean({ description: 'whether its work is undone where a later tile fails, default true' }),
  ),
}

const action = <const T extends string, P extends TProperties>(type: T, fields: P) =>
  Type.Object({ type: Type.Literal(type), ...ofAction, ...fields }, closed)
const control = <const T extends string, P extends TProperties>(type: T, fields: P) =>
  Type.Object({ type: Type.Literal(type), ...named, ...fields }, closed)

const said = Type.Optional(
  Type.Record(
    Type.String({ maxLength: 100 }),
    Type.Union([Type.String({ maxLength: 2_000 }), Type.Number(), Type.Boolean()]),
    {
      description: 'what is sent along, 50 entries at most',
    },
  ),
)

/** Tiles by their type. */
export const flowTileShapes = {
  start: control('start', {
    next: to('tile that follows'),
    events: Type.Optional(
      Type.Array(eventName('event that begins a run'), {
        maxItems: 20,
        description: 'inventory: events of stock; return: ReturnRequested, ReturnReceived; order: none',
      }),
    ),
  }),
  exit: control('exit', {}),
  condition: control('condition', {
    when: cel('CEL'),
    yes: to('tile that follows where it holds'),
    no: to('tile that follows where it does not'),
  }),
  splitter: control('splitter', {
    by: oneOf(['lines', 'all'] as const),
    branches: Type.Array(
      shape({
        when: Type.String({
          maxLength: 2_000,
          description: 'CEL; by lines over each line; empty = all the rest',
        }),
        next: to('first tile of the branch'),
      }),
      { minItems: 2, maxItems: 20 },
    ),
    rest: Type.Optional(to('tile for lines that no branch takes; none = the last branch')),
  }),
  condition_merge: control('condition_merge', { next: to('tile that follows') }),
  splitter_merge: control('splitter_merge', {
    splitter: to('splitter whose branches meet here'),
    next: to('tile that follows once all that were begun are here'),
  }),
  timer: control('timer', {
    minutes: minutes('how long it waits, minutes of the market'),
    next: to('tile that follows'),
  }),
  wait: control('wait', {
    events: Type.Array(eventName('event of the order'), { minItems: 1, maxItems: 20 }),
    next: to('tile that follows the event'),
    timeoutMinutes: Type.Optional(minutes('how long it waits at most, minutes of the market')),
    timedOut: Type.Optional(to('tile that follows where none came in time')),
  }),
  approval: control('approval', {
    question: Type.String({ minLength: 1, maxLength: 500 }),
    approved: to('tile that follows a yes'),
    rejected: to('tile that follows a no'),
    timeoutMinutes: Type.Optional(minutes('how long it waits at most, minutes of the market')),
    timedOut: Type.Optional(to('tile that follows where nobody answered; none = as a no')),
  }),
  validate_header: action('validate_header', {}),
  validate_lines: action('validate_lines', {
    when: Type.Optional(cel('CEL over line that every line has to meet')),
  }),
  source: action('source', {}),
  assign_node: action('assign_node', {
    nodeId: Type.Optional(
      Type.String({ minLength: 1, maxLength: 200, description: 'none = the policies say' }),
    ),
  }),
  reserve: action('reserve', {}),
  soft_reserve: action('soft_reserve', {
    minutes: minutes('how long the units are held, minutes'),
    nodeId: Type.Optional(Type.String({ minLength: 1, maxLength: 200, description: 'none = the best one' })),
  }),
  release: action('release', {}),
  hold: action('hold', { reason }),
  lift_hold: action('lift_hold', { reason: Type.Optional(reason) }),
  cancel: action('cancel', { reason }),
  invoice: action('invoice', {
    with: Type.Optional(Type.String({ maxLength: 100, description: 'provider action' })),
  }),
  message: action('message', {
    name: raisedName,
    text: Type.Optional(Type.String({ maxLength: 2_000 })),
    data: said,
  }),
  provider: action('provider', {
    action: Type.String({ pattern: '^[a-z][a-z0-9_.-]{0,99}$', description: 'name of the provider action' }),
    data: said,
    url: Type.Optional(url),
    undoAction: Type.Optional(
      Type.String({ pattern: '^[a-z][a-z0-9_.-]{0,99}$', description: 'action that takes it back' }),
    ),
  }),
  custom_http: action('custom_http', {
    url,
    undoUrl: Type.Optional({ ...url, description: 'where it is taken back' }),
    data: said,
  }),
  custom_file: action('custom_file', {
    file: Type.String({
      pattern: '^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$',
      description: 'name of a file in the folder actions of the home, without .js or .ts',
    }),
    data: said,
  }),
}

/** Names of the types of tiles. */
export type FlowTileType = keyof typeof flowTileShapes
/** A tile of a type. */
export type FlowTileOf<T extends FlowTileType> = Of<(typeof flowTileShapes)[T]>
/** A tile of any type. */
export type FlowTile = { [T in FlowTileType]: FlowTileOf<T> }[FlowTileType]
/** A tile. */
export const flowTile = Type.Unsafe<FlowTile>(Type.Union(Object.values(flowTileShapes)))
/** Types of tiles that only lead the way. */
export const flowControlTypes = [
  'start',
  'exit',
  'condition',
  'splitter',
  'condition_merge',
  'splitter_merge',
  'timer',
  'wait',
  'approval',
] as const
export type FlowControlType = (typeof flowControlTypes)[number]
/** A tile that does something. */
export type FlowActionTile = Exclude<FlowTile, { type: FlowControlType }>
