// The commands on incidents and silences: their options and help. Each only turns words into arguments for its verb.

import { type Command, InvalidArgumentError, Option } from 'commander'
import type { api } from '#data/contracts'
import type { VerbName } from '#orchestrator/verbs'
import { numberBetween, present, whole } from './options.ts'

type RunVerb = (name: VerbName, args: object) => Promise<void>

/** Adds `detour incidents [list|ack|resolve|snooze]`. */
export function addIncidents(program: Command, verb: RunVerb): void {
  const incidents = program.command('incidents').description('constraints that were noticed')
  const statuses = ['active', 'open', 'acknowledged', 'snoozed', 'merged', 'resolved']
  incidents
    .command('list', { isDefault: true })
    .description('show them, the newest first')
    .addOption(new Option('--status <status>', 'which; active = not over (default)').choices(statuses))
    .option('--limit <rows>', 'rows shown (default 50)', whole(1, 200))
    .action((options: object) => verb('incident-list', options))
  const about = (name: string, description: string) =>
    incidents
      .command(name)
      .description(description)
      .argument('<id>', 'id of the incident, as "detour incidents" shows it')
  about('ack', 'say that somebody looks after it').action((incidentId: string) =>
    verb('incident-ack', { incidentId }),
  )
  about('resolve', 'end it by hand')
    .requiredOption('--reason <text>', 'why it is over')
    .action((incidentId: string, { reason }: { reason: string }) =>
      verb('incident-resolve', { incidentId, reason }),
    )
  about('snooze', 'tell nobody of it until it changes, or for a while')
    .option('--hours <n>', 'for so long', numberBetween(0.01, 720))
    .addOption(new Option('--until <instant>', 'until then, ISO 8601, time of the market').conflicts('hours'))
    .action((incidentId: string, options: object) => verb('incident-snooze', { incidentId, ...options }))
}

interface Adding {
  why: string
  match: api.LabelMatcher[]
  hours: number
  from?: string
  maintenance?: true
  holdReroutes?: true
}

/** Adds `detour silences [list|add|end]`. */
export function addSilences(program: Command, verb: RunVerb): void {
  const silences = program.command('silences').description('incidents of which nobody is told for a while')
  silences
    .command('list', { isDefault: true })
    .description('show them, those that hold first')
    .addOption(new Option('--state <state>', 'only these').choices(['active', 'upcoming', 'ended']))
    .action((options: object) => verb('silence-list', options))
  silences
    .command('add')
    .description('tell nobody of incidents that fit; they are found and recorded all the same')
    .requiredOption('--why <text>', 'why')
    .requiredOption('--match <rule...>', 'label=value, !=, ~ (* = any text), severity>=0.7, <', matchers)
    .requiredOption('--hours <n>', 'how long', numberBetween(0.01, 8_760))
    .option('--from <instant>', 'when it begins, ISO 8601 (default now), time of the market')
    .option('--maintenance', 'it is a maintenance window')
    .option('--hold-reroutes', 'move nothing for them meanwhile')
    .action(({ match, maintenance, holdReroutes, ...rest }: Adding) =>
      verb(
        'silence-add',
        present({ ...rest, matchers: match, isMaintenance: maintenance, holdsReroutes: holdReroutes }),
      ),
    )
  silences
    .command('end')
    .description('end one now')
    .argument('<id>', 'id of the silence, as "detour silences" shows it')
    .action((silenceId: string) => verb('silence-end', { silenceId }))
}

const ops = { '=': 'is', '!=': 'is_not', '~': 'like', '>=': 'at_least', '<': 'below' } as const

/** `node=fab:RNO` or `severity>=0.7`, added to those before. */
function matchers(text: string, before: api.LabelMatcher[] = []): api.LabelMatcher[] {
  const match = /^([a-zA-Z_]\w*)(!=|>=|=|~|<)(.+)$/.exec(text)
  if (match === null)
    throw new InvalidArgumentError('It must be like node=fab:RNO, kind!=backlog or severity>=0.7.')
  const [, label = '', sign = '=', value = ''] = match
  return [...before, { label, op: ops[sign as keyof typeof ops], value }]
}
