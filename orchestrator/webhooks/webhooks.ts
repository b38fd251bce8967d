// Opens the webhooks of a market: receivers in the vault, what waits and what was tried in the log.

import type { api } from '#data/contracts'
import { deliveryOf } from './delivery.ts'
import { Dispatcher } from './dispatcher.ts'
import { type WebhookAttempted, webhookStream } from './events.ts'
import { takeLedger } from './ledger-load.ts'
import { Outbox, type OutboxOptions } from './outbox.ts'
import { Receivers } from './receivers.ts'
import { replayMessages } from './replay.ts'
import { Scanner } from './scanner.ts'
import { defaultDelaysMs } from './schedule.ts'
import { createSender } from './sender.ts'
import type { WebhookLimits, WebhookOptions, Webhooks } from './types.ts'

const defaultLimits: WebhookLimits = {
  timeoutMs: 10_000,
  concurrency: 4,
  delaysMs: defaultDelaysMs,
  gatherMs: 25,
  waiting: 20_000,
}

/** How long a stop waits for answers, ms. */
const graceMs = 1_000

/**
 * The webhooks of the core's market, at work: what waited when it was last closed goes on.
 * @throws LOG_UNAVAILABLE, LOG_DAMAGED, VAULT_UNAVAILABLE
 */
export async function openWebhooks(options: WebhookOptions): Promise<Webhooks> {
  const { log, core, vault, effects } = options
  const limits = { ...defaultLimits, ...options.limits }
  const stream = webhookStream(core.market)
  const { deliveries, ledger, lastSeq, sinceSnapshot } = await takeLedger(options, stream)
  const known = (await vault.listWebhooks(core.market)).map(({ webhookId }) => webhookId)
  ledger.keepOnly(new Set(known))
  const listeners = new Set<(delivery: api.WebhookDelivery) => void>()
  const onWritten: OutboxOptions['onWritten'] = (event) => {
    deliveries.note(event)
    if (event.type !== 'WebhookAttempted') return
    for (const listener of listeners) listener(deliveryOf(event.data as WebhookAttempted))
  }
  const outbox = new Outbox({ log, stream, effects, ledger, onWritten }, lastSeq, sinceSnapshot)
  const sender = createSender(limits.timeoutMs, effects)
  const onRoom = (webhookId: string) => {
    scanner.catchUp(webhookId).catch((error: unknown) => {
      effects.logger.warn({ err: error, webhookId }, 'looking up what a webhook has missed failed')
    })
  }
  const parts = { log, core, vault, effects, ledger, outbox, limits }
  const dispatcher = new Dispatcher({ ...parts, sender, onRoom })
  const scanner = new Scanner({ ...parts, onQueued: (ids) => pumpAll(dispatcher, ids) })
  const receivers = new Receivers({ core, vault, effects, ledger, outbox, scanner, dispatcher })
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
    test: async (webhookId) => deliveryOf(await dispatcher.test(await receivers.known(webhookId))),
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

function pumpAll(dispatcher: Dispatcher, webhookIds: Iterable<string>): void {
  for (const webhookId of webhookIds) dispatcher.pump(webhookId)
}
