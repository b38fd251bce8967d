// `detour silences`: silences and maintenance windows from the command line. It sends nothing.

import { randomUUID } from 'node:crypto'
import { Type } from 'typebox'
import { api } from '#data/contracts'
import { fail } from '#data/kernel'
import { listSilences, silenceView } from '#orchestrator/views'
import { showInstant, showNumber, showTable } from './table.ts'
import { defineVerb, type VerbContext } from './verb.ts'
import { withEngine } from './with-engine.ts'

const closed = { additionalProperties: false }
const by = 'command line'
const hourMs = 3_600_000
const beside = { isExclusive: false, needsEngine: true }
const states = ['active', 'upcoming', 'ended'] as const

/** Lists silences, those that hold first. */
export const silenceListVerb = defineVerb({
  name: 'silence-list',
  schema: Type.Object(
    { state: Type.Optional(Type.Unsafe<api.Silence['state']>({ type: 'string', enum: [...states] })) },
    closed,
  ),
  ...beside,
  run: ({ state }, context) =>
    withEngine(context, async (engine) => ({ silences: listSilences(engine, state) })),
  show: ({ silences }) => {
    if (silences.length === 0) return 'There is none.'
    const rows = silences.map((one) => [
      ...[one.silenceId, one.state, one.kind, showMatchers(one.matchers)],
      ...[showInstant(one.startsAt), one.endsAt === null ? '' : showInstant(one.endsAt)],
      ...[one.openIncidents, one.why],
    ])
    const head = ['id', 'state', 'kind', 'what', 'from', 'to', 'open incidents', 'why']
    return [showTable(head, rows), showNumber(silences.length, 'silence')].join('\n')
  },
})

const signs = { is: '=', is_not: '!=', like: '~', at_least: '>=', below: '<' } as const

function showMatchers(matchers: readonly api.LabelMatcher[]): string {
  return matchers.map(({ label, op, value }) => `${label}${signs[op]}${value}`).join(', ')
}

/** Begins a silence now, or at a time. */
export const silenceAddVerb = defineVerb({
  name: 'silence-add',
  schema: Type.Object(
    {
      why: api.silenceDraft.properties.why,
      matchers: api.silenceDraft.properties.matchers,
      from: Type.Optional(Type.String({ format: 'date-time' })),
      hours: Type.Number({ exclusiveMinimum: 0, maximum: 8_760 }),
      isMaintenance: Type.Optional(Type.Boolean()),
      holdsReroutes: Type.Optional(Type.Boolean()),
    },
    closed,
  ),
  ...beside,
  run: (args, context) => {
    const silenceId = `sil_${randomUUID().replaceAll('-', '').slice(0, 16)}`
    return change(context, silenceId, (now) => {
      const from = args.from === undefined ? now : Date.parse(args.from)
      const draft: api.SilenceDraft = {
        ...{ kind: args.isMaintenance === true ? 'maintenance' : 'silence', why: args.why },
        ...{ matchers: args.matchers, startsAt: new Date(from).toISOString(), repeat: null },
        endsAt: new Date(from + Math.round(args.hours * hourMs)).toISOString(),
        holdsReroutes: args.holdsReroutes ?? false,
      }
      return { type: 'AddSilence', data: { silenceId, draft, by } }
    })
  },
  show: ({ silenceId, state, openIncidents }) =>
    `${silenceId} is ${state}; it matches ${showNumber(openIncidents, 'open incident')}.`,
})

/** Ends a silence now. */
export const silenceEndVerb = defineVerb({
  name: 'silence-end',
  schema: Type.Object({ silenceId: Type.String({ minLength: 1, maxLength: 300 }) }, closed),
  ...beside,
  run: ({ silenceId }, context) =>
    change(context, silenceId, () => ({ type: 'EndSilence', data: { silenceId, by } })),
  show: ({ silenceId, state }) => `${silenceId} has ${state}.`,
})

type Change =
  | { type: 'AddSilence'; data: { silenceId: string; draft: api.SilenceDraft; by: string } }
  | { type: 'EndSilence'; data: { silenceId: string; by: string } }

/** @throws SILENCE_UNKNOWN, CORE_REFUSED */
function change(
  context: VerbContext,
  silenceId: string,
  make: (now: number) => Change,
): Promise<api.Silence> {
  return withEngine(context, async (engine) => {
    const { core } = engine
    const at = engine.now()
    const { type, data } = make(at)
    const { status, reason, answer } = await core.execute(type, data as never, { at })
    const silence = core.state().alerting.silences.get(silenceId)
    const about = { silenceId, ...answer.details }
    if (reason === 'silence_unknown' || (status !== 'refused' && silence === undefined))
      throw fail('SILENCE_UNKNOWN', about)
    if (status === 'refused' || silence === undefined)
      throw fail('CORE_REFUSED', { ...about, reason: reason ?? 'refused' })
    engine.cycleSoon()
    return silenceView(engine, silence)
  })
}
