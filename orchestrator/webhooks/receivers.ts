// The receivers of a market as people see and change them. It sends nothing, and shows a secret only to who made it.

import type { api } from '#data/contracts'
import { type Effects, fail } from '#data/kernel'
import type { Receiver, ReceiverChange, Vault } from '#data/vault'
import type { Dispatcher } from './dispatcher.ts'
import { formatOf } from './formats/formats.ts'
import type { Judge } from './judge.ts'
import type { Ledger, Standing } from './ledger.ts'
import { isUrlSecret } from './letters.ts'
import type { Outbox } from './outbox.ts'
import type { Scanner } from './scanner.ts'
import { isResting } from './schedule.ts'
import { checkedSettings, type SettingsGround } from './settings.ts'
import type { WatchedCore } from './types.ts'

/** What the receivers work with. */
export interface ReceiversOptions extends SettingsGround {
  core: Pick<WatchedCore, 'market'>
  vault: Vault
  effects: Pick<Effects, 'clock'>
  ledger: Ledger
  outbox: Outbox
  scanner: Scanner
  dispatcher: Dispatcher
  judge: Judge
}

/** Most receivers of a market. */
const mostReceivers = 100
const demoDescription = 'Built-in sink of the demo'
/** What has to agree with one another. */
const changesTarget = ['url', 'format', 'events', 'credential', 'carriesLinks'] as const

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

  async create(wanted: api.NewWebhook): Promise<api.WebhookWithSecret> {
    const { vault, core, scanner } = this.#options
    const { description = '', events = [], labels = [], format = 'detour', concurrency = 4 } = wanted
    const { credential = null, carriesLinks = false } = wanted
    const asked = { url: wanted.url, format, events, hasCredential: credential !== null, carriesLinks }
    const url = await checkedSettings(asked, this.#options)
    await scanner.mark()
    if ((await this.#all()).length >= mostReceivers) throw fail('WEBHOOK_TOO_MANY', { limit: mostReceivers })
    const settings = { labels, format, concurrency, credential, carriesLinks }
    const made = { market: core.market, url, description, events, ...settings }
    const { receiver, secret } = await vault.createWebhook(made)
    return { ...this.#shown(receiver), secret }
  }

  async change(webhookId: string, change: api.WebhookChange): Promise<api.Webhook> {
    const { vault, scanner, dispatcher, judge } = this.#options
    const before = await this.known(webhookId)
    const next: ReceiverChange = { ...change }
    const format = change.format ?? formatOf(before.format)
    if (change.format !== undefined && format !== 'pagerduty') next.credential = null
    const hasCredential =
      change.credential !== undefined || (before.hasCredential && next.credential !== null)
    const { url = before.url, events = before.events, carriesLinks = before.carriesLinks } = change
    // Whoever may change a format must not be shown an address by it that was as good as a key.
    if (isUrlSecret(formatOf(before.format)) && !isUrlSecret(format) && change.url === undefined)
      throw fail('WEBHOOK_SETTINGS_INVALID', { reason: `give the address for the format ${format} too` })
    // A key is for whoever it was given to, not for another address.
    const keepsKey = before.hasCredential && hasCredential && change.credential === undefined
    if (keepsKey && URL.parse(url)?.href !== URL.parse(before.url)?.href)
      throw fail('WEBHOOK_SETTINGS_INVALID', { reason: 'give the key again with another address' })
    if (changesTarget.some((field) => change[field] !== undefined)) {
      next.url = await checkedSettings({ url, format, events, hasCredential, carriesLinks }, this.#options)
    }
    const isTurnedOn = change.status === 'enabled' && before.status === 'disabled'
    // What happened while nobody listened stays untold.
    if (isTurnedOn) await scanner.mark()
    if (isTurnedOn) await judge.pardon(webhookId)
    const isMoved = next.url !== undefined && next.url !== before.url
    if (isMoved) await judge.release(webhookId)
    if (change.status === 'disabled') next.disabledReason = before.disabledReason ?? 'Disabled by a person.'
    const after = await vault.updateWebhook(webhookId, next)
    // Another address, or one that a person says is well again, owes nothing to what was before.
    if (isTurnedOn || isMoved) dispatcher.release(after)
    else dispatcher.pump(webhookId)
    // A try of the address before may have ended while it was changed.
    if (isMoved) await judge.release(webhookId)
    if (isTurnedOn) await judge.settle(webhookId, 'on')
    return this.#shown(after)
  }

  async remove(webhookId: string): Promise<void> {
    await this.known(webhookId)
    await this.#options.vault.deleteWebhook(webhookId)
    await this.#options.outbox.append({ type: 'WebhookRemoved', data: { webhookId } })
    await this.#options.judge.settle(webhookId, 'gone')
  }

  async rotate(webhookId: string): Promise<api.WebhookWithSecret> {
    const receiver = await this.known(webhookId)
    const secret = await this.#options.vault.rotateWebhook(receiver.webhookId)
    return { ...(await this.get(webhookId)), secret }
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
    const { ledger, dispatcher, effects } = this.#options
    const { webhookId, description, events, labels, concurrency, status, disabledReason } = receiver
    const format = formatOf(receiver.format)
    const standing = ledger.of(webhookId)
    const { lastDelivery, queue, failures, failingSince } = standing
    const { previousSecretUntil: until } = receiver
    const nextAt = status === 'enabled' ? dispatcher.nextAt(webhookId) : null
    return {
      webhookId,
      url: isUrlSecret(format) ? `${URL.parse(receiver.url)?.origin ?? ''}/…` : receiver.url,
      description,
      events,
      labels,
      format,
      concurrency,
      hasCredential: receiver.hasCredential,
      carriesLinks: receiver.carriesLinks,
      previousSecretUntil: until !== null && until > effects.clock.now() ? instant(until) : null,
      health: healthOf(receiver, standing),
      failures,
      failingSince: failingSince === null ? null : instant(failingSince),
      nextAttemptAt: nextAt === null ? null : instant(Math.max(nextAt, effects.clock.now())),
      status,
      disabledReason,
      createdAt: instant(receiver.createdAt),
      lastDelivery: lastDelivery === null ? null : { ...lastDelivery, at: instant(lastDelivery.at) },
      pending: queue.size,
    }
  }
}

function healthOf({ status }: Receiver, { lastDelivery, failures }: Standing): api.Webhook['health'] {
  if (status === 'disabled') return 'off'
  if (isResting(failures)) return 'resting'
  if (failures > 0) return 'failing'
  if (lastDelivery === null) return 'unused'
  // A test that failed counts for nothing else.
  return lastDelivery.status === 'delivered' ? 'healthy' : 'failing'
}

function instant(at: number): string {
  return new Date(at).toISOString()
}
