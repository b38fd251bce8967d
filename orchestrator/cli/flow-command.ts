// The commands on flows. Each only turns words into arguments and calls its verb.

import { type Command, Option } from 'commander'
import type { VerbName } from '#orchestrator/verbs'
import { absolute, list, whole } from './options.ts'

/** Adds `flow list|show|check|replay|publish|on|shadow|pause|off|runs|reprocess`. */
export function addFlow(program: Command, verb: (name: VerbName, args: object) => Promise<void>): void {
  const flow = program
    .command('flow')
    .description('how orders, stock and returns are dealt with, step by step')
  flow
    .command('list')
    .description('all flows')
    .action(() => verb('flow-list', {}))
  flow
    .command('show')
    .description('print the document of a flow')
    .argument('<flow>', 'name of a flow')
    .option('--of <version>', 'a version, default the newest', whole(1))
    .action((flowId: string, options: { of?: number }) => verb('flow-show', { flowId, version: options.of }))
  const fromFile = (name: 'check' | 'replay' | 'publish', description: string) =>
    flow
      .command(name)
      .description(description)
      .argument('<file>', 'a flow document, JSON', absolute)
      .action((file: string, options: object) => verb(`flow-${name}`, { file, ...options }))
  fromFile('check', 'say what is wrong or odd about a document; nothing is changed')
  fromFile('replay', 'what a document would have made of the orders of the last days; kept as a draft')
    .option('--days <n>', 'days back, default 7', whole(1, 90))
    .option('--limit <n>', 'orders at most, default 5000', whole(1, 20_000))
  fromFile('publish', 'publish a document as the next version of its flow')
    .option('--replay-id <id>', 'a replay of it that was looked at')
    .option('--accept <codes>', 'what you take on, e.g. no_replay,matches_everything', list)
  const modes = { on: 'on', shadow: 'shadow', pause: 'paused', off: 'off' } as const
  const words = {
    on: 'let a flow take orders, or go on after a pause',
    shadow: 'let it say what it would do, and do nothing',
    pause: 'let nothing of it move until it is on again',
    off: 'let it take nothing new; what is on its way goes on',
  } as const
  for (const name of ['on', 'shadow', 'pause', 'off'] as const) {
    flow
      .command(name)
      .description(words[name])
      .argument('<flow>', 'name of a flow')
      .action((flowId: string) => verb('flow-mode', { flowId, mode: modes[name] }))
  }
  flow
    .command('runs')
    .description('runs with their steps, the newest first')
    .option('--flow <flow>', 'of one flow')
    .option('--order <id>', 'of one order')
    .addOption(
      new Option('--status <status>', 'how they stand').choices([
        ...['waiting', 'running', 'undoing', 'done', 'failed', 'cancelled', 'shadow'],
      ]),
    )
    .action((options: { flow?: string; order?: string; status?: string }) =>
      verb('flow-runs', { flowId: options.flow, orderId: options.order, status: options.status }),
    )
  flow
    .command('reprocess')
    .description('take orders through their flow once more')
    .argument('<order...>', 'order ids')
    .action((orderIds: string[]) => verb('flow-reprocess', { orderIds }))
}
