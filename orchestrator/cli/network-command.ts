// The commands on the network. Each only turns words into arguments and calls its verb.

import { type Command, Option } from 'commander'
import type { VerbName } from '#orchestrator/verbs'
import { absolute } from './options.ts'

/** Adds `network export|import|check`. */
export function addNetwork(program: Command, verb: (name: VerbName, args: object) => Promise<void>): void {
  const network = program
    .command('network')
    .description(
      'nodes, calendars, carriers, services, lanes and rates as files: a folder of CSV, or a .yaml file',
    )
  const place = 'folder, or file that ends in .yaml'
  network
    .command('export')
    .description('write the network to files')
    .argument('<path>', place, absolute)
    .action((path: string) => verb('network-export', { path }))
  const reading = (name: 'import' | 'check', description: string) =>
    network
      .command(name)
      .description(description)
      .argument('<path>', place, absolute)
      .addOption(
        new Option('--mode <mode>', 'what becomes of what the files do not name: it stays, or it goes')
          .choices(['merge', 'replace'])
          .default('merge'),
      )
      .action((path: string, options: object) => verb(`network-${name}`, { ...options, path }))
  reading('import', 'take it from files, all or nothing')
  reading('check', 'say what files would change and what is odd about them; nothing is changed')
}
