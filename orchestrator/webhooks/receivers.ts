// The receivers of a market as people see and change them. It sends nothing, and shows a secret only to who made it.

import type { api } from '#data/contracts'
import { type Effects, fail } from '#data/kernel'
import type { Receiver, ReceiverChange, Vault } from '#data/vault'
import type { Dispatcher } from './dispatcher.ts'
import type { Ledger } from './ledger.ts'
import type { Outbox } from './outbox.ts'
import type { Scanner } from './scanner.ts'
import type { WatchedCore } from './types.ts'
import { checkedTarget } from './url-policy.ts'

/** What the receivers work with. */
export interface ReceiversOptions {
  core: WatchedCore
  vault: Vault
  effects: Pick<Effects, 'clock'>
  ledger: Ledger
  outbox: Outbox
  scanner: Scanner
  dispatcher: Dispatcher
}

/** Most receivers of a market. */
const mostReceivers = 100
const demoDescription = 'Built-in sink of the demo'

/** The receivers of a market. */
export class Receivers {
  readonly #options: ReceiversOptions

  constructor(options: ReceiversOptions) {
    this.#options = options
  }

  list(): api.Webhook[] {
    return this.#all().map((receiver) => this.#shown(receiver))
  }

  get(webhookId: string): api.Webhook {
    return this.#shown(this.known(webhookId))
  }

  /** @throws WEBHOOK_UNKNOWN also for one of another market */
  known(webhookId: string): Receiver {
    const receiver = this.#options.vault.getWebhook(webhookId)
    if (receiver?.market !== this.#options.core.market) {
      throw fail('WEBHOOK_UNKNOWN', { webhookId: webhookId.slice(0, 200) })
    }
    return receiver
  }

  async create({ url, description = '', events = [] }: api.NewWebhook): Promise<api.WebhookWithSecret> {
    const { vault, core, scanner, effects } = this.#options
    const { href } = await checkedTarget(url, effects.clock)
    await scanner.mark()
    if (this.#all().length >= mostReceivers) throw fail('WEBHOOK_TOO_MANY', { limit: mostReceivers })
    const { receiver, secret } = vault.createWebhook({ market: core.market, url: href, description, events })
    return { ...this.#shown(receiver), secret }
  }

  async change(webhookId: string, change: api.WebhookChange): Promise<api.Webhook> {
    const { vault, scanner, dispatcher, effects } = this.#options
    const before = this.known(webhookId)
    const next: ReceiverChange = { ...change }
    if (change.url !== undefined) next.url = (await checkedTarget(change.url, effects.clock)).href
    // What happened while nobody listened stays untold.
    if (change.status === 'enabled' && before.status === 'disabled') await scanner.mark()
    if (change.status === 'disabled') next.disabledReason = before.disabledReason ?? 'Disabled by a person.'
    const after = vault.updateWebhook(webhookId, next)
    dispatcher.release(webhookId)
    return this.#shown(after)
  }

  async remove(webhookId: string): Promise<void> {
    this.known(webhookId)
    this.#options.vault.deleteWebhook(webhookId)
    await this.#options.outbox.append({ type: 'WebhookRemoved', data: { webhookId } })
  }

  rotate(webhookId: string): api.WebhookWithSecret {
    const receiver = this.known(webhookId)
    return { ...this.#shown(receiver), secret: this.#options.vault.rotateWebhook(webhookId) }
  }

  async ensureDemo(url: string): Promise<api.Webhook> {
    const known = this.#all().find(({ description }) => description === demoDescription)
    if (known === undefined) {
      const { secret, ...made } = await this.create({ url, description: demoDescription })
      return made
    }
    return known.url === url ? this.#shown(known) : this.change(known.webhookId, { url })
  }

  secretFor(path: string): string | null {
    const receiver = this.#all().find(({ url }) => URL.parse(url)?.pathname === path)
    return receiver === undefined ? null : (this.#options.vault.webhookSecrets(receiver.webhookId)[0] ?? null)
  }

  #all(): Receiver[] {
    return this.#options.vault.listWebhooks(this.#options.core.market)
  }

  #shown(receiver: Receiver): api.Webhook {
    const { webhookId, url, description, events, status, disabledReason, createdAt } = receiver
    const { lastDelivery, queue } = this.#options.ledger.of(webhookId)
    return {
      webhookId,
      url,
      description,
      events,
      status,
      disabledReason,
      createdAt: new Date(createdAt).toISOString(),
      lastDelivery:
        lastDelivery === null ? null : { ...lastDelivery, at: new Date(lastDelivery.at).toISOString() },
      pending: queue.size,
    }
  }
}
