// Flows in words: what tiles do, how flows and runs stand. It knows no page.

import type { api } from '#data/contracts'
import { counted } from '../numbers.ts'
import { reasonWord } from '../reasons.ts'
import { capital, type Tone } from '../words.ts'

/** What tiles do, by type. */
export const tileWords: Readonly<Record<api.FlowTileType, string>> = {
  start: 'Start',
  exit: 'End',
  condition: 'Condition',
  splitter: 'Split',
  condition_merge: 'Ways meet',
  splitter_merge: 'Branches meet',
  timer: 'Timer',
  wait: 'Wait for an event',
  approval: 'Approval',
  validate_header: 'Check the order',
  validate_lines: 'Check the lines',
  source: 'Find nodes',
  assign_node: 'Assign a node',
  reserve: 'Allocate stock',
  soft_reserve: 'Hold units for a while',
  release: 'Hand to the nodes',
  hold: 'Hold',
  lift_hold: 'Lift the hold',
  cancel: 'Cancel',
  invoice: 'Invoice',
  message: 'Send a message',
  provider: 'Ask a provider',
  custom_http: 'Own action over HTTP',
  custom_file: 'Own action by file',
}

/** How a flow stands. */
export function modeOf({ mode, version }: Pick<api.FlowSummary, 'mode' | 'version'>): {
  word: string
  tone: Tone
} {
  if (version === 0) return { word: 'draft', tone: 'plain' }
  const words = {
    on: { word: 'on', tone: 'good' },
    shadow: { word: 'in shadow', tone: 'info' },
    paused: { word: 'paused', tone: 'warn' },
    off: { word: 'off', tone: 'plain' },
  } as const
  return words[mode]
}

const tones: Readonly<Record<api.FlowRun['status'], Tone>> = {
  waiting: 'plain',
  running: 'info',
  undoing: 'warn',
  done: 'good',
  failed: 'bad',
  cancelled: 'plain',
  shadow: 'plain',
}

/** Tone of a run. */
export function runTone({ status }: Pick<api.FlowRun, 'status'>): Tone {
  return tones[status]
}

/** What goes on, in a sentence. */
export function flowsSentence(flows: readonly api.FlowSummary[]): string {
  const own = flows.filter(({ flowId, version }) => flowId !== 'default' && version > 0)
  const running = flows.reduce((sum, flow) => sum + flow.running, 0)
  const asked = flows.reduce((sum, flow) => sum + flow.waitingForPeople, 0)
  const paused = flows.filter(({ mode }) => mode === 'paused')
  if (paused.length > 0)
    return `${paused.map(({ flowId }) => flowId).join(', ')} stands still: nothing of it moves.`
  if (asked > 0)
    return `${counted(asked, 'run')} ${asked === 1 ? 'waits' : 'wait'} for a person, of ${running} under way.`
  if (own.length === 0)
    return 'Every order goes the default way. Publish a flow to deal with some in another way.'
  return `${counted(own.length, 'flow')} beside the default, ${counted(running, 'run')} under way.`
}

/** What is missing before a document can be published, by the code that a person takes on. */
export const wordsToTakeOn: Readonly<Record<string, string>> = {
  no_replay: 'Nobody saw a replay of it on past orders',
  matches_everything: 'It takes every order that was tried',
}

/** What was asked, of whom. */
export function askedWords({ action, what, nodeName, target }: api.AskedAction): string {
  const whom = target ?? 'receivers of webhooks'
  if (nodeName !== null && what === 'cancel') return `Cancel the work at ${nodeName} (${whom})`
  if (nodeName !== null && what === 'send') return `Take the work at ${nodeName} (${whom})`
  return `${capital(action.replaceAll('_', ' '))} (${whom})`
}

/** What became of an order that was to go through its flow once more. */
export function againSentence({ begun, items }: api.FlowReprocessed): string {
  const reason = items[0]?.reason ?? null
  if (begun === 0) return `Nothing began: ${reasonWord(reason)}.`
  return reason === 'straight' ? 'It goes on, the default way.' : 'It goes through its flow once more.'
}
