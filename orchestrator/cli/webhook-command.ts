// The commands of webhooks: their options and help. It sends nothing.

import { type Command, InvalidArgumentError, Option } from 'commander'
import type { api } from '#data/contracts'
import type { VerbName } from '#orchestrator/verbs'
import { list, present, whole } from './options.ts'

type RunVerb = (name: VerbName, args: object) => Promise<void>

interface Adding {
  format?: string
  events?: string[]
  label?: api.LabelRule[]
  description?: string
  concurrency?: number
  credential?: string
  links?: boolean
}

/** What a webhook may be called or told: names of formats and types of events. */
export interface WebhookWords {
  formats: readonly string[]
  types: readonly string[]
}

/** Those words; they come with all contracts, which only a call of `detour webhook` has to wait for. */
export async function webhookWords(argv: readonly string[]): Promise<WebhookWords> {
  if (!argv.includes('webhook')) return { formats: [], types: [] }
  const { api } = await import('#data/contracts')
  return { formats: api.webhookFormats, types: api.webhookEventTypes }
}

/** Adds `detour webhook`. */
export function addWebhook(program: Command, verb: RunVerb, { formats, types }: WebhookWords): void {
  const webhook = program.command('webhook').description('receivers of messages, where the home is served')
  const about = (name: string, description: string) =>
    webhook
      .command(name)
      .description(description)
      .argument('<id>', 'id of the receiver, as "detour webhook list" shows it')
  webhook
    .command('list')
    .description('show them and how they are doing')
    .action(() => verb('webhook-list', {}))
  webhook
    .command('add')
    .description('make a receiver; its secret is shown this once')
    .argument('<url>', 'https address, or mailto:name@example.com')
    .addOption(new Option('--format <name>', 'shape of its bodies (default detour)').choices(formats))
    .option('--events <types>', 'only these types, with commas', list)
    .option('--label <rule...>', 'only where a label fits: severity=high,medium or node!=fab:*', rules)
    .option('--description <text>', 'what it is for')
    .option('--concurrency <n>', 'messages at the same time (default 4)', whole(1, 20))
    .option('--credential <key>', 'routing key of PagerDuty')
    .option('--links', 'messages about plans carry links that decide them without signing in')
    .action((url: string, { label = [], links, ...rest }: Adding) => {
      const labels = label.length === 0 ? {} : { labels: label }
      return verb('webhook-add', present({ url, ...rest, ...labels, carriesLinks: links }))
    })
  about('test', 'send a test at once')
    .addOption(new Option('--type <type>', 'an example of this type').choices(types))
    .action((webhookId: string, { type }: { type?: string }) =>
      verb('webhook-test', present({ webhookId, type })),
    )
  about('replay', 'send messages again')
    .option('--message <id>', 'this one')
    .option('--since <instant>', 'all that were recorded since then, ISO 8601')
    .action((webhookId: string, { message, since }: { message?: string; since?: string }) =>
      verb('webhook-replay', present({ webhookId, messageId: message, since })),
    )
  about('rotate', 'give it a new secret; the one before signs beside it for a day').action(
    (webhookId: string) => verb('webhook-rotate', { webhookId }),
  )
  about('remove', 'tell it nothing any more').action((webhookId: string) =>
    verb('webhook-remove', { webhookId }),
  )
}

/** `severity=high,medium` or `node!=fab:*`, added to those before. */
function rules(text: string, before: api.LabelRule[] = []): api.LabelRule[] {
  const match = /^([a-zA-Z_][\w.]*)(!?=)(.+)$/.exec(text)
  if (match === null) throw new InvalidArgumentError('It must be like severity=high,medium or node!=fab:*.')
  const [, label = '', sign, values = ''] = match
  return [...before, { label, is: sign === '=' ? 'one_of' : 'none_of', values: list(values) }]
}
