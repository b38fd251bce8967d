// Opens the webhooks of a market: receivers in the vault, what waits and what was tried in the log.

import type { api } from '#data/contracts'
import { fail } from '#data/kernel'
import type { ReceiverAlarm } from './alarm.ts'
import { wantsType } from './audience.ts'
import { deliveryOf } from './delivery.ts'
import { Dispatcher } from './dispatcher.ts'
import { type WebhookAttempted, webhookStream } from './events.ts'
import { formats } from './formats/formats.ts'
import { Judge } from './judge.ts'
import { takeLedger } from './ledger-load.ts'
import { Letters } from './letters.ts'
import { createMailer } from './mailer.ts'
import { exampleOf } from './message/examples.ts'
import { Outbox, type OutboxOptions } from './outbox.ts'
import { Receivers } from './receivers.ts'
import { replayMessages } from './replay.ts'
import { Scanner } from './scanner.ts'
import { defaultDelaysMs, defaultPatienceMs } from './schedule.ts'
import { createSender } from './sender.ts'
import type { WebhookLimits, WebhookOptions, Webhooks } from './types.ts'
import { UrlPolicy } from './url-policy.ts'

const defaultLimits: WebhookLimits = {
  timeoutMs: 10_000,
  concurrency: 20,
  delaysMs: defaultDelaysMs,
  patienceMs: defaultPatienceMs,
  gatherMs: 25,
  waiting: 20_000,
}

/** How long a stop waits for answers, ms. */
const graceMs = 1_000

const silent: ReceiverAlarm = { raise: async () => undefined, clear: async () => undefined, open: () => [] }

/**
 * The webhooks of the core's market, at work: what waited when it was last closed goes on.
 * @throws LOG_UNAVAILABLE, LOG_DAMAGED, VAULT_UNAVAILABLE
 */
export async function openWebhooks(options: WebhookOptions): Promise<Webhooks> {
  const { log, core, vault, effects } = options
  const { config, clock } = effects
  const limits = { ...defaultLimits, ...options.limits }
  const stream = webhookStream(core.market)
  const { deliveries, ledger, lastSeq, sinceSnapshot } = await takeLedger(options, stream)
  const all = await vault.listWebhooks(core.market)
  const known = all.map(({ webhookId }) => webhookId)
  ledger.keepOnly(new Set(known))
  const listeners = new Set<(delivery: api.WebhookDelivery) => void>()
  const onWritten: OutboxOptions['onWritten'] = (event) => {
    deliveries.note(event)
    if (event.type !== 'WebhookAttempted') return
    for (const listener of listeners) listener(deliveryOf(event.data as WebhookAttempted))
  }
  const outbox = new Outbox({ log, stream, effects, ledger, onWritten }, lastSeq, sinceSnapshot)
  const policy = policyOf(options)
  const mailer = createMailer(config, limits.timeoutMs)
  const sender = createSender({ timeoutMs: limits.timeoutMs, policy, mail: mailer.send }, effects)
  const { publicUrl } = config
  const onRoom = (webhookId: string) => {
    scanner.catchUp(webhookId).catch((error: unknown) => {
      effects.logger.warn({ err: error, webhookId }, 'looking up what a webhook has missed failed')
    })
  }
  const parts = {
    ...{ log, core, vault, effects, ledger, outbox, limits, policy, publicUrl },
    hasMail: mailer.isSet,
  }
  const judge = new Judge({ ...parts, alarm: options.alarm ?? silent })
  const letters = new Letters({ ...parts, sender, clock, linksOf: options.linksOf ?? (async () => null) })
  const dispatcher = new Dispatcher({ ...parts, judge, letters, sender, onRoom })
  const scanner = new Scanner({ ...parts, onQueued: (ids) => pumpAll(dispatcher, ids) })
  const receivers = new Receivers({ ...parts, scanner, dispatcher, judge })
  await judge.resume(all)
  const stopListening = core.onChange(() => scanner.wake())
  scanner.wake()
  pumpAll(dispatcher, known)
  return {
    list: () => receivers.list(),
    get: (webhookId) => receivers.get(webhookId),
    create: (receiver) => receivers.create(receiver),
    change: (webhookId, change) => receivers.change(webhookId, change),
    remove: (webhookId) => receivers.remove(webhookId),
    rotate: (webhookId) => receivers.rotate(webhookId),
    test: async (webhookId, type = 'webhook.test') => {
      const receiver = await receivers.known(webhookId)
      mustCarry(receiver.format as api.WebhookFormat, type)
      return deliveryOf(await dispatcher.test(receiver, type))
    },
    preview: (format, type) => preview(format, type, { market: core.market, publicUrl }),
    replay: async (replay) =>
      replayMessages(await receivers.known(replay.webhookId), replay, { log, core, scanner }),
    deliveries: (query) => deliveries.page(query),
    ensureDemoReceiver: (url) => receivers.ensureDemo(url),
    secretFor: (path) => receivers.secretFor(path),
    wake: () => scanner.wake(),
    onDelivery: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    close: async () => {
      stopListening()
      await scanner.close()
      await dispatcher.close(graceMs)
      await outbox.close()
    },
  }
}

function policyOf({ effects: { clock, config }, ownUrl, lookup }: WebhookOptions): UrlPolicy {
  const ways = lookup === undefined ? {} : { lookup }
  return new UrlPolicy({ clock, allow: config.webhookAllow, ownUrl: ownUrl ?? null, ...ways })
}

function preview(
  format: api.WebhookFormat,
  type: api.WebhookEventType,
  place: { market: string; publicUrl: string | null },
): api.WebhookPreview {
  mustCarry(format, type)
  const { contentType, render } = formats[format]
  const messageId = `msg_${place.market}_4711`
  return { format, type, contentType, body: render({ ...place, messageId, body: exampleOf(type) }) }
}

function mustCarry(format: api.WebhookFormat, type: api.WebhookEventType): void {
  if (wantsType({ format, events: [] }, type)) return
  throw fail('WEBHOOK_SETTINGS_INVALID', { reason: `the format ${format} has no words for ${type}` })
}

function pumpAll(dispatcher: Dispatcher, webhookIds: Iterable<string>): void {
  for (const webhookId of webhookIds) dispatcher.pump(webhookId)
}
