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

  async list(): Promise<api.Webhook[]> {
    return (await this.#all()).map((receiver) => this.#shown(receiver))
  }

  async get(webhookId: string): Promise<api.Webhook> {
    return this.#shown(await this.known(webhookId))
  }

  /** @throws WEBHOOK_UNKNOWN also for one of another market */
  async known(webhookId: string): Promise<Receiver> {
    const receiver = await this.#options.vault.getWebhook(webhookId)
    if (receiver?.market !== this.#options.core.market) {
      throw fail('WEBHOOK_UNKNOWN', { webhookId: webhookId.slice(0, 200) })
    }
    return receiver
  }

  async create({ url, description = '', events = [] }: api.NewWebhook): Promise<api.WebhookWithSecret> {
    const { vault, core, scanner, effects } = this.#options
    const { href } = await checkedTarget(url, effects.clock)
    await scanner.mark()
    if ((await this.#all()).length >= mostReceivers) throw fail('WEBHOOK_TOO_MANY', { limit: mostReceivers })
    const made = { market: core.market, url: href, description, events }
    const { receiver, secret } = await vault.createWebhook(made)
    return { ...this.#shown(receiver), secret }
  }

  async change(webhookId: string, change: api.WebhookChange): Promise<api.Webhook> {
    const { vault, scanner, dispatcher, effects } = this.#options
    const before = await this.known(webhookId)
    const next: ReceiverChange = { ...change }
    if (change.url !== undefined) next.url = (await checkedTarget(change.url, effects.clock)).href
    // What happened while nobody listened stays untold.
    if (change.status === 'enabled' && before.status === 'disabled') await scanner.mark()
    if (change.status === 'disabled') next.disabledReason = before.disabledReason ?? 'Disabled by a person.'
    const after = await vault.updateWebhook(webhookId, next)
    dispatcher.release(webhookId)
    return this.#shown(after)
  }

  async remove(webhookId: string): Promise<void> {
    await this.known(webhookId)
    await this.#options.vault.deleteWebhook(webhookId)
    await this.#options.outbox.append({ type: 'WebhookRemoved', data: { webhookId } })
  }

  async rotate(webhookId: string): Promise<api.WebhookWithSecret> {
    const receiver = await this.known(webhookId)
    return { ...this.#shown(receiver), secret: await this.#options.vault.rotateWebhook(webhookId) }
  }

  async ensureDemo(url: string): Promise<api.Webhook> {
    const known = (await this.#all()).find(({ description }) => description === demoDescription)
    if (known === undefined) {
      const { secret, ...made } = await this.create({ url, description: demoDescription })
      return made
    }
    return known.url === url ? this.#shown(known) : this.change(known.webhookId, { url })
  }

  async secretFor(path: string): Promise<string | null> {
    const receiver = (await this.#all()).find(({ url }) => URL.parse(url)?.pathname === path)
    if (receiver === undefined) return null
    const [secret] = await this.#options.vault.webhookSecrets(receiver.webhookId)
    return secret ?? null
  }

  #all(): Promise<Receiver[]> {
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
